/**
 * GET /api/v1/reports
 *
 * - What people reported, the newest first: who, when, why, and about what. What was said stays in its room.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Reports } from '../reports/reports.ts'
import type { Principal } from './acts.ts'

const limitDefault = 100

const Report = Type.Object({
  report_id: Type.String(),
  kind: Type.Union([Type.Literal('event'), Type.Literal('room'), Type.Literal('user')]),
  reporter: Type.String(),
  created_ts: Type.Integer(),
  room_id: Type.Optional(Type.String()),
  event_id: Type.Optional(Type.String()),
  user_id: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  score: Type.Optional(Type.Integer()),
})

export function listReports({ reports, access }: { reports: Pick<Reports, 'page'>; access: Access }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/reports',
    operation: 'listReports',
    needs: 'reports.read',
    rate: 'read',
    query: Type.Object({
      from: Type.Optional(Type.Integer({ minimum: 1 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    }),
    answer: Type.Object({ reports: Type.Array(Report), next: Type.Optional(Type.Integer()) }),
    async handle({ query, caller }) {
      const grant = access.require(caller as Principal, 'reports.read')
      const { reports: page, next } = await reports.page(grant, query.from, query.limit ?? limitDefault)
      return { reports: page, ...(next !== undefined && { next }) }
    },
  })
}
