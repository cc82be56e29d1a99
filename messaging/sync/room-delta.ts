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

/** The newest `limit` of events (oldest first) as a timeline part. */
export function newestPart(events: readonly Placed[], limit: number, moreBefore: boolean): TimelinePart {
  const kept = limit === 0 ? [] : events.slice(-limit)
  return { events: kept, limited: moreBefore || kept.length < events.length }
}
