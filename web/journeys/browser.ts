import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Actor, Stage } from './stage.ts'

export const desktop = { width: 1440, height: 900 }
export const phone = { width: 390, height: 844 }
const touchPx = 44

/** A browser of its own for one person: nothing is shared with another. */
export async function newPage(browser: Browser, size: { width: number; height: number } = desktop): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport: size, reducedMotion: 'reduce' })
  return ready(await context.newPage())
}

function ready(page: Page): Page {
  page.setDefaultTimeout(15_000)
  // An exception in the page fails the journey, also when everything looks right.
  page.on('pageerror', (error) => {
    throw error
  })
  return page
}

export async function signIn(
  page: Page,
  stage: Pick<Stage, 'url'>,
  actor: Pick<Actor, 'username' | 'password'>,
): Promise<void> {
  await page.goto(stage.url)
  await page.getByLabel('User name').fill(actor.username)
  await page.getByLabel('Password', { exact: true }).fill(actor.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
}

/** Opens a room over the interface and returns its id. */
export async function createRoom(page: Page, name: string, invite: readonly Actor[] = []): Promise<string> {
  await page.getByRole('button', { name: 'New room or message' }).click()
  await page.getByRole('menuitem', { name: 'New room…' }).click()
  const dialog = page.getByRole('dialog', { name: 'New room' })
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  for (const actor of invite) {
    await dialog.getByLabel('Invite now (may be empty)').first().fill(actor.userId)
    await dialog.locator('label', { hasText: actor.userId }).getByRole('checkbox').check()
  }
  await dialog.getByRole('button', { name: 'Open the room' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  return decodeURIComponent(new URL(page.url()).hash.split('/')[2] ?? '')
}

export async function write(page: Page, words: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Your words' })
  await field.fill(words)
  await field.press('Enter')
}

/** The line of the sheet that holds these words. */
export const entry = (page: Page, words: string) => page.locator('#sheet .entry', { hasText: words })

/** A telephone: touched, and narrow. */
export async function newTouchPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: phone, hasTouch: true, isMobile: true, reducedMotion: 'reduce' })
  return ready(await context.newPage())
}

/** Whatever is touched is large enough for a finger: 44 px, but for links within words. */
export async function expectTouchable(page: Page, where: string): Promise<void> {
  const small = await page.evaluate((least) => {
    const all = document.querySelectorAll<HTMLElement>('a, button, input, select, textarea, [role^="menuitem"]')
    return [...all].flatMap((one) => {
      const target = one.matches('[type="radio"], [type="checkbox"]') ? (one.closest('label') ?? one) : one
      const { width, height } = target.getBoundingClientRect()
      const style = getComputedStyle(one)
      const isHidden = width <= 1 || height <= 1 || style.visibility === 'hidden'
      // Skip links are shown to keyboards only.
      const isInWords = one.matches('a, .linklike') && style.display === 'inline'
      if (isHidden || isInWords || one.matches('.skip, [type="hidden"]')) return []
      const isLarge = width >= least - 0.5 && height >= least - 0.5
      return isLarge ? [] : [`${one.outerHTML.slice(0, 100)} is ${Math.round(width)} by ${Math.round(height)}`]
    })
  }, touchPx)
  expect(small, where).toEqual([])
}

/** Nothing is scrolled sideways. */
export async function expectNarrowEnough(page: Page, where: string): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(over, `${where} is wider than the window`).toBeLessThanOrEqual(0)
}
