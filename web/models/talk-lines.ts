import { type ChannelKind, isService } from '../matrix/desk.ts'
import type { Entry } from '../matrix/entry.ts'
import { isForDesk } from './letter.ts'
import type { Item } from './minutes.ts'
import { sameFields, sameList } from './value.ts'

/** What became of words to a citizen. `lost`: they certainly did not reach her; `unsure`: nobody can tell. */
export type Fate = 'sending' | 'waits' | 'failed' | 'sent' | 'arrived' | 'lost' | 'unsure'
export type Tone = 'plain' | 'halt' | 'act'

type Said = { key: string; entry: Entry; follow: boolean }

/** A line of a conversation with a citizen, with the notes of the staff among what was said. */
export type TalkLine =
  | { type: 'day'; key: string; at: number }
  | { type: 'new'; key: 'new' }
  | (Said & { type: 'words'; channel: ChannelKind | undefined })
  | (Said & { type: 'letter'; channel: ChannelKind | undefined; fate: Fate })
  | (Said & { type: 'note' })
  | { type: 'notice'; key: string; entry: Entry; tone: Tone }
  /** A line of the staff that stays here: it is for the desk. */
  | { type: 'command'; key: string; entry: Entry }
  | { type: 'change'; key: string; entry: Entry }

/** What of an event is not in its entry. */
export type About = {
  facts?: Record<string, unknown> | undefined
  channel?: ChannelKind | undefined
  /** Of a change of membership: whose. */
  member?: string | undefined
}

export type TalkFacts = {
  citizen: string
  about(entry: Entry): About
  /** Up to which moment words certainly reached her. */
  arrivedAt: number
  /** Who leads or led it; their comings and goings say nothing more. */
  leaders: ReadonlySet<string>
  /** Earlier lines are left out: of one of the rooms they are not loaded. */
  floorMs: number
}

const followMaxMs = 5 * 60_000

/** How urgent it is what the desk tells. */
export function toneOfNotice(facts: Record<string, unknown>): Tone {
  if (facts.heard === 'stop' || facts.heard === 'hold' || typeof facts.outcome === 'string') return 'halt'
  return facts.heard === 'start' || facts.heard === 'release' ? 'act' : 'plain'
}

const fromDesk = new Set(['leads', 'waits', 'closed', 'reopened'])
const comings = new Set(['joined', 'left', 'invited', 'removed'])

/** The lines of both rooms in the order in which they were said. */
export function talkLines(items: readonly Item[], notes: readonly Item[], facts: TalkFacts): TalkLine[] {
  const outcomes = outcomesIn(items, facts)
  const said = entriesIn(items).flatMap((entry) => lineOf(entry, facts, outcomes) ?? [])
  const noted = entriesIn(notes).flatMap((entry): TalkLine[] =>
    entry.kind === 'change' ? [] : [{ type: 'note', key: `note-${entry.key}`, entry, follow: false }],
  )
  const all = [...said, ...noted].filter((line) => atOf(line) >= facts.floorMs)
  return laid(
    all.sort((a, b) => atOf(a) - atOf(b)),
    firstNew(items),
  )
}

/** Lines that say the same are those of before: what is identical is not drawn again. */
export function keepLines(before: readonly TalkLine[], next: readonly TalkLine[]): readonly TalkLine[] {
  const known = new Map(before.map((line) => [line.key, line]))
  const kept = next.map((line) => {
    const same = known.get(line.key)
    return same && same.type === line.type ? sameFields(same, line) : line
  })
  return sameList(before, kept)
}

function entriesIn(items: readonly Item[]): Entry[] {
  return items.flatMap((item) => {
    if (item.type === 'entry') return [item.entry]
    return item.type === 'changes' ? item.entries : []
  })
}

/** The key of the first entry that is new to the reader. */
function firstNew(items: readonly Item[]): string | undefined {
  const mark = items.findIndex((item) => item.type === 'new')
  return mark < 0 ? undefined : entriesIn(items.slice(mark))[0]?.key
}

const atOf = (line: TalkLine): number => (line.type === 'day' ? line.at : line.type === 'new' ? 0 : line.entry.at)

/** What the desk told about single words, by their event ids; the newest counts. */
function outcomesIn(items: readonly Item[], { about }: TalkFacts): Map<string, 'lost' | 'unsure'> {
  const outcomes = new Map<string, 'lost' | 'unsure'>()
  for (const entry of entriesIn(items)) {
    const { facts } = about(entry)
    if (entry.quote && typeof facts?.outcome === 'string')
      outcomes.set(entry.quote.id, facts.outcome === 'unknown' ? 'unsure' : 'lost')
  }
  return outcomes
}

function lineOf(entry: Entry, facts: TalkFacts, outcomes: Map<string, 'lost' | 'unsure'>): TalkLine | undefined {
  const { key } = entry
  const about = facts.about(entry)
  if (entry.kind === 'change') return isTold(entry, about, facts) ? { type: 'change', key, entry } : undefined
  if (about.facts) return { type: 'notice', key, entry, tone: toneOfNotice(about.facts) }
  const { channel } = about
  if (entry.sender.id === facts.citizen) return { type: 'words', key, entry, follow: false, channel }
  if (isForDesk(entry.text)) return { type: 'command', key, entry }
  return { type: 'letter', key, entry, follow: false, channel, fate: fateOf(entry, facts, outcomes) }
}

/** Who leads it and how it stands; of comings and goings those of people who help. */
function isTold({ change }: Entry, { member }: About, { leaders }: TalkFacts): boolean {
  if (!change) return false
  if (fromDesk.has(change.kind)) return true
  if (!comings.has(change.kind) || member === undefined) return false
  return !isService(member) && !leaders.has(member)
}

function fateOf(entry: Entry, { arrivedAt }: TalkFacts, outcomes: Map<string, 'lost' | 'unsure'>): Fate {
  if (entry.sending !== 'sent') return entry.sending
  if (entry.id.startsWith('~')) return 'sending'
  return outcomes.get(entry.id) ?? (entry.at <= arrivedAt ? 'arrived' : 'sent')
}

const dayOf = (at: number): string => {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}

function laid(lines: readonly TalkLine[], newKey: string | undefined): TalkLine[] {
  const all: TalkLine[] = []
  let day = ''
  for (const line of lines) {
    const today = dayOf(atOf(line))
    if (today !== day) all.push({ type: 'day', key: `day-${today}`, at: atOf(line) })
    day = today
    if (line.key === newKey) all.push({ type: 'new', key: 'new' })
    all.push(follows(line, all.at(-1)) ? ({ ...line, follow: true } as TalkLine) : line)
  }
  return all
}

function follows(line: TalkLine, before: TalkLine | undefined): boolean {
  if (!before || before.type !== line.type || !('follow' in line) || !('follow' in before)) return false
  const isSame = line.entry.sender.id === before.entry.sender.id && line.entry.at - before.entry.at < followMaxMs
  return isSame && (!('channel' in line) || !('channel' in before) || line.channel === before.channel)
}
