/**
 * PUT /_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridroomsroomidaccount_datatype
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { Doors } from '../rooms/doors.ts'
import { refuseServerControlled } from './account-data-types.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { requireRoomId } from './room-id.ts'
import { EmptyAnswer, EventType, JsonBody, UserId } from './shapes.ts'

type Deps = { accountData: Pick<AccountData, 'put'>; doors: Pick<Doors, 'enter'> }

export function setAccountDataPerRoom({ accountData, doors }: Deps): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/user/:userId/rooms/:roomId/account_data/:type'),
    operation: 'setAccountDataPerRoom',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ userId: UserId, roomId: Type.String(), type: EventType }),
    body: JsonBody,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      refuseServerControlled(params.type)
      const { room } = await doors.enter(subject, 'room.accountData', requireRoomId(params.roomId))
      await accountData.put(subject.userId, room.id, params.type, body as JsonObject)
      return {}
    },
  })
}
