/**
 * GET /_matrix/client/v1/room_summary/{roomIdOrAlias}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias
 *
 * - For signed-in people who are in the room, could come in or ask to, or may read it. For all others there is none.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import { type KnownAliasDeps, roomOfAlias } from '../directory/known-alias.ts'
import { fullSummary, type Previews } from '../spaces/previews.ts'
import type { Caller } from './acts.ts'
import { RoomIdOrAlias } from './shapes.ts'

type Deps = KnownAliasDeps & { previews: Pick<Previews, 'find'> }

export function getRoomSummary(deps: Deps): Route {
  return route({
    method: 'GET',
    path: [
      '/_matrix/client/v1/room_summary/:roomIdOrAlias',
      '/_matrix/client/unstable/im.nheko.summary/summary/:roomIdOrAlias',
      '/_matrix/client/unstable/im.nheko.summary/rooms/:roomIdOrAlias/summary',
    ],
    operation: 'getRoomSummary',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomIdOrAlias: RoomIdOrAlias }),
    query: Type.Object({ via: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })) }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const name = params.roomIdOrAlias
      const matrixId = name.startsWith('#') ? (await roomOfAlias(deps, subject, name)).matrixId : name
      const room = await deps.previews.find(subject, matrixId)
      if (room === undefined) throw refuse('M_NOT_FOUND', 'There is no such room, or none that you may look at.')
      const membership = room.memberByUser(subject.userId)?.membership
      return { ...fullSummary(room), ...(membership !== undefined && { membership }) }
    },
  })
}
