/**
 * PUT /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridroomsroomidtagstag
 *
 * - `order` is a number from 0 to 1; further keys are kept as they are.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Tags } from '../account-data/tags.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EmptyAnswer, RoomId, UserId } from './shapes.ts'
import { Tag } from './tag.ts'

export function setRoomTag({ tags, doors }: { tags: Pick<Tags, 'put'>; doors: Pick<Doors, 'enter'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/user/:userId/rooms/:roomId/tags/:tag'),
    operation: 'setRoomTag',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ userId: UserId, roomId: RoomId, tag: Tag }),
    body: Type.Object({ order: Type.Optional(Type.Number()) }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      if (body.order !== undefined && (body.order < 0 || body.order > 1)) {
        throw refuse('M_INVALID_PARAM', 'order must be a number from 0 to 1.')
      }
      const { room } = await doors.enter(subject, 'room.accountData', params.roomId)
      await tags.put(subject.userId, room.id, params.tag, body as JsonObject)
      return {}
    },
  })
}
