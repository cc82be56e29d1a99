/**
 * GET /api/v1/people/{id}/timeline
 *
 * - What she and the agency said to each other, in all conversations and by every channel; the newest first.
 * - Whoever is in an open conversation with her needs no reason. Others give one with the first page, and she can see it.
 */
import Type from 'typebox'
import { limits, type Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Timeline } from '../desk/timeline.ts'
import { ById, DeskCursor, DeskLimit, TimelineShape } from './desk-shapes.ts'

export function personTimeline({ timeline }: { timeline: Timeline }): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id/timeline',
    operation: 'personTimeline',
    needs: 'citizens.desk',
    params: ById,
    query: Type.Object({
      reason: Type.Optional(Type.String({ maxLength: 500 })),
      limit: DeskLimit,
      cursor: DeskCursor,
    }),
    answer: TimelineShape,
    handle: ({ params, query, caller }) =>
      timeline.page(caller, params.id, {
        reason: query.reason,
        before: query.cursor,
        limit: query.limit ?? limits.deskPageMax / 2,
      }),
  })
}
