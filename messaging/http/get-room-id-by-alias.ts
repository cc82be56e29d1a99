/**
 * GET /_matrix/client/v3/directory/room/{roomAlias}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directoryroomroomalias
 *
 * - For signed-in people who may know of the room; for all others there is no such address.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import { type KnownAliasDeps, roomOfAlias } from '../directory/known-alias.ts'
import type { Caller } from './acts.ts'

type Deps = KnownAliasDeps & { serverName: string }

export function getRoomIdByAlias(deps: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/directory/room/:roomAlias'),
    operation: 'getRoomIdByAlias',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomAlias: Type.String() }),
    async handle({ params, caller }) {
      const room = await roomOfAlias(deps, caller as Caller, params.roomAlias)
      return { room_id: room.matrixId, servers: [deps.serverName] }
    },
  })
}
