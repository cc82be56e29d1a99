import type { Calendar } from './calendar.ts'
import type { Choices } from './choices.ts'
import type { DemoRoom } from './demo-room.ts'
import { people } from './people.ts'
import { type Entry, readScript } from './script.ts'
import type { Said } from './stage.ts'

/** One thing that happens in one room at one moment. What belongs to an entry waits until the entry was said. */
export type Beat = { readonly room: DemoRoom; readonly ms: number } & (
  | { readonly kind: 'open'; readonly members: readonly string[] }
  | { readonly kind: 'invite'; readonly who: string; readonly whom: string }
  | { readonly kind: 'say'; readonly told: Told }
  | { readonly kind: 'command'; readonly told: Told }
  | { readonly kind: 'edit'; readonly told: Told; readonly text: string }
  | { readonly kind: 'endorse'; readonly told: Told; readonly key: string; readonly who: string | undefined }
  | { readonly kind: 'redact'; readonly told: Told; readonly reason: string }
)

/** An entry of a script with its final words, and what became of it. */
export type Told = Entry & { saying?: Promise<Said>; readonly endorsedBy: Set<string> }

const minuteMs = 60_000
/** Since when invitations wait. */
const waitingHours = 4.3

/** All that happens in all rooms, in the order of time. */
export function beatsOf(rooms: readonly DemoRoom[], calendar: Calendar, choices: Choices): Beat[] {
  const beats = rooms.flatMap((room) => roomBeats(room, calendar, choices))
  return beats
    .map((beat, index) => ({ beat, index }))
    .sort((a, b) => a.beat.ms - b.beat.ms || a.index - b.index)
    .map(({ beat }) => beat)
}

function roomBeats(room: DemoRoom, calendar: Calendar, choices: Choices): Beat[] {
  const ms = calendar.at(...room.born)
  const asked = room.members === 'everybody' ? people.map((person) => person.key) : room.members
  const since = new Map(people.map((person) => [person.key, person.since]))
  const members = asked.filter((key) => key !== room.creator && (since.get(key) ?? 0) >= room.born[0])
  const beats: Beat[] = [{ kind: 'open', room, ms, members }]
  for (const { who, by } of room.invited ?? []) {
    beats.push({ kind: 'invite', room, ms: calendar.hoursBeforeEnd(waitingHours), who: by, whom: who })
  }
  for (const entry of readScript(room.script)) beats.push(...entryBeats(room, entry, calendar, choices))
  return beats
}

function entryBeats(room: DemoRoom, entry: Entry, calendar: Calendar, choices: Choices): Beat[] {
  const words = (text: string) => calendar.words(text, entry.day)
  const at = (time: string) => calendar.at(entry.day, time)
  const told: Told = { ...entry, text: words(entry.text), endorsedBy: new Set() }
  const ms = at(entry.time)
  if (entry.command !== undefined) return [{ kind: 'command', room, ms, told }]
  const beats: Beat[] = [{ kind: 'say', room, ms, told }]
  for (const edit of entry.edits) beats.push({ kind: 'edit', room, ms: at(edit.time), told, text: words(edit.text) })
  const { redaction } = entry
  if (redaction !== undefined) {
    beats.push({ kind: 'redact', room, ms: at(redaction.time), told, reason: redaction.reason })
  }
  const latest = calendar.endMs - minuteMs
  for (const { key, by } of entry.endorsements) {
    const who = typeof by === 'number' ? Array<undefined>(by).fill(undefined) : by
    for (const one of who) {
      const after = choices.between(1, entry.day === 0 ? 12 : 90) * minuteMs
      beats.push({ kind: 'endorse', room, ms: Math.max(ms, Math.min(ms + after, latest)), told, key, who: one })
    }
  }
  return beats
}
