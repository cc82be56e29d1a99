import { useEffect } from 'react'

// In the order of the page; a pane that is not shown is passed over.
const panes = ['.spine', '.list', '#sheet', '.composer', '.side']

function firstStop(pane: Element): HTMLElement | null {
  const chosen = pane.querySelector<HTMLElement>('[aria-current]:not([tabindex="-1"]), textarea, [role="log"]')
  return chosen ?? pane.querySelector<HTMLElement>('a[href], button:not([disabled]), input, [tabindex="0"]')
}

/** F6 walks from pane to pane, with Shift backwards; where one lands shows by the focus. */
export function usePanes(): void {
  useEffect(() => {
    function walk(event: KeyboardEvent): void {
      if (event.key !== 'F6' || event.ctrlKey || event.altKey) return
      event.preventDefault()
      const shown = panes.map((selector) => document.querySelector(selector)).filter((pane) => pane?.checkVisibility())
      // The composer stands inside the sheet: the innermost pane that holds the focus is the one we are in.
      const at = shown.findLastIndex((pane) => pane?.contains(document.activeElement))
      const next = shown[(at + (event.shiftKey ? -1 : 1) + shown.length) % shown.length]
      if (next)
        (next.id === 'sheet'
          ? (next.querySelector<HTMLElement>('[role="log"]') ?? firstStop(next))
          : firstStop(next)
        )?.focus()
    }
    addEventListener('keydown', walk)
    return () => removeEventListener('keydown', walk)
  }, [])
}
