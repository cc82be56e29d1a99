import { type Access, permissionsOf, room as roomObject, type Subject } from '#access/api.ts'
import type { Departing } from '#identity/api.ts'
import { type Logger, type Postgres, Refusal } from '#platform/api.ts'
import type { Media } from '../media/media.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { Members } from '../rooms/members.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { deleteBelongings } from '../store/departure.ts'
import type { Erasures } from './erasures.ts'

type Deps = {
  postgres: Postgres
  access: Access
  rooms: Pick<RoomCache, 'room' | 'peek'>
  memberships: Pick<Memberships, 'load'>
  members: Pick<Members, 'leave'>
  profiles: Pick<Profiles, 'remove'>
  media: Pick<Media, 'removeAllOf'>
  erasures: Pick<Erasures, 'add'>
  logger: Logger
}

const roomsAtOnce = 8

/**
 * What becomes of a person whose account is closed: she leaves every room, and what she kept for herself is deleted.
 * What she said stays where it was said. Who asks to be erased takes profile and files along, and what she said is kept from
 * those who come later. Doing it again does no
 * harm.
 */
export class Departure {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async depart(person: Departing): Promise<void> {
    const { erasures, media, postgres, profiles } = this.#deps
    if (person.isErased) await erasures.add(person.userId)
    await this.#leaveRooms(person)
    await postgres.transaction((tx) => deleteBelongings(tx, person.userId))
    if (!person.isErased) return
    await profiles.remove(person.userId)
    await media.removeAllOf(person.userId)
  }

  async #leaveRooms({ userId, matrixId }: Departing): Promise<void> {
    const { access, memberships } = this.#deps
    // Nobody is signed in any more: the server acts in her place.
    const device = { deviceId: '', sessionId: 0, isGuest: false, role: 'member' }
    const subject: Subject = Object.freeze({ userId, matrixId, ...device, permissions: permissionsOf('member') })
    await memberships.load(userId)
    const { joined, invited, knocked } = access.visible(subject)
    const left = [...joined, ...invited, ...knocked].values()
    const workers = Array.from({ length: roomsAtOnce }, async () => {
      for (const roomId of left) await this.#leave(subject, roomId)
    })
    await Promise.all(workers)
  }

  async #leave(subject: Subject, roomId: number): Promise<void> {
    const { access, rooms, members, logger } = this.#deps
    try {
      const loaded = await rooms.room(roomId)
      const grant = access.require(subject, 'room.leave', roomObject(roomId))
      await members.leave(grant, rooms.peek(roomId) ?? loaded, {})
    } catch (error) {
      // A room that does not let go keeps nobody from leaving the others. Whatever else fails is tried again as a whole.
      if (!(error instanceof Refusal)) throw error
      logger.warn('departure.room_not_left', { room: roomId, user: subject.userId, code: error.code, error })
    }
  }
}
