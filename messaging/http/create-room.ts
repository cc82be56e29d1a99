/**
 * POST /_matrix/client/v3/createRoom
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom
 *
 * - The order of events is that of the specification; options go before `initial_state`, and that before the preset.
 * - People cannot be invited by address: this server works with no identity server.
 * - All of the beginning, invitations included, is stored together or not at all.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { limits, type Route, route } from '#platform/api.ts'
import type { RoomMaker } from '../rooms/create-room.ts'
import type { RoomWish } from '../rooms/new-room-state.ts'
import type { Caller } from './acts.ts'
import { EventType, StateKey, UserId } from './shapes.ts'

const Body = Type.Object({
  visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
  preset: Type.Optional(
    Type.Union([Type.Literal('private_chat'), Type.Literal('public_chat'), Type.Literal('trusted_private_chat')]),
  ),
  name: Type.Optional(Type.String({ maxLength: 1_024 })),
  topic: Type.Optional(Type.String({ maxLength: 16_384 })),
  room_alias_name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000:]*$' })),
  room_version: Type.Optional(Type.String()),
  invite: Type.Optional(Type.Array(UserId)),
  invite_3pid: Type.Optional(Type.Array(Type.Object({}), { maxItems: limits.invitesAtOnceMax })),
  is_direct: Type.Optional(Type.Boolean()),
  creation_content: Type.Optional(Type.Object({})),
  initial_state: Type.Optional(
    Type.Array(Type.Object({ type: EventType, state_key: Type.Optional(StateKey), content: Type.Object({}) }), {
      maxItems: limits.initialStateEventsMax,
    }),
  ),
  power_level_content_override: Type.Optional(Type.Object({})),
})

export function createRoom(deps: { maker: RoomMaker }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/createRoom'),
    operation: 'createRoom',
    needs: 'rooms.create',
    rate: 'createRoom',
    body: Type.Optional(Body),
    answer: Type.Object({ room_id: Type.String() }),
    async handle({ body, caller }) {
      const room = await deps.maker.create(caller as Caller, (body ?? {}) as RoomWish)
      return { room_id: room.matrixId }
    },
  })
}
