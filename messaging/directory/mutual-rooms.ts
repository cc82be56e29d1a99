import type { Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { isUserId, type JsonObject } from '#matrix/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { mutualRoomCount, mutualRoomIds } from '../store/acquaintances.ts'

type Deps = { db: Db; users: Pick<Users, 'byMatrixId'>; rooms: Pick<RoomCache, 'identities'> }

const pageSize = 500
/** The internal number of the last room of the page before. */
const token = /^m(\d{1,9})$/

/** Rooms in which both of two people are. */
export class MutualRooms {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async page(subject: Subject, matrixId: string, from: string | undefined): Promise<JsonObject> {
    const { db, users, rooms } = this.#deps
    const after = afterOf(from)
    if (!isUserId(matrixId) || matrixId === subject.matrixId) {
      throw refuse('M_INVALID_PARAM', 'user_id must be the id of somebody else: @name:server.')
    }
    const other = await users.byMatrixId(matrixId)
    if (other === undefined) return { joined: [], count: 0 }
    const people = [subject.userId, other.id] as const
    const [ids, count] = await Promise.all([
      mutualRoomIds(db, people, { after, limit: pageSize + 1 }),
      mutualRoomCount(db, people),
    ])
    const page = ids.slice(0, pageSize)
    const named = await rooms.identities(page)
    const joined = page.flatMap((id) => named.get(id)?.matrixId ?? [])
    return { joined, count, ...(ids.length > pageSize && { next_batch: `m${page.at(-1)}` }) }
  }
}

function afterOf(from: string | undefined): number {
  if (from === undefined) return 0
  const after = token.exec(from)?.[1]
  if (after === undefined) {
    throw refuse('M_INVALID_PARAM', 'The place to go on from is not one that this server gave. Load the first page.')
  }
  return Number(after)
}
