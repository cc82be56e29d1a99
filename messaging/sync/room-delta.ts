import { stateKeyOf } from '#matrix/api.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { everything, type Visibility } from '../events/visibility.ts'

/** An event with its place in the log. */
export type Placed = { readonly event: StoredEvent; readonly position: number }

/** Those of these events that the reader may see, as she may see them. */
export function shownIn(visibility: Visibility, placed: readonly Placed[]): readonly Placed[] {
  if (visibility === everything) return placed
  return placed.flatMap(({ event, position }) => {
    const shown = visibility.shown(event)
    return shown === undefined ? [] : { event: shown, position }
  })
}

/** What a client is to be told of a room's timeline. */
export type TimelinePart = {
  /** Oldest first. */
  readonly events: readonly Placed[]
  /** Whether something lies between these and what the client has. */
  readonly limited: boolean
}

/** What happened since the first event of a part, told in it or not. */
export function sinceStart(span: readonly Placed[], part: TimelinePart): Placed[] {
  const start = part.events[0]?.position
  return start === undefined ? [] : span.filter(({ position }) => position >= start)
}

/** The newest `limit` of events (oldest first) as a timeline part. */
export function newestPart(events: readonly Placed[], limit: number, moreBefore: boolean): TimelinePart {
  const kept = limit === 0 ? [] : events.slice(-limit)
  return { events: kept, limited: moreBefore || kept.length < events.length }
}

/**
 * The part without what was overtaken unseen: state that it tells and that something newer replaced, which a filter or the
 * history's visibility hides, would be the client's last word. It begins behind the newest such event, as after a gap.
 */
export function withoutOvertaken<P extends TimelinePart & { readonly span: readonly Placed[] }>(
  part: P,
  passes: (event: StoredEvent) => boolean,
): P {
  const seen = new Set(part.events.map(({ event }) => event.id))
  const told = new Set<string>()
  let overtakenAt: number | undefined
  for (const { event, position } of part.span) {
    if (event.stateKey === undefined) continue
    const name = stateKeyOf(event.type, event.stateKey)
    if (seen.has(event.id) && passes(event)) told.add(name)
    else if (told.has(name)) overtakenAt = position
  }
  if (overtakenAt === undefined) return part
  const from = overtakenAt
  const isAfter = (placed: Placed) => placed.position > from
  return { ...part, events: part.events.filter(isAfter), span: part.span.filter(isAfter), limited: true }
}
