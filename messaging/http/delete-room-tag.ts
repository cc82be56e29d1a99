/**
 * DELETE /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}
 * https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3useruseridroomsroomidtagstag
 *
 * - Removing a tag that is not there changes nothing and answers the same.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Tags } from '../account-data/tags.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EmptyAnswer, RoomId, UserId } from './shapes.ts'
import { Tag } from './tag.ts'

export function deleteRoomTag({ tags, doors }: { tags: Pick<Tags, 'remove'>; doors: Pick<Doors, 'enter'> }): Route {
  return route({
    method: 'DELETE',
    path: clientPaths('/user/:userId/rooms/:roomId/tags/:tag'),
    operation: 'deleteRoomTag',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ userId: UserId, roomId: RoomId, tag: Tag }),
    answer: EmptyAnswer,
    async handle({ params, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      const { room } = await doors.enter(subject, 'room.accountData', params.roomId)
      await tags.remove(subject.userId, room.id, params.tag)
      return {}
    },
  })
}
