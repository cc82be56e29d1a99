/**
 * GET /_matrix/client/v3/directory/room/{roomAlias}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directoryroomroomalias
 *
 * - For signed-in people who may know of the room; for all others there is no such address.
 */
import Type from 'typebox'
import { type Access, room as roomObject } from '#access/api.ts'
import { clientPaths, isAlias } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Aliases } from '../directory/aliases.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Caller } from './acts.ts'

type Deps = {
  aliases: Pick<Aliases, 'resolve'>
  access: Access
  rooms: Pick<RoomCache, 'room'>
  memberships: Pick<Memberships, 'load'>
  serverName: string
}

export function getRoomIdByAlias({ aliases, access, rooms, memberships, serverName }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/directory/room/:roomAlias'),
    operation: 'getRoomIdByAlias',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomAlias: Type.String() }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      if (!isAlias(params.roomAlias)) {
        throw refuse('M_INVALID_PARAM', 'An address of a room looks like #name:server.')
      }
      const roomId = await aliases.resolve(params.roomAlias)
      if (roomId === undefined) throw noSuchAlias()
      const [room] = await Promise.all([rooms.room(roomId), memberships.load(subject.userId)])
      const isKnown = (['room.see', 'room.join'] as const).some(
        (act) => access.decide(subject, act, roomObject(roomId)).allowed,
      )
      if (!isKnown) throw noSuchAlias()
      return { room_id: room.matrixId, servers: [serverName] }
    },
  })
}

export function noSuchAlias(): Error {
  return refuse('M_NOT_FOUND', 'No room has this address. Check the spelling.')
}
