/**
 * POST /_matrix/client/v3/rooms/{roomId}/report/{eventId}, /rooms/{roomId}/report and /users/{userId}/report
 * https://spec.matrix.org/v1.19/client-server-api/#reporting-content
 *
 * - An event is reported by members of its room who can read it.
 * - A room or a person that nobody knows is reported like any other: the answer does not tell who and what exists.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Reports } from '../reports/reports.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, EventId, Reason, RoomId, UserId } from './shapes.ts'

type Deps = { reports: Reports; doors: Pick<Doors, 'enter'> }

const Complaint = Type.Object({ reason: Type.String({ maxLength: 4_096 }) })

export function reportEvent({ reports, doors }: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/report/:eventId'),
    operation: 'reportEvent',
    needs: 'session',
    rate: 'report',
    params: Type.Object({ roomId: RoomId, eventId: EventId }),
    body: Type.Object({ reason: Reason, score: Type.Optional(Type.Integer()) }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const { room, grant } = await doors.enter(caller as Caller, 'room.report', params.roomId)
      await reports.event(grant, room, params.eventId, body)
      return {}
    },
  })
}

export function reportRoom({ reports }: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/report'),
    operation: 'reportRoom',
    needs: 'session',
    rate: 'report',
    params: Type.Object({ roomId: RoomId }),
    body: Complaint,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      await reports.room(caller as Caller, params.roomId, body)
      return {}
    },
  })
}

export function reportUser({ reports }: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/users/:userId/report'),
    operation: 'reportUser',
    needs: 'session',
    rate: 'report',
    params: Type.Object({ userId: UserId }),
    body: Complaint,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      await reports.person(caller as Caller, params.userId, body)
      return {}
    },
  })
}
