/**
 * GET /_matrix/client/v3/rooms/{roomId}/event/{eventId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomideventeventid
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Timeline } from '../events/timeline.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'
import { EventId, RoomId } from './shapes.ts'

export function getOneRoomEvent(deps: { doors: Doors; timeline: Timeline }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/event/:eventId'),
    operation: 'getOneRoomEvent',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId, eventId: EventId }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.event', params.roomId)
      return jsonText(await deps.timeline.event(room, subject, params.eventId))
    },
  })
}
