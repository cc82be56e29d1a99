import type { Membership, Subject } from '#access/api.ts'
import { refuse, type Vault } from '#platform/api.ts'
import { storedStateKey } from '../events/state-keys.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import { positionAtPlace, positionOfEvent } from '../store/events.ts'
import { memberEventIdsAt, membershipHistoryRows, stateRowAt, stateRowsAt } from '../store/room-state.ts'
import { parsePagingToken } from '../sync/tokens.ts'
import { membershipCodes, type Room } from './room.ts'

type Deps = VisibilityDeps & { vault: Vault }

const membersAtOnce = 500

/** The state of rooms for readers: of now for those who are in it, of then for those who left. */
export class RoomStates {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async visibleTo(room: Room, subject: Subject): Promise<StoredEvent[]> {
    const then = await this.#positionOfLeaving(room, subject)
    if (then !== undefined) {
      const rows = await stateRowsAt(this.#deps.db, [{ roomId: room.id, position: then }])
      return this.#read(room, subject)(rows.map((row) => row.eventId))
    }
    const others = [...room.state.values()].map((entry) => entry.internalId)
    const members = [...room.members()].map((member) => member.internalId)
    return this.#read(room, subject)([...others, ...members])
  }

  /** Reads events as the person may see them. */
  #read(room: Room, subject: Subject): (ids: readonly number[]) => Promise<StoredEvent[]> {
    const visibility = visibilityFor(this.#deps, room, subject)
    return async (ids) => {
      const [events, { form }] = await Promise.all([this.#deps.reader.byIds(ids), visibility])
      return events.map(form)
    }
  }

  async one(room: Room, subject: Subject, type: string, stateKey: string): Promise<StoredEvent | undefined> {
    const then = await this.#positionOfLeaving(room, subject)
    const id = then === undefined ? heldNow(room, type, stateKey) : await this.#heldAt(room, then, { type, stateKey })
    return id === undefined ? undefined : (await this.#read(room, subject)([id]))[0]
  }

  async #heldAt(room: Room, position: number, { type, stateKey }: { type: string; stateKey: string }) {
    const key = storedStateKey(this.#deps.vault, room.matrixId, stateKey)
    return (await stateRowAt(this.#deps.db, { roomId: room.id, type, stateKey: key, position }))?.eventId
  }

  /**
   * Member events of now, of the place that a token stands for or, for who left, of then; by membership. In portions, so
   * that a room of tens of thousands holds nobody else up.
   */
  async *members(
    room: Room,
    subject: Subject,
    wanted: (membership: Membership) => boolean,
    token?: string,
  ): AsyncGenerator<StoredEvent[]> {
    const ids = await this.#memberEventIds(room, subject, wanted, token)
    const read = this.#read(room, subject)
    for (let start = 0; start < ids.length; start += membersAtOnce) {
      const events = await read(ids.slice(start, start + membersAtOnce))
      yield events.filter((event) => wanted(event.content.membership as Membership))
    }
  }

  async #memberEventIds(
    room: Room,
    subject: Subject,
    wanted: (membership: Membership) => boolean,
    token: string | undefined,
  ): Promise<number[]> {
    const at = token === undefined ? undefined : await this.#positionOf(room, token)
    const left = await this.#positionOfLeaving(room, subject)
    const then = left === undefined || at === undefined ? (left ?? at) : Math.min(left, at)
    if (then !== undefined) return (await memberEventIdsAt(this.#deps.db, room.id, then)).map((row) => row.eventId)
    const members = [...room.members()].filter((member) => wanted(member.membership))
    return members.map((member) => member.internalId)
  }

  async #positionOf(room: Room, token: string): Promise<number> {
    const place = parsePagingToken(token)
    if ('position' in place) return place.position
    return (await positionAtPlace(this.#deps.db, room.id, place.ordering)) ?? 0
  }

  /**
   * Where the last time that the person was in the room ended: what became of her afterwards (a ban, an invitation that she
   * turned down) shows her no more.
   */
  async #positionOfLeaving(room: Room, subject: Subject): Promise<number | undefined> {
    const member = room.member(subject.matrixId)
    if (member === undefined || (member.membership !== 'leave' && member.membership !== 'ban')) return undefined
    const history = await membershipHistoryRows(this.#deps.db, room.id, subject.userId)
    const lastJoin = history.findLastIndex((row) => row.membership === membershipCodes.join)
    if (lastJoin >= 0) return history[lastJoin + 1]?.position
    if (room.historyVisibility() === 'world_readable') return positionOfEvent(this.#deps.db, room.id, member.internalId)
    throw refuse(
      'M_FORBIDDEN',
      'You were never in this room, so it has nothing to show you. Ask a member to invite you.',
    )
  }
}

function heldNow(room: Room, type: string, stateKey: string): number | undefined {
  return type === 'm.room.member' ? room.member(stateKey)?.internalId : room.stateEntry(type, stateKey)?.internalId
}
