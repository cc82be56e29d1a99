/**
 * PUT /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey} (and without a state key, which is the empty one)
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
 *
 * - State that is the same already answers the event that set it.
 * - Member events go the way of joins, invitations and removals, so that names and rights are those of the person.
 */
import { isDeepStrictEqual } from 'node:util'
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Draft } from '../events/draft.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Members } from '../rooms/members.ts'
import { putMembership } from '../rooms/put-membership.ts'
import type { Room } from '../rooms/room.ts'
import { checkStateContent, type StateContentDeps } from '../rooms/state-content.ts'
import type { Caller } from './acts.ts'
import { EventIdAnswer, EventType, JsonBody, RoomId, StateKey } from './shapes.ts'

export type SetStateDeps = StateContentDeps & { doors: Doors; members: Members; writer: RoomWriter }

export function setRoomStateWithKey(deps: SetStateDeps): Route {
  return route({
    method: 'PUT',
    path: [
      ...clientPaths('/rooms/:roomId/state/:eventType/:stateKey'),
      ...clientPaths('/rooms/:roomId/state/:eventType/'),
      ...clientPaths('/rooms/:roomId/state/:eventType'),
    ],
    operation: 'setRoomStateWithKey',
    needs: 'session',
    rate: 'message',
    params: Type.Object({ roomId: RoomId, eventType: EventType, stateKey: Type.Optional(StateKey) }),
    body: JsonBody,
    answer: EventIdAnswer,
    async handle({ params, body, caller }) {
      const { roomId, eventType, stateKey = '' } = params
      const subject = caller as Caller
      const content = body as JsonObject
      if (eventType === 'm.room.create') throw refuse('M_FORBIDDEN', 'A room is created once. Make a new room instead.')
      if (eventType === 'm.room.member') {
        return { event_id: await putMembership(deps, subject, { roomId, stateKey, content }) }
      }
      const { room, grant } = await deps.doors.enter(subject, 'room.state', roomId)
      await checkStateContent(deps, room, { type: eventType, stateKey, content })
      const same = sameState(room, eventType, stateKey, content)
      if (same !== undefined) return { event_id: same }
      const draft: Draft = {
        type: eventType,
        stateKey,
        sender: { userId: subject.userId, matrixId: subject.matrixId },
        content,
      }
      return { event_id: await deps.writer.send(grant, 'room.state', room, draft) }
    },
  })
}

function sameState(room: Room, type: string, stateKey: string, content: JsonObject): string | undefined {
  const entry = room.stateEntry(type, stateKey)
  return entry !== undefined && isDeepStrictEqual(entry.pdu.content, content) ? entry.eventId : undefined
}
