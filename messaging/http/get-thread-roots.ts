/**
 * GET /_matrix/client/v1/rooms/{roomId}/threads
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidthreads
 */

import Type from 'typebox'
import { limits, type Route, route } from '#platform/api.ts'
import type { Threads } from '../events/threads.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'
import { PageLimit, RoomId } from './shapes.ts'

const limitDefault = 20

export function getThreadRoots(deps: { doors: Doors; threads: Threads }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/v1/rooms/:roomId/threads',
    operation: 'getThreadRoots',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    query: Type.Object({
      include: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('participated')])),
      limit: PageLimit,
      from: Type.Optional(Type.String()),
    }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.read', params.roomId)
      const limit = Math.max(1, Math.min(query.limit ?? limitDefault, limits.pageSizeMax))
      const wish = { participated: query.include === 'participated', limit, from: query.from }
      return jsonText(await deps.threads.page(room, subject, wish))
    },
  })
}
