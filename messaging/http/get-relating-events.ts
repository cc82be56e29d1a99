/**
 * GET /_matrix/client/v1/rooms/{roomId}/relations/{eventId}[/{relType}[/{eventType}]]
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidrelationseventid
 *
 * - With `recurse`, `relType` and `eventType` say what is looked for, not the way to it.
 */

import Type from 'typebox'
import { limits, type Route, route } from '#platform/api.ts'
import type { Relations } from '../events/relations.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'
import { EventId, EventType, PageLimit, RoomId } from './shapes.ts'

const limitDefault = 50
const base = '/_matrix/client/v1/rooms/:roomId/relations/:eventId'

export function getRelatingEvents(deps: { doors: Doors; relations: Relations }): Route {
  return route({
    method: 'GET',
    path: [base, `${base}/:relType`, `${base}/:relType/:eventType`],
    operation: 'getRelatingEvents',
    needs: 'session',
    rate: 'read',
    params: Type.Object({
      roomId: RoomId,
      eventId: EventId,
      relType: Type.Optional(Type.String()),
      eventType: Type.Optional(EventType),
    }),
    query: Type.Object({
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: PageLimit,
      dir: Type.Optional(Type.Union([Type.Literal('b'), Type.Literal('f')])),
      recurse: Type.Optional(Type.Boolean()),
    }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.event', params.roomId)
      const text = await deps.relations.page(room, subject, {
        eventId: params.eventId,
        relation: params.relType,
        type: params.eventType,
        from: query.from,
        to: query.to,
        newestFirst: query.dir !== 'f',
        recurse: query.recurse === true,
        limit: Math.max(1, Math.min(query.limit ?? limitDefault, limits.pageSizeMax)),
      })
      return jsonText(text)
    },
  })
}
