/**
 * Looking into a room without joining it: https://spec.matrix.org/v1.19/client-server-api/#room-previews. Whoever may read
 * a room may do so; what she sees of it is bounded by its history visibility, as everywhere.
 */
import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Limits } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { PublicRooms } from '../directory/public-rooms.ts'
import { placeOfToken } from '../events/places.ts'
import { eventObject } from '../events/stored-event.ts'
import { shownOf, type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomStates } from '../rooms/room-states.ts'
import { eventRowsBackwards, eventRowsForwards } from '../store/events.ts'
import { tokenBehind } from '../sync/tokens.ts'
import type { RoomWaiters } from './room-waiters.ts'

type Deps = VisibilityDeps & {
  doors: Pick<Doors, 'enter'>
  limits: Pick<Limits, 'syncTimeoutMsMax'>
  states: Pick<RoomStates, 'visibleTo'>
  waiters: Pick<RoomWaiters, 'wait'>
  publicRooms: Pick<PublicRooms, 'has'>
  accountData: Pick<AccountData, 'all'>
}

export type PeekWish = {
  readonly roomId: string
  readonly from: string | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const portion = 100
const [below, above] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

export class Peek {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** What was said behind `from`, or is said next. Without `from` only what is said next. */
  async events(subject: Subject, { roomId, from, timeoutMs, signal }: PeekWish): Promise<JsonObject> {
    const { room } = await this.#deps.doors.enter(subject, 'room.read', roomId)
    const start = (await placeOfToken(this.#deps.db, room, from)) ?? (await this.#end(room))
    const overdue = new AbortController()
    const until = AbortSignal.any([signal, overdue.signal])
    // Begun before the look, so that nothing is missed between the two.
    const waiting = this.#deps.waiters.wait(room.id, Math.min(timeoutMs, this.#deps.limits.syncTimeoutMsMax), until)
    const answer = (place: number, chunk: JsonObject[]) => ({
      start: tokenBehind(start),
      end: tokenBehind(place),
      chunk,
    })
    try {
      const said = await this.#after(room, subject, start)
      if (said.chunk.length > 0) return answer(said.place, said.chunk)
      await waiting
      const { room: now } = await this.#deps.doors.enter(subject, 'room.read', roomId)
      const next = await this.#after(now, subject, said.place)
      return answer(next.place, next.chunk)
    } finally {
      overdue.abort()
    }
  }

  /** The room as it is, or was when the person left, with its newest messages, the oldest of them first. */
  async room(subject: Subject, roomId: string, limit: number): Promise<JsonObject> {
    const { room } = await this.#deps.doors.enter(subject, 'room.read', roomId)
    const [state, visibility, isListed, data] = await Promise.all([
      this.#deps.states.visibleTo(room, subject),
      visibilityFor(this.#deps, room, subject),
      this.#deps.publicRooms.has(room),
      this.#deps.accountData.all(subject.userId),
    ])
    const rows = await eventRowsBackwards(this.#deps.db, room.id, visibility.ceiling, below, Math.min(limit, portion))
    const events = shownOf(visibility, await this.#deps.reader.open(rows)).reverse()
    const membership = room.memberByUser(subject.userId)?.membership
    return {
      room_id: room.matrixId,
      ...(membership !== undefined && { membership }),
      messages: {
        start: tokenBehind((events[0]?.ordering ?? 1) - 1),
        end: tokenBehind(events.at(-1)?.ordering ?? 0),
        chunk: events.map((event) => eventObject(event, subject)),
      },
      state: state.map((event) => eventObject(event, subject)),
      visibility: isListed ? 'public' : 'private',
      account_data: data.filter((datum) => datum.roomId === room.id).map(({ type, content }) => ({ type, content })),
    }
  }

  async #end(room: Room): Promise<number> {
    const [newest] = await eventRowsBackwards(this.#deps.db, room.id, above, below, 1)
    return newest?.ordering ?? 0
  }

  async #after(room: Room, subject: Subject, place: number): Promise<{ place: number; chunk: JsonObject[] }> {
    const rows = await eventRowsForwards(this.#deps.db, room.id, place, above, portion)
    const [events, visibility] = await Promise.all([
      this.#deps.reader.open(rows),
      visibilityFor(this.#deps, room, subject),
    ])
    const seen = shownOf(visibility, events)
    return { place: rows.at(-1)?.ordering ?? place, chunk: seen.map((event) => eventObject(event, subject)) }
  }
}
