/**
 * GET /_matrix/client/v3/rooms/{roomId}/initialSync
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidinitialsync
 *
 * - For a room that the person is or was in, or that everybody may read.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Peek } from '../peeking/peek.ts'
import type { Caller } from './acts.ts'
import { PageLimit, RoomId } from './shapes.ts'

const limitDefault = 20

export function roomInitialSync({ peek }: { peek: Pick<Peek, 'room'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/initialSync'),
    operation: 'roomInitialSync',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    query: Type.Object({ limit: PageLimit }),
    handle: ({ params, query, caller }) =>
      peek.room(caller as Caller, params.roomId, Math.max(1, query.limit ?? limitDefault)),
  })
}
