import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { TimelineModel, TimelineState } from '../../models/timeline.ts'
import { useValue } from '../parts/use-value.ts'

const atEndPx = 40
const loadAheadPx = 900

type Anchor = { key: string; top: number }

export type MinutesScroll = {
  scroller: RefObject<HTMLDivElement | null>
  list: RefObject<HTMLOListElement | null>
  /** How many entries came in below while one read further up; undefined at the end. */
  newBelow: number | undefined
  toLatest(): void
}

/**
 * The first line that is visible, and how far it stands from the top of all lines: what must not move when something
 * above it changes. Measured in the content and not on the screen, so it holds also while a scroll is under way.
 */
function takeAnchor(scroller: HTMLElement, list: HTMLElement): Anchor | undefined {
  const top = scroller.getBoundingClientRect().top
  for (const line of list.children as Iterable<HTMLElement> & HTMLCollection) {
    const box = line.getBoundingClientRect()
    const key = (line as HTMLElement).dataset.key
    if (box.bottom > top + 1 && key && !key.startsWith('day-')) return { key, top: box.top - top + scroller.scrollTop }
  }
  return undefined
}

const isAtEnd = (scroller: HTMLElement): boolean =>
  scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < atEndPx

const offsetOf = (scroller: HTMLElement, line: HTMLElement): number =>
  line.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop

const lastKey = (state: TimelineState): string | undefined => state.items.at(-1)?.key

/** How many entries of others stand below the line that was the last one when the reader was at the end. */
function countBelow(state: TimelineState, seenKey: string | undefined): number {
  const from = state.items.findLastIndex((item) => item.key === seenKey)
  if (from < 0) return 0
  return state.items.slice(from + 1).filter((item) => item.type === 'entry' && !item.entry.mine).length
}

/**
 * Keeps the reader's place: at the end one stays at the end; further up the line that one reads stays where it is,
 * whatever is loaded before it or grows after it. Loads more at both ends before one arrives there.
 */
export function useMinutesScroll(timeline: TimelineModel, onRead: () => void): MinutesScroll {
  const state = useValue(timeline.state)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const stuck = useRef(true)
  const rest = useRef({ top: 0, height: 0 })
  const placed = useRef<string | undefined>(undefined)
  const anchor = useRef<Anchor | undefined>(undefined)
  const seen = useRef<string | undefined>(undefined)
  const [newBelow, setNewBelow] = useState<number>()

  const settle = useCallback(() => {
    const box = scroller.current
    const lines = list.current
    if (!box || !lines) return
    // A scroll that is under way has not been heard of yet; it must not be undone.
    const moved = box.clientHeight === rest.current.height && box.scrollTop < rest.current.top - 2
    if (stuck.current && moved && !isAtEnd(box)) stuck.current = false
    if (stuck.current) {
      // Measuring lines would lay the page out once more for nothing: at the end no line has to be held.
      box.scrollTop = box.scrollHeight
      rest.current = { top: box.scrollTop, height: box.clientHeight }
      return
    }
    if (anchor.current) {
      const line = lines.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.current.key)}"]`)
      if (line) box.scrollTop += offsetOf(box, line) - anchor.current.top
    }
    anchor.current = takeAnchor(box, lines)
  }, [])

  const read = useCallback(() => {
    if (stuck.current && timeline.state.get().live && document.hasFocus()) onRead()
  }, [timeline, onRead])

  const onScroll = useCallback(() => {
    const box = scroller.current
    const lines = list.current
    if (!box || !lines || placed.current === undefined) return
    const { live } = timeline.state.get()
    stuck.current = live && isAtEnd(box)
    timeline.following = stuck.current
    rest.current = { top: box.scrollTop, height: box.clientHeight }
    if (!stuck.current) anchor.current = takeAnchor(box, lines)
    if (stuck.current) {
      seen.current = lastKey(timeline.state.get())
      setNewBelow(undefined)
      read()
    } else {
      setNewBelow((count) => count ?? 0)
    }
    if (box.scrollTop < loadAheadPx) void timeline.loadOlder()
    if (box.scrollHeight - box.scrollTop - box.clientHeight < loadAheadPx) void timeline.loadNewer()
  }, [timeline, read])

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box || state.status !== 'ready') return
    const placeId = state.soughtId ?? ''
    if (placed.current !== placeId) {
      placed.current = placeId
      stuck.current = place(box, state)
      seen.current = lastKey(state)
      anchor.current = list.current && !stuck.current ? takeAnchor(box, list.current) : undefined
    } else {
      settle()
    }
    timeline.following = stuck.current
    if (stuck.current) seen.current = lastKey(state)
    if (!stuck.current) setNewBelow(state.live ? countBelow(state, seen.current) : 0)
    else setNewBelow(undefined)
    read()
    if (state.older === 'more' && box.scrollTop < loadAheadPx) void timeline.loadOlder()
    if (!state.live && box.scrollHeight - box.scrollTop - box.clientHeight < loadAheadPx) void timeline.loadNewer()
  }, [state, settle, read, timeline])

  useEffect(() => {
    const box = scroller.current
    const lines = list.current
    if (!box || !lines) return
    const sizes = new ResizeObserver(settle)
    sizes.observe(lines)
    sizes.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    addEventListener('focus', read)
    return () => {
      sizes.disconnect()
      box.removeEventListener('scroll', onScroll)
      removeEventListener('focus', read)
    }
  }, [settle, onScroll, read])

  const toLatest = useCallback(() => {
    stuck.current = true
    if (timeline.state.get().live) settle()
    else {
      placed.current = undefined
      void timeline.open()
    }
    scroller.current?.focus({ preventScroll: true })
  }, [timeline, settle])

  return { scroller, list, newBelow, toLatest }
}

/** Where one begins to read: at what was asked for, else at what is new, else at the end. True at the end. */
function place(box: HTMLElement, state: TimelineState): boolean {
  const sought = state.soughtId && box.querySelector<HTMLElement>('.sought')
  if (sought) {
    sought.scrollIntoView({ block: 'center' })
    sought.focus({ preventScroll: true })
    return false
  }
  box.scrollTop = box.scrollHeight
  const mark = box.querySelector<HTMLElement>('.newline')
  if (mark && mark.getBoundingClientRect().top < box.getBoundingClientRect().top) {
    mark.scrollIntoView({ block: 'start' })
    box.scrollTop -= 48
  }
  return isAtEnd(box)
}
