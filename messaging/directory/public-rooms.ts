import { assertGrant, type Grant } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import { isListed, listedRoomIds, listRoom, unlistRoom } from '../store/room-directory.ts'
import { presentSummary, type RoomSummaries } from './room-summaries.ts'
import { searchWords } from './searchable.ts'

type Deps = { db: Db; summaries: Pick<RoomSummaries, 'of'> }

export type PublicRoomsQuery = {
  readonly limit: number
  /** A token that an earlier page gave. */
  readonly since?: string | undefined
  readonly searchTerm?: string | undefined
  /** null stands for rooms without a type. */
  readonly roomTypes?: readonly (string | null)[] | undefined
}

/** More listed rooms than anybody reads through; those beyond are found by their address. */
const listedRoomsMax = 20_000
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

  /** The room that replaces a listed one is listed in its place. */
  async move(grant: Grant, from: Pick<Room, 'id'>, to: Pick<Room, 'id'>): Promise<void> {
    assertGrant(grant, 'room.upgrade', from.id)
    if (!(await this.has(from))) return
    await listRoom(this.#deps.db, to.id)
    await unlistRoom(this.#deps.db, from.id)
  }

  async page(query: PublicRoomsQuery): Promise<JsonObject> {
    const start = startOf(query.since)
    const words = searchWords(query.searchTerm ?? '')
    const listed = await this.#deps.summaries.of(await listedRoomIds(this.#deps.db, listedRoomsMax))
    const found = listed
      .filter((room) => room.joined > 0)
      .filter((room) => query.roomTypes === undefined || query.roomTypes.includes(room.roomType ?? null))
      .filter((room) => words.every((word) => room.text.includes(word)))
      .sort((a, b) => b.joined - a.joined || a.roomId - b.roomId)
    const end = start + query.limit
    return {
      chunk: found.slice(start, end).map(presentSummary),
      total_room_count_estimate: found.length,
      ...(end < found.length && { next_batch: `p${end}` }),
      ...(start > 0 && { prev_batch: `p${Math.max(0, start - query.limit)}` }),
    }
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
