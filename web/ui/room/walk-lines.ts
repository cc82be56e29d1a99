import type { KeyboardEvent } from 'react'

/** What arrows go through: entries and changes of the sheet, replies of a thread. */
const lines = '.entry, .event, .slip'

/** Arrows, Home and End walk the lines of a sheet or thread, which is one stop for Tab. True when the key was one of them. */
export function walkLines(event: KeyboardEvent<HTMLElement>, scroller: HTMLElement | null): boolean {
  const target = event.target as HTMLElement
  if (!scroller || !['ArrowUp', 'ArrowDown', 'End', 'Home'].includes(event.key)) return false
  if (target !== scroller && !target.matches(lines)) return false
  const stops = [...scroller.querySelectorAll<HTMLElement>(lines)]
  const at = stops.indexOf(target)
  const step = event.key === 'ArrowUp' ? -1 : 1
  const to = event.key === 'Home' ? 0 : event.key === 'End' || at < 0 ? stops.length - 1 : at + step
  const next = stops[Math.max(0, Math.min(stops.length - 1, to))]
  if (!next) return false
  event.preventDefault()
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
  return true
}
