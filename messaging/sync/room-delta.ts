import type { StoredEvent } from '../events/stored-event.ts'

/** An event with its place in the log. */
export type Placed = { readonly event: StoredEvent; readonly position: number }

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
