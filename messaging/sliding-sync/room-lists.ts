/** Which rooms a request is about: the person's rooms by recency, filtered and cut for each list, and those subscribed to. */
import type { Membership, Subject, VisibleRooms } from '#access/api.ts'
import { isJsonObject } from '#matrix/api.ts'
import type { Db, Vault } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { Ignores } from '../events/visibility.ts'
import { membershipOfCode } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { storedRoomType } from '../rooms/room-type.ts'
import { apartRows, otherStateRowsAt } from '../store/room-state.ts'
import type { SentRoom } from './connection-state.ts'
import type { DirectRooms } from './direct-rooms.ts'
import type { Listings } from './listings.ts'
import type { ListWish, RoomConfig, RoomFilters, SlidingQuery } from './request.ts'
import { combined, type RequiredState } from './required-state.ts'

type Deps = {
  db: Db
  vault: Pick<Vault, 'lookupHash'>
  rooms: RoomCache
  reader: EventReader
  accountData: Pick<AccountData, 'all'>
  listings: Listings
  directs: DirectRooms
  ignores: Ignores
}

/** A room of the person's, as her lists know it. */
export type OwnRoom = {
  readonly roomId: number
  readonly membership: Membership
  /** When the last thing happened that concerns her, and the last that is news: milliseconds since 1970. */
  readonly activeTs: number
  readonly bumpTs: number
  readonly isEncrypted: boolean
  readonly type: string | null
  readonly wasJoined: boolean
  /** Whether it stays in her lists. What she left herself is told once and then no more. */
  readonly stays: boolean
}

/** What is wanted of one room, all rules that it matches taken together. */
export type RoomWish = {
  readonly own: OwnRoom
  readonly timelineLimit: number
  readonly requiredState: RequiredState
  readonly lists: readonly string[]
  readonly isSubscribed: boolean
  /** Known for rooms that are subscribed to. */
  readonly matrixId: string | undefined
}

export type Selection = {
  readonly counts: ReadonlyMap<string, number>
  readonly wishes: ReadonlyMap<number, RoomWish>
  /** Rooms that stand in a list, inside its ranges or not, or are subscribed to. */
  readonly matching: ReadonlySet<number>
}

export class RoomLists {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async select(
    query: SlidingQuery,
    visible: VisibleRooms,
    sent: ReadonlyMap<number, SentRoom>,
    until: number,
  ): Promise<Selection> {
    const own = await this.#ownRooms(query.subject, visible, sent)
    const wishes = new Map<number, RoomWish>()
    const counts = new Map<string, number>()
    const found = new Set<number>()
    const order = [...own.values()].sort((a, b) => b.activeTs - a.activeTs || b.roomId - a.roomId)
    for (const [name, list] of query.lists) {
      const matching = await this.#filtered(query.subject, order, list.filters, until)
      counts.set(name, matching.length)
      for (const room of matching) found.add(room.roomId)
      for (const room of within(matching, list.ranges)) add(wishes, room, list, { list: name })
    }
    for (const [matrixId, config] of query.subscriptions) {
      const id = await this.#deps.rooms.idOf(matrixId)
      const room = id === undefined ? undefined : own.get(id)
      if (room === undefined) continue
      found.add(room.roomId)
      add(wishes, room, config, { matrixId })
    }
    return { counts, wishes, matching: found }
  }

