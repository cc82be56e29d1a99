/**
 * The state that a client needs with a timeline: what held before the timeline's first event, or how that differs from
 * what the client had. With lazy loading, of the members only those who speak in the timeline, and oneself.
 * https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */

import { stateKeyOf } from '#matrix/api.ts'
import type { Db } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { memberRowsAt, stateRowsAt, stateRowsBetween } from '../store/room-state.ts'
import type { EventFilter } from './filter.ts'
import type { StateAfter } from './render.ts'
import type { Placed } from './room-delta.ts'
import type { SentMembers } from './sent-members.ts'

type Deps = { db: Db; reader: EventReader }

export type StateQuery = {
  readonly userId: number
  readonly sessionId: number
  readonly filter: EventFilter
  readonly sent: SentMembers
  /** Whether the client wants the state behind the timeline, and not that before it. */
  readonly stateAfter: StateAfter
}

export type StateWish = {
  readonly roomId: number
  readonly timeline: readonly Placed[]
  readonly until: number
  /** People by whom a client may call the room: with lazy loading, their member events come along. */
  readonly heroes?: readonly number[]
  /** For a room of an earlier stay: the position up to which the client was told of it. */
  readonly toldUpTo?: number | undefined
}

/** The full state of rooms, each as it was before its timeline began, or behind it. */
export async function fullState(
  deps: Deps,
  query: StateQuery,
  wishes: readonly StateWish[],
): Promise<Map<number, StoredEvent[]>> {
  const lazy = query.filter.lazyLoadMembers
  const wanted = new Map(wishes.map((wish) => [wish.roomId, speakers(query.userId, wish)]))
  const everybody = lazy ? [...new Set([...wanted.values()].flatMap((people) => [...people]))] : undefined
  const at = wishes.map((wish) => ({ roomId: wish.roomId, position: placeOf(query, wish) }))
  const rows = (await stateRowsAt(deps.db, at, everybody)).filter(
    (row) => !lazy || row.userId === null || wanted.get(row.roomId)?.has(row.userId),
  )
  const events = await deps.reader.byIds(rows.map((row) => row.eventId))
  const byRoom = new Map<number, StoredEvent[]>(wishes.map((wish) => [wish.roomId, []]))
  for (const event of events) if (query.filter.passes(event)) byRoom.get(event.roomId)?.push(event)
  if (lazy) {
    for (const [roomId, people] of wanted) query.sent.add(query.sessionId, roomId, people)
    for (const wish of wishes) byRoom.get(wish.roomId)?.push(...(await membersSince(deps, query, wish, events)))
  }
  return byRoom
}

/** Whoever comes back still knows members of then: those who changed meanwhile are told, speakers or not. */
async function membersSince(
  deps: Deps,
  query: StateQuery,
  wish: StateWish,
  told: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  if (wish.toldUpTo === undefined) return []
  const rows = await stateRowsBetween(deps.db, wish.roomId, wish.toldUpTo, placeOf(query, wish))
  const known = new Set(told.map((event) => event.id))
  const ids = rows.filter((row) => row.userId !== null && !known.has(row.eventId)).map((row) => row.eventId)
  return (await deps.reader.byIds(ids)).filter((event) => query.filter.passes(event))
}

/**
 * What changed in the state after `after` and before the timeline begins (or up to its end), and members who speak for the first
 * time. `hasGap` says whether anything may have changed that the timeline does not tell.
 */
export async function stateChange(
  deps: Deps,
  query: StateQuery,
  wish: StateWish & { readonly after: number; readonly hasGap: boolean },
): Promise<StoredEvent[]> {
  const start = placeOf(query, wish)
  const changed = wish.hasGap ? await stateRowsBetween(deps.db, wish.roomId, wish.after, start) : []
  const ids = new Set(changed.map((row) => row.eventId))
  if (query.filter.lazyLoadMembers) {
    const people = speakers(query.userId, wish)
    const unknown = query.filter.includeRedundantMembers
      ? [...people]
      : query.sent.unknown(query.sessionId, wish.roomId, people)
    if (unknown.length > 0) {
      for (const row of await memberRowsAt(deps.db, wish.roomId, start, unknown)) ids.add(row.eventId)
      query.sent.add(query.sessionId, wish.roomId, new Set(unknown))
    }
  }
  const inTimeline = new Set(query.stateAfter ? [] : wish.timeline.map((placed) => placed.event.id))
  const events = await deps.reader.byIds([...ids].filter((id) => !inTimeline.has(id)))
  return events.filter((event) => query.filter.passes(event))
}

/**
 * With the state that changed inside the timeline's span and is not told there, because a filter or the history's
 * visibility keeps it out: what the client ends with must be the room's state all the same.
 */
export function withHidden(
  state: readonly StoredEvent[],
  span: readonly Placed[],
  told: readonly StoredEvent[],
  filter: EventFilter,
): StoredEvent[] {
  const tells = new Set(told.map((event) => event.id))
  const newest = new Map<string, StoredEvent>()
  for (const { event } of span)
    if (event.stateKey !== undefined) newest.set(stateKeyOf(event.type, event.stateKey), event)
  const hidden = [...newest.values()].filter((event) => !tells.has(event.id) && filter.passes(event))
  if (hidden.length === 0) return [...state]
  const replaced = new Set(hidden.map((event) => stateKeyOf(event.type, event.stateKey ?? '')))
  return [...state.filter((event) => !replaced.has(stateKeyOf(event.type, event.stateKey ?? ''))), ...hidden]
}

function placeOf(query: StateQuery, wish: StateWish): number {
  const first = query.stateAfter ? undefined : wish.timeline[0]
  return first === undefined ? wish.until : first.position - 1
}

function speakers(userId: number, { timeline, heroes = [] }: StateWish): Set<number> {
  return new Set([userId, ...heroes, ...timeline.map((placed) => placed.event.senderId)])
}
