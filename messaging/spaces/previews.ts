import { type Access, room as roomObject, type Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { presentSummary, summaryOf } from '../directory/room-summaries.ts'
import { nowhere } from '../rooms/doors.ts'
import { allowedRoomIds, isRestricted, type JoinConditions } from '../rooms/join-conditions.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'

type Deps = {
  access: Pick<Access, 'decide' | 'require'>
  rooms: Pick<RoomCache, 'idOf' | 'readable'>
  memberships: Pick<Memberships, 'load'>
  conditions: Pick<JoinConditions, 'verdict'>
}

/** Rooms as people look at them before they come in. */
export class Previews {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The room, or the refusal that is worded alike for a room that is shut and one that does not exist. */
  async open(subject: Subject, matrixId: string): Promise<Room> {
    const room = await this.find(subject, matrixId)
    if (room !== undefined) return room
    this.#deps.access.require(subject, 'room.preview', roomObject(nowhere))
    throw new Error('access granted an act on a room that does not exist')
  }

  /** Undefined where there is no such room here, or none that the person may look at. */
  async find(subject: Subject, matrixId: string): Promise<Room | undefined> {
    const { rooms, memberships } = this.#deps
    const [id] = await Promise.all([rooms.idOf(matrixId), memberships.load(subject.userId)])
    const room = id === undefined ? undefined : await rooms.readable(id)
    return room !== undefined && (await this.#isOpen(subject, room)) ? room : undefined
  }

  /** Whoever meets the conditions of a restricted room looks at it like somebody who is invited. */
  async #isOpen(subject: Subject, room: Room): Promise<boolean> {
    const { access, conditions } = this.#deps
    if (access.decide(subject, 'room.preview', roomObject(room.id)).allowed) return true
    if (!isRestricted(room) || room.memberByUser(subject.userId)?.membership === 'ban') return false
    return (await conditions.verdict(room, subject.userId)) === 'met'
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias */
export function fullSummary(room: Room): JsonObject {
  const summary: JsonObject = { ...presentSummary(summaryOf(room)), room_version: room.version.id }
  const algorithm = room.content('m.room.encryption')?.algorithm
  if (typeof algorithm === 'string') summary.encryption = algorithm
  const allowed = allowedRoomIds(room)
  if (allowed.length > 0) summary.allowed_room_ids = allowed
  return summary
}
