/**
 * GET /_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridroomsroomidaccount_datatype
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { requireRoomId } from './room-id.ts'
import { EventType, UserId } from './shapes.ts'

type Deps = { accountData: Pick<AccountData, 'get'>; doors: Pick<Doors, 'enter'> }

export function getAccountDataPerRoom({ accountData, doors }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/user/:userId/rooms/:roomId/account_data/:type'),
    operation: 'getAccountDataPerRoom',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId, roomId: Type.String(), type: EventType }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      const { room } = await doors.enter(subject, 'room.accountData', requireRoomId(params.roomId))
      const content = await accountData.get(subject.userId, room.id, params.type)
      if (content === undefined) throw refuse('M_NOT_FOUND', 'You have stored nothing under this type for this room.')
      return content
    },
  })
}
