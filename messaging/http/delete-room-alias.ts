/**
 * DELETE /_matrix/client/v3/directory/room/{roomAlias}
 * https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3directoryroomroomalias
 *
 * - For whoever gave the address, and for members who may change the room's main address.
 */

import Type from 'typebox'
import { type Access, room as roomObject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Aliases } from '../directory/aliases.ts'
import { noSuchAlias } from '../directory/known-alias.ts'
import { mayName } from '../directory/power-to-name.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer } from './shapes.ts'

type Deps = {
  aliases: Pick<Aliases, 'find' | 'remove'>
  access: Access
  rooms: Pick<RoomCache, 'room'>
  memberships: Pick<Memberships, 'load'>
}

export function deleteRoomAlias({ aliases, access, rooms, memberships }: Deps): Route {
  return route({
    method: 'DELETE',
    path: clientPaths('/directory/room/:roomAlias'),
    operation: 'deleteRoomAlias',
    needs: 'rooms.alias',
    rate: 'settings',
    params: Type.Object({ roomAlias: Type.String() }),
    answer: EmptyAnswer,
    async handle({ params, caller }) {
      const subject = caller as Caller
      const found = await aliases.find(params.roomAlias)
      if (found === undefined) throw noSuchAlias()
      const [room] = await Promise.all([rooms.room(found.roomId), memberships.load(subject.userId)])
      const isCreator = found.creatorId === subject.userId
      const isMember = access.decide(subject, 'room.alias', roomObject(room.id)).allowed
      if (!isCreator && !isMember && !access.decide(subject, 'room.see', roomObject(room.id)).allowed) {
        throw noSuchAlias()
      }
      if (!isCreator && !(isMember && mayName(room, subject.matrixId))) {
        throw refuse('M_FORBIDDEN', 'Only who gave the address or leads the room can remove it. Ask a moderator of it.')
      }
      await aliases.remove(access.require(subject, 'rooms.alias'), params.roomAlias)
      return {}
    },
  })
}
