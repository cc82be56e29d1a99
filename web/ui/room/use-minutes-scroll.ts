import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Scrolled, ScrolledState } from '../../models/timeline.ts'
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

const lastKey = (state: ScrolledState): string | undefined => state.items.at(-1)?.key

/** How many entries of others stand below the line that was the last one when the reader was at the end. */
function countBelow(state: ScrolledState, seenKey: string | undefined): number {
  const from = state.items.findLastIndex((item) => item.key === seenKey)
  if (from < 0) return 0
  return state.items.slice(from + 1).filter((item) => item.entry && !item.entry.mine).length
}

/**
 * The reader's place: at the end one stays at the end; further up the line that one reads stays where it is, whatever is
 * loaded before it or grows after it.
 */
class Place {
  isAtEnd = true
  /** What was asked for when the place was taken; undefined before it was. */
  soughtId: string | undefined
  seenKey: string | undefined
  private anchor: Anchor | undefined
  private restTop = 0

  take(box: HTMLElement, list: HTMLElement, state: ScrolledState): void {
    this.soughtId = state.soughtId ?? ''
    this.isAtEnd = begin(box, state)
    this.hold(box, list)
  }

  /** The reader has moved. */
  hear(box: HTMLElement, list: HTMLElement, isLive: boolean): void {
    this.isAtEnd = isLive && isAtEnd(box)
    this.hold(box, list)
  }

  /** Lines have changed: goes back to where the reader was. */
  keep(box: HTMLElement, list: HTMLElement): void {
    // A scroll that is under way has not been heard of yet; it must not be undone. What shrinks or grows by itself leaves
    // the place where it is, or at the end.
    const moved = box.scrollTop < this.restTop - 2
    if (this.isAtEnd && moved && !isAtEnd(box)) {
      this.isAtEnd = false
      // At the end no line was held: where the reader is now is her place.
      this.anchor = undefined
    }
    if (this.isAtEnd) box.scrollTop = box.scrollHeight
    else if (this.anchor) {
      const line = list.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.anchor.key)}"]`)
      if (line) box.scrollTop += offsetOf(box, line) - this.anchor.top
    }
    this.hold(box, list)
  }

  private hold(box: HTMLElement, list: HTMLElement): void {
    this.restTop = box.scrollTop
    // Measuring lines lays the page out once more; at the end no line has to be held.
    if (!this.isAtEnd) this.anchor = takeAnchor(box, list)
  }
}

function loadAhead(timeline: Scrolled, box: HTMLElement): void {
  const { older, live } = timeline.state.get()
  if (older === 'more' && box.scrollTop < loadAheadPx) void timeline.loadOlder()
  if (!live && box.scrollHeight - box.scrollTop - box.clientHeight < loadAheadPx) void timeline.loadNewer()
}

/** Keeps the reader's place, loads more at both ends before one arrives there, and says what was read. */
export function useMinutesScroll(timeline: Scrolled, onRead: () => void): MinutesScroll {
  const state = useValue(timeline.state)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const [place] = useState(() => new Place())
  const [newBelow, setNewBelow] = useState<number>()

  /** After every change of lines or place. */
  const settle = useCallback(() => {
    const now = timeline.state.get()
    timeline.following = place.isAtEnd
    if (place.isAtEnd) place.seenKey = lastKey(now)
    setNewBelow(place.isAtEnd ? undefined : now.live ? countBelow(now, place.seenKey) : 0)
    if (place.isAtEnd && now.live && document.hasFocus()) onRead()
    if (scroller.current) loadAhead(timeline, scroller.current)
  }, [timeline, place, onRead])

  useLayoutEffect(() => {
    const box = scroller.current
    const lines = list.current
    if (!box || !lines || state.status !== 'ready') return
    if (place.soughtId !== (state.soughtId ?? '')) place.take(box, lines, state)
    else place.keep(box, lines)
    settle()
  }, [state, place, settle])

  useEffect(() => {
    const box = scroller.current
    const lines = list.current
    if (!box || !lines) return
    const onScroll = () => {
      if (place.soughtId === undefined) return
      place.hear(box, lines, timeline.state.get().live)
      settle()
    }
    const sizes = new ResizeObserver(() => place.keep(box, lines))
    sizes.observe(lines)
    sizes.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    addEventListener('focus', settle)
    return () => {
      sizes.disconnect()
      box.removeEventListener('scroll', onScroll)
      removeEventListener('focus', settle)
    }
  }, [timeline, place, settle])

  const toLatest = useCallback(() => {
    const box = scroller.current
    if (!box) return
    if (timeline.state.get().live) box.scrollTop = box.scrollHeight
    else {
      // Who asks for the latest does not want to begin at the mark of what is new.
      place.soughtId = undefined
      timeline.clearNew()
      void timeline.open()
    }
    box.focus({ preventScroll: true })
  }, [timeline, place])

  return { scroller, list, newBelow, toLatest }
}

/** Where one begins to read: at what was asked for, else at what is new, else at the end. True at the end. */
function begin(box: HTMLElement, state: ScrolledState): boolean {
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
