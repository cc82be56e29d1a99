/**
 * POST /_matrix/client/v3/join/{roomIdOrAlias}, /rooms/{roomId}/join and /knock/{roomIdOrAlias}
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3joinroomidoralias
 *
 * - A room that one may not enter and one that does not exist are refused in the same words.
 * - Joining a room that one is in already answers the room.
 * - `via` and `server_name` are read and not needed: every room that can be joined is on this server.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import { type KnownAliasDeps, roomOfAlias } from '../directory/known-alias.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Members } from '../rooms/members.ts'
import type { Caller } from './acts.ts'
import { Reason, RoomId, RoomIdOrAlias } from './shapes.ts'

type Deps = KnownAliasDeps & { doors: Doors; members: Members }

const ThirdPartySigned = Type.Object({
  sender: Type.String(),
  mxid: Type.String(),
  token: Type.String(),
  signatures: Type.Object({}),
})
const Body = Type.Optional(Type.Object({ reason: Reason, third_party_signed: Type.Optional(ThirdPartySigned) }))
const servers = Type.Optional(Type.Array(Type.String(), { maxItems: 100 }))
const Via = Type.Object({ via: servers, server_name: servers })
const Answer = Type.Object({ room_id: Type.String() })

export function joinRoom(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/join/:roomIdOrAlias'),
    operation: 'joinRoom',
    needs: 'session',
    rate: 'join',
    params: Type.Object({ roomIdOrAlias: RoomIdOrAlias }),
    query: Via,
    body: Body,
    answer: Answer,
    handle: async ({ params, body, caller }) =>
      join(deps, caller as Caller, await roomIdOf(deps, caller as Caller, params.roomIdOrAlias), body?.reason),
  })
}

export function joinRoomById(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/join'),
    operation: 'joinRoomById',
    needs: 'session',
    rate: 'join',
    params: Type.Object({ roomId: RoomId }),
    body: Body,
    answer: Answer,
    handle: ({ params, body, caller }) => join(deps, caller as Caller, params.roomId, body?.reason),
  })
}

export function knockRoom(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/knock/:roomIdOrAlias'),
    operation: 'knockRoom',
    needs: 'session',
    rate: 'join',
    params: Type.Object({ roomIdOrAlias: RoomIdOrAlias }),
    query: Via,
    body: Body,
    answer: Answer,
    async handle({ params, body, caller }) {
      const roomId = await roomIdOf(deps, caller as Caller, params.roomIdOrAlias)
      const { room, grant } = await deps.doors.enter(caller as Caller, 'room.knock', roomId)
      await deps.members.knock(grant, room, { reason: body?.reason })
      return { room_id: room.matrixId }
    },
  })
}

async function join(deps: Deps, subject: Caller, roomId: string, reason: string | undefined) {
  const { room, grant } = await deps.doors.enter(subject, 'room.join', roomId)
  await deps.members.join(grant, room, { reason })
  return { room_id: room.matrixId }
}

async function roomIdOf(deps: Deps, subject: Caller, roomIdOrAlias: string): Promise<string> {
  return roomIdOrAlias.startsWith('!') ? roomIdOrAlias : (await roomOfAlias(deps, subject, roomIdOrAlias)).matrixId
}
