import { assertGrant, type Grant } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Db, type Logger, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { isListed, listedRoomIds, listRoom, unlistRoom } from '../store/room-directory.ts'
import { searchable, searchWords } from './searchable.ts'

type Deps = { db: Db; rooms: Pick<RoomCache, 'room'>; logger: Logger }

export type PublicRoomsQuery = {
  readonly limit: number
  /** A token that an earlier page gave. */
  readonly since?: string | undefined
  readonly searchTerm?: string | undefined
  /** null stands for rooms without a type. */
  readonly roomTypes?: readonly (string | null)[] | undefined
}

/** More listed rooms than anybody reads through; those beyond are found by their address. */
const listedRoomsMax = 2_000
const token = /^p(\d{1,6})$/

/**
 * The rooms that everybody may find, the largest first.
 * https://spec.matrix.org/v1.19/client-server-api/#published-room-directory
 */
export class PublicRooms {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  has(room: Pick<Room, 'id'>): Promise<boolean> {
    return isListed(this.#deps.db, room.id)
  }

  async setListed(grant: Grant, room: Pick<Room, 'id'>, listed: boolean): Promise<void> {
    assertGrant(grant, 'room.alias', room.id)
    await (listed ? listRoom : unlistRoom)(this.#deps.db, room.id)
  }

  async page(query: PublicRoomsQuery): Promise<JsonObject> {
    const start = startOf(query.since)
    const words = searchWords(query.searchTerm ?? '')
    const found = (await this.#listed())
      .filter((room) => query.roomTypes === undefined || query.roomTypes.includes(typeOf(room)))
      .filter((room) => matches(room, words))
      .sort((a, b) => b.memberCount('join') - a.memberCount('join') || a.id - b.id)
    const end = start + query.limit
    return {
      chunk: found.slice(start, end).map(present),
      total_room_count_estimate: found.length,
      ...(end < found.length && { next_batch: `p${end}` }),
      ...(start > 0 && { prev_batch: `p${Math.max(0, start - query.limit)}` }),
    }
  }

  /** A room that cannot be read is left out, so that one damaged row does not hide the others. */
  async #listed(): Promise<Room[]> {
    const rooms: Room[] = []
    for (const id of await listedRoomIds(this.#deps.db, listedRoomsMax)) {
      try {
        const room = await this.#deps.rooms.room(id)
        if (room.memberCount('join') > 0) rooms.push(room)
      } catch (error) {
        this.#deps.logger.error('directory.room_unreadable', { room: id, error })
      }
    }
    return rooms
  }
}

function startOf(since: string | undefined): number {
  if (since === undefined || since === '') return 0
  const start = token.exec(since)?.[1]
  if (start === undefined) {
    throw refuse('M_INVALID_PARAM', 'The place to go on from is not one that this server gave. Load the first page.')
  }
  return Number(start)
}

function textOf(room: Room, type: string, field: string): string | undefined {
  const text = room.content(type)?.[field]
  return typeof text === 'string' && text !== '' ? text : undefined
}

function typeOf(room: Room): string | null {
  return textOf(room, 'm.room.create', 'type') ?? null
}

function matches(room: Room, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const name = textOf(room, 'm.room.name', 'name') ?? ''
  const topic = textOf(room, 'm.room.topic', 'topic') ?? ''
  const alias = textOf(room, 'm.room.canonical_alias', 'alias') ?? ''
  const text = searchable(`${name}\n${topic}\n${alias}`)
  return words.every((word) => text.includes(word))
}

function present(room: Room): JsonObject {
  const optional = {
    name: textOf(room, 'm.room.name', 'name'),
    topic: textOf(room, 'm.room.topic', 'topic'),
    canonical_alias: textOf(room, 'm.room.canonical_alias', 'alias'),
    avatar_url: textOf(room, 'm.room.avatar', 'url'),
    room_type: textOf(room, 'm.room.create', 'type'),
  }
  const entry: JsonObject = {
    room_id: room.matrixId,
    num_joined_members: room.memberCount('join'),
    world_readable: room.historyVisibility() === 'world_readable',
    guest_can_join: room.content('m.room.guest_access')?.guest_access === 'can_join',
    join_rule: room.joinRule(),
  }
  for (const [field, text] of Object.entries(optional)) if (text !== undefined) entry[field] = text
  return entry
}
