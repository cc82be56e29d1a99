import type { Page } from 'playwright-core'

/** What somebody does who has no pointer. */
export interface Keys {
  press(...keys: string[]): Promise<void>
  type(text: string): Promise<void>
  focusedName(): Promise<string>
  /** Presses Tab until what has the focus is called so; fails when it never comes. */
  tabTo(name: RegExp, key?: 'Tab' | 'Shift+Tab'): Promise<void>
  /** What has the focus must show it: an outline of its own or a marked frame. */
  focusShows(): Promise<boolean>
}

const stepsMax = 60

export function keysOf(pageOf: () => Page): Keys {
  const press = async (...keys: string[]) => {
    for (const key of keys) await pageOf().keyboard.press(key)
  }
  const focusedName = () =>
    pageOf().evaluate(() => {
      const focused = document.activeElement
      const labels =
        focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement ? focused.labels : null
      return focused?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? focused?.textContent ?? ''
    })
  return {
    press,
    type: (text) => pageOf().keyboard.type(text),
    focusedName,
    async tabTo(name, key = 'Tab') {
      for (let step = 0; step < stepsMax; step += 1) {
        if (name.test(await focusedName())) return
        await press(key)
      }
      throw new Error(`${key} never came to ${name}; it stands on "${await focusedName()}".`)
    },
    focusShows: () =>
      pageOf().evaluate(() => {
        const focused = document.activeElement
        if (!focused || focused === document.body) return false
        const style = getComputedStyle(focused)
        const box = focused.closest('.box') ?? focused
        return style.outlineStyle !== 'none' || getComputedStyle(box).boxShadow !== 'none'
      }),
  }
}
