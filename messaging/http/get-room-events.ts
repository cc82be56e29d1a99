/**
 * GET /_matrix/client/v3/rooms/{roomId}/messages
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmessages
 *
 * - Only events that the reader may see, by the room's history visibility.
 * - `end` is missing when there is nothing more in that direction.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Timeline } from '../events/timeline.ts'
import type { Doors } from '../rooms/doors.ts'
import { parseEventFilter } from '../sync/filter.ts'
import type { Caller } from './acts.ts'
import { parseJsonParameter } from './json-parameter.ts'
import { jsonText } from './json-text.ts'
import { PageLimit, RoomId } from './shapes.ts'

const pageDefault = 10

export function getRoomEvents(deps: { doors: Doors; timeline: Timeline }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/messages'),
    operation: 'getRoomEvents',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    query: Type.Object({
      dir: Type.Optional(Type.String()),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: PageLimit,
      filter: Type.Optional(Type.String()),
    }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      if (query.dir !== 'b' && query.dir !== 'f') {
        throw refuse('M_INVALID_PARAM', 'dir must be b (older events) or f (newer ones).')
      }
      const { room } = await deps.doors.enter(subject, 'room.read', params.roomId)
      const filter = parseEventFilter(parseJsonParameter('filter', query.filter), 'filter')
      const page = await deps.timeline.page(room, subject, {
        backwards: query.dir === 'b',
        from: query.from,
        to: query.to,
        limit: query.limit ?? (query.filter?.includes('"limit"') ? filter.limit : pageDefault),
        filter,
      })
      return jsonText(page)
    },
  })
}
