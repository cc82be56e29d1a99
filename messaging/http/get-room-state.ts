/**
 * GET /_matrix/client/v3/rooms/{roomId}/state and /state/{eventType}/{stateKey}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidstate
 *
 * - Members get the state of now; who left gets the state of then.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import { eventText, type StoredEvent } from '../events/stored-event.ts'
import type { Doors } from '../rooms/doors.ts'
import type { RoomStates } from '../rooms/room-states.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'
import { EventType, RoomId, StateKey } from './shapes.ts'

type Deps = { doors: Doors; states: RoomStates }

export function getRoomState(deps: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/state'),
    operation: 'getRoomState',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.read', params.roomId)
      const events = await deps.states.visibleTo(room, subject)
      return jsonText(`[${events.map((event) => eventText(event, subject)).join(',')}]`)
    },
  })
}

export function getRoomStateWithKey(deps: Deps): Route {
  return route({
    method: 'GET',
    path: [
      ...clientPaths('/rooms/:roomId/state/:eventType/:stateKey'),
      ...clientPaths('/rooms/:roomId/state/:eventType/'),
      ...clientPaths('/rooms/:roomId/state/:eventType'),
    ],
    operation: 'getRoomStateWithKey',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId, eventType: EventType, stateKey: Type.Optional(StateKey) }),
    query: Type.Object({ format: Type.Optional(Type.Union([Type.Literal('content'), Type.Literal('event')])) }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      const { eventType, stateKey = '' } = params
      const { room } = await deps.doors.enter(subject, 'room.read', params.roomId)
      const event: StoredEvent | undefined = await deps.states.one(room, subject, eventType, stateKey)
      if (event === undefined) throw refuse('M_NOT_FOUND', 'The room has no such state.')
      return jsonText(query.format === 'event' ? eventText(event, subject) : JSON.stringify(event.content))
    },
  })
}
