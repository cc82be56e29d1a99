import type { SyntheticEvent } from 'react'

/** The line of the sheet that an event happened in. */
export const lineKey = (event: SyntheticEvent): string | undefined =>
  (event.target as Element).closest<HTMLElement>('[data-key]')?.dataset.key

/** Menus and dialogs stand elsewhere in the page, but their events also pass the component that opened them. */
export const isInside = (event: SyntheticEvent): boolean => event.currentTarget.contains(event.target as Node)
