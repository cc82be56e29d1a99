import type { Access, Grant, RoomAct, Subject } from '#access/api.ts'
import { room as roomObject } from '#access/api.ts'
import type { Memberships } from './memberships.ts'
import type { Room } from './room.ts'
import type { RoomCache } from './room-cache.ts'

type Deps = { access: Access; rooms: RoomCache; memberships: Memberships }

/** A room number that no room has: what is asked of it is answered like what is asked of a room one may not enter. */
const nowhere = 0

/**
 * The way to a room: what is needed to decide is loaded, access is asked, and only then is the room handed out, together
 * with the grant. A room that does not exist and one that may not be entered are refused in the same words.
 */
export class Doors {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async enter(subject: Subject, act: RoomAct, matrixId: string): Promise<{ room: Room; grant: Grant }> {
    const { access, rooms, memberships } = this.#deps
    const [room] = await Promise.all([rooms.byMatrixId(matrixId), memberships.load(subject.userId)])
    const grant = access.require(subject, act, roomObject(room?.id ?? nowhere))
    if (room === undefined) throw new Error('access granted an act on a room that does not exist')
    return { room: rooms.peek(room.id) ?? room, grant }
  }
}
