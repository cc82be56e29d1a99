/**
 * POST /_matrix/client/v3/rooms/{roomId}/read_markers
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidread_markers
 *
 * - Every event that is named is looked up before anything moves.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { ReadMarkers } from '../receipts/read-markers.ts'
import type { Receipts } from '../receipts/receipts.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { readEvent } from './read-event.ts'
import { EmptyAnswer, RoomId } from './shapes.ts'

type Deps = {
  doors: Pick<Doors, 'enter'>
  reader: Pick<EventReader, 'inRoom'>
  receipts: Pick<Receipts, 'put'>
  readMarkers: Pick<ReadMarkers, 'put'>
}

export function setReadMarker(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/read_markers'),
    operation: 'setReadMarker',
    needs: 'session',
    rate: 'signal',
    params: Type.Object({ roomId: RoomId }),
    body: Type.Object({
      'm.fully_read': Type.Optional(Type.String()),
      'm.read': Type.Optional(Type.String()),
      'm.read.private': Type.Optional(Type.String()),
    }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const { room, grant } = await deps.doors.enter(caller as Caller, 'room.receipt', params.roomId)
      const named = (eventId: string | undefined) =>
        eventId === undefined ? undefined : readEvent(deps, room, eventId)
      const [marker, read, privately] = await Promise.all([
        named(body['m.fully_read']),
        named(body['m.read']),
        named(body['m.read.private']),
      ])
      if (marker !== undefined) await deps.readMarkers.put(grant, room, marker)
      if (read !== undefined) await deps.receipts.put(grant, read, 'm.read', '')
      if (privately !== undefined) await deps.receipts.put(grant, privately, 'm.read.private', '')
      return {}
    },
  })
}
