/**
 * GET /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridroomsroomidtags
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Tags } from '../account-data/tags.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { RoomId, UserId } from './shapes.ts'

export function getRoomTags({ tags, doors }: { tags: Pick<Tags, 'of'>; doors: Pick<Doors, 'enter'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/user/:userId/rooms/:roomId/tags'),
    operation: 'getRoomTags',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId, roomId: RoomId }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      const { room } = await doors.enter(subject, 'room.accountData', params.roomId)
      return { tags: await tags.of(subject.userId, room.id) }
    },
  })
}
