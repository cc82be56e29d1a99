/**
 * GET /api/v1/canned-replies
 *
 * - Of the agencies that one works for, with their texts in all languages.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { CannedReplies } from '../desk/canned-replies.ts'
import type { Desk } from '../desk/desk.ts'
import { CannedReplyShape } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'agenciesOf'>; canned: CannedReplies }

export function listCannedReplies({ desk, canned }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/canned-replies',
    operation: 'listCannedReplies',
    needs: 'citizens.desk',
    answer: Type.Object({ replies: Type.Array(CannedReplyShape) }),
    handle: async ({ caller }) => ({ replies: await canned.ofAgencies(await desk.agenciesOf(caller)) }),
  })
}
