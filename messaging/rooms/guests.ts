import { assertGrant, type Grant } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { type Logger, Refusal } from '#platform/api.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { Member, Room } from './room.ts'
import type { RoomCache } from './room-cache.ts'

type Deps = {
  rooms: Pick<RoomCache, 'room'>
  users: Pick<Users, 'guestsAmong'>
  writer: Pick<RoomWriter, 'append'>
  logger: Logger
}

/** Guests leave a room that no longer admits them. https://spec.matrix.org/v1.19/client-server-api/#guest-access */
export class Guests {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** To be called when the room's guest access was set. */
  async leaveWhereShut(grant: Grant, { id }: Pick<Room, 'id'>): Promise<void> {
    assertGrant(grant, 'room.state', id)
    const room = await this.#deps.rooms.room(id)
    if (room.admitsGuests()) return
    const joined = [...room.members()].filter((member) => member.membership === 'join')
    const guests = await this.#deps.users.guestsAmong(joined.map((member) => member.userId))
    for (const member of joined) if (guests.has(member.userId)) await this.#leave(grant, room, member)
  }

  async #leave(grant: Grant, room: Room, { userId, matrixId }: Member): Promise<void> {
    const guest = { userId, matrixId }
    const content = { membership: 'leave' }
    const leave = { type: 'm.room.member', stateKey: matrixId, sender: guest, target: guest, content }
    try {
      await this.#deps.writer.append(grant, 'room.state', room, [{ ...leave, onlyWhile: 'join' }])
    } catch (error) {
      // Who left by herself in the same moment is gone, which is all that was wanted.
      if (!(error instanceof Refusal)) throw error
      this.#deps.logger.info('room.guest_stays', { room: room.id, user: userId, error })
    }
  }
}
