/**
 * GET /_matrix/client/v3/rooms/{roomId}/context/{eventId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidcontexteventid
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Timeline } from '../events/timeline.ts'
import type { Doors } from '../rooms/doors.ts'
import { parseEventFilter } from '../sync/filter.ts'
import type { Caller } from './acts.ts'
import { parseJsonParameter } from './json-parameter.ts'
import { jsonText } from './json-text.ts'
import { EventId, PageLimit, RoomId } from './shapes.ts'

const limitDefault = 10

export function getEventContext(deps: { doors: Doors; timeline: Timeline }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/context/:eventId'),
    operation: 'getEventContext',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId, eventId: EventId }),
    query: Type.Object({ limit: PageLimit, filter: Type.Optional(Type.String()) }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.event', params.roomId)
      const filter = parseEventFilter(parseJsonParameter('filter', query.filter), 'filter')
      const wish = { limit: query.limit ?? limitDefault, filter }
      return jsonText(await deps.timeline.context(room, subject, params.eventId, wish))
    },
  })
}