  async #ownRooms(
    subject: Subject,
    visible: VisibleRooms,
    sent: ReadonlyMap<number, SentRoom>,
  ): Promise<Map<number, OwnRoom>> {
    const apart = visible.invited.size + visible.knocked.size + visible.left.size
    const rows = apart === 0 ? [] : await apartRows(this.#deps.db, subject.userId)
    const listings = await this.#deps.listings.of([...visible.joined, ...rows.map((row) => row.roomId)])
    const ignored = await this.#deps.ignores.ignoredBy(subject)
    const own = new Map<number, OwnRoom>()
    for (const roomId of visible.joined) {
      const listing = listings.get(roomId)
      if (listing === undefined) continue
      own.set(roomId, { ...listing, roomId, membership: 'join', wasJoined: true, stays: true })
    }
    for (const row of rows) {
      const now = membershipOfCode(row.membership)
      // An invitation by somebody whom she ignores is as if there were none.
      const isHidden = now === 'invite' && ignored.has(row.sender)
      const membership = isHidden ? 'leave' : now
      const listing = listings.get(row.roomId)
      // What was read may be newer than what this answer is about: it is told with the next one.
      if (listing === undefined || visible.membership(row.roomId) !== now) continue
      const isOut = membership === 'leave' || membership === 'ban'
      const stays =
        !isOut || (!isHidden && !row.isForgotten && !row.isOwnAct && (membership === 'leave' || row.wasJoined))
      if (!stays && !sent.has(row.roomId)) continue
      const place = { activeTs: row.ts, bumpTs: row.ts }
      own.set(row.roomId, { ...listing, ...place, roomId: row.roomId, membership, wasJoined: row.wasJoined, stays })
    }
    return own
  }

  async #filtered(
    subject: Subject,
    rooms: readonly OwnRoom[],
    filters: RoomFilters,
    until: number,
  ): Promise<readonly OwnRoom[]> {
    let left = rooms.filter(this.#passes(filters))
    if (filters.is_dm !== undefined) {
      const directs = await this.#deps.directs.of(subject.userId)
      const ids = await this.#deps.rooms.matrixIds(left.map((room) => room.roomId))
      left = left.filter((room) => directs.has(ids.get(room.roomId) ?? '') === filters.is_dm)
    }
    if (filters.spaces !== undefined) {
      const children = await this.#childrenOf(filters.spaces, rooms)
      left = left.filter((room) => children.has(room.roomId))
    }
    if (filters.tags !== undefined || filters.not_tags !== undefined) {
      const tags = await this.#tags(subject.userId)
      left = left.filter((room) => hasTags(tags.get(room.roomId), filters))
    }
    if (filters.room_name_like !== undefined && filters.room_name_like !== '') {
      const named = await this.#named(left, filters.room_name_like, until)
      left = left.filter((room) => named.has(room.roomId))
    }
    return left
  }

  #passes(filters: RoomFilters): (room: OwnRoom) => boolean {
    const { is_encrypted: encrypted, is_invited: invited, room_types: types, not_room_types: notTypes } = filters
    // Types are stored as keyed hashes: one for each that is named, however many rooms there are.
    const stored = (list: readonly (string | null)[] | undefined) =>
      list && new Set(list.map((type) => storedRoomType(this.#deps.vault, type ?? undefined)))
    const [wanted, unwanted] = [stored(types), stored(notTypes)]
    return (room) =>
      (encrypted === undefined || room.isEncrypted === encrypted) &&
      (invited === undefined || (room.membership === 'invite') === invited) &&
      (wanted === undefined || wanted.has(room.type)) &&
      !unwanted?.has(room.type)
  }

  /** Rooms that are children of spaces which the person is in. */
  async #childrenOf(spaces: readonly string[], own: readonly OwnRoom[]): Promise<Set<number>> {
    const joined = new Set(own.filter((room) => room.membership === 'join').map((room) => room.roomId))
    const children = new Set<number>()
    for (const space of new Set(spaces)) {
      const id = await this.#deps.rooms.idOf(space)
      const room = id === undefined || !joined.has(id) ? undefined : await this.#deps.rooms.readable(id)
      for (const { pdu } of room?.state.values() ?? []) {
        if (pdu.type !== 'm.space.child' || !Array.isArray(pdu.content.via)) continue
        const child = await this.#deps.rooms.idOf(pdu.state_key ?? '')
        if (child !== undefined) children.add(child)
      }
    }
    return children
  }

  async #tags(userId: number): Promise<Map<number, ReadonlySet<string>>> {
    const tags = new Map<number, ReadonlySet<string>>()
    for (const { roomId, type, content } of await this.#deps.accountData.all(userId)) {
      if (roomId === null || type !== 'm.tag') continue
      tags.set(roomId, new Set(isJsonObject(content.tags) ? Object.keys(content.tags) : []))
    }
    return tags
  }

  async #named(rooms: readonly OwnRoom[], like: string, until: number): Promise<Set<number>> {
    const at = rooms.filter((room) => room.membership === 'join').map(({ roomId }) => ({ roomId, position: until }))
    const rows = await otherStateRowsAt(this.#deps.db, at, ['m.room.name'])
    const events = await this.#deps.reader.byIds(rows.map((row) => row.eventId))
    const wanted = like.toLowerCase()
    return new Set(
      events
        .filter(({ content }) => typeof content.name === 'string' && content.name.toLowerCase().includes(wanted))
        .map((event) => event.roomId),
    )
  }
}

function hasTags(tags: ReadonlySet<string> | undefined, { tags: some, not_tags: none }: RoomFilters): boolean {
  const has = (tag: string) => tags?.has(tag) === true
  return (some === undefined || some.some(has)) && (none === undefined || !none.some(has))
}

function within(rooms: readonly OwnRoom[], ranges: ListWish['ranges']): Iterable<OwnRoom> {
  if (ranges === undefined) return rooms
  const chosen = new Set<OwnRoom>()
  for (const [first, last] of ranges) for (const room of rooms.slice(first, last + 1)) chosen.add(room)
  return chosen
}

function add(
  wishes: Map<number, RoomWish>,
  own: OwnRoom,
  config: RoomConfig,
  { list, matrixId }: { list?: string; matrixId?: string },
): void {
  const before = wishes.get(own.roomId)
  const { requiredState: rules } = config
  wishes.set(own.roomId, {
    own,
    timelineLimit: Math.max(before?.timelineLimit ?? 0, config.timelineLimit),
    requiredState: before === undefined ? rules : combined(before.requiredState, rules),
    lists: [...(before?.lists ?? []), ...(list === undefined ? [] : [list])],
    isSubscribed: matrixId !== undefined || before?.isSubscribed === true,
    matrixId: matrixId ?? before?.matrixId,
  })
}
