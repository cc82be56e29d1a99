/**
 * POST /_matrix/client/v3/rooms/{roomId}/upgrade
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidupgrade
 *
 * - Whoever may send the tombstone may replace the room. Tags, push rules and direct chats follow each person who comes.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { RoomUpgrade } from '../upgrades/upgrade-room.ts'
import type { Caller } from './acts.ts'
import { RoomId, UserId } from './shapes.ts'

const Body = Type.Object({
  new_version: Type.String(),
  additional_creators: Type.Optional(Type.Array(UserId, { maxItems: 100 })),
})

export function upgradeRoom({ upgrades }: { upgrades: Pick<RoomUpgrade, 'upgrade'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/upgrade'),
    operation: 'upgradeRoom',
    needs: 'rooms.create',
    rate: 'createRoom',
    params: Type.Object({ roomId: RoomId }),
    body: Body,
    answer: Type.Object({ replacement_room: Type.String() }),
    handle: async ({ params, body, caller }) => ({
      replacement_room: await upgrades.upgrade(caller as Caller, params.roomId, body as Type.Static<typeof Body>),
    }),
  })
}
