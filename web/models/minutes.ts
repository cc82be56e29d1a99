import type { Entry } from '../matrix/entry.ts'
import { sameList } from './value.ts'

/** What stands on the sheet, from top to bottom. */
export type Item =
  | { type: 'start'; key: 'start' }
  | { type: 'day'; key: string; at: number }
  | { type: 'new'; key: 'new' }
  | { type: 'entry'; key: string; entry: Entry; follow: boolean }
  | { type: 'changes'; key: string; entries: Entry[] }

const followMaxMs = 5 * 60_000

const dayOf = (at: number): string => {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}

function follows(entry: Entry, before: Entry | undefined): boolean {
  return (
    before?.kind === 'words' &&
    entry.kind === 'words' &&
    before.sender.id === entry.sender.id &&
    entry.at - before.at < followMaxMs
  )
}

/** Comings and goings of several people in a row share one line. */
function shares(entry: Entry, before: Entry | undefined): boolean {
  const kinds = ['joined', 'left', 'invited']
  const [now, then] = [entry.change, before?.change]
  if (!now || !then || now.kind !== then.kind || !kinds.includes(now.kind)) return false
  return now.kind !== 'invited' || now.who === then.who
}

export type MinutesOptions = {
  /** The last entry that was read before the room was opened: the mark stands after it. */
  readUpToId: string | undefined
  fromTheStart: boolean
}

function alike(a: Item, b: Item): boolean {
  if (a.type === 'entry' && b.type === 'entry') return a.entry === b.entry && a.follow === b.follow
  if (a.type === 'changes' && b.type === 'changes') {
    return a.entries.length === b.entries.length && a.entries.every((entry, index) => entry === b.entries[index])
  }
  return a.type === b.type && a.key === b.key
}

/** The items, with those of before in the place of equal ones: what is identical is not drawn again. */
export function keepItems(before: readonly Item[], next: readonly Item[]): readonly Item[] {
  const known = new Map(before.map((item) => [item.key, item]))
  const kept = next.map((item) => {
    const same = known.get(item.key)
    return same && alike(same, item) ? same : item
  })
  return sameList(before, kept)
}

/** Sets entries on the sheet: day breaks, the mark before what is new, people's entries that follow each other. */
export function layMinutes(entries: readonly Entry[], { readUpToId, fromTheStart }: MinutesOptions): Item[] {
  const items: Item[] = fromTheStart ? [{ type: 'start', key: 'start' }] : []
  let day = ''
  let before: Entry | undefined
  let markNext = false
  let marked = false
  for (const entry of entries) {
    const today = dayOf(entry.at)
    if (today !== day) {
      items.push({ type: 'day', key: `day-${today}`, at: entry.at })
      day = today
      before = undefined
    }
    // One's own words are never news.
    if (markNext && !marked && !entry.mine) {
      items.push({ type: 'new', key: 'new' })
      marked = true
      before = undefined
    }
    const last = items.at(-1)
    if (entry.kind === 'change' && last?.type === 'changes' && shares(entry, last.entries.at(-1)))
      last.entries.push(entry)
    else if (entry.kind === 'change') items.push({ type: 'changes', key: entry.key, entries: [entry] })
    else items.push({ type: 'entry', key: entry.key, entry, follow: follows(entry, before) })
    before = entry
    if (entry.id === readUpToId) markNext = true
  }
  return items
}
