/**
 * GET /_matrix/client/v1/rooms/{roomId}/timestamp_to_event
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidtimestamp_to_event
 */

import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Timeline } from '../events/timeline.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { RoomId } from './shapes.ts'

export function getEventByTimestamp(deps: { doors: Doors; timeline: Timeline }): Route {
  return route({
    method: 'GET',
    path: [
      '/_matrix/client/v1/rooms/:roomId/timestamp_to_event',
      '/_matrix/client/unstable/org.matrix.msc3030/rooms/:roomId/timestamp_to_event',
    ],
    operation: 'getEventByTimestamp',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    query: Type.Object({
      ts: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
      dir: Type.Union([Type.Literal('f'), Type.Literal('b')]),
    }),
    answer: Type.Object({ event_id: Type.String(), origin_server_ts: Type.Integer() }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.read', params.roomId)
      return deps.timeline.eventAt(room, subject, query.ts, query.dir === 'f')
    },
  })
}
