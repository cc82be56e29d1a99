/**
 * POST /_matrix/client/v3/pushers/set
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset
 *
 * - Nothing is pushed to phones yet, so a new pusher is refused in words. Removing one (`kind` null) is already done.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import { EmptyAnswer } from './shapes.ts'

export function postPusher(): Route {
  return route({
    method: 'POST',
    path: clientPaths('/pushers/set'),
    operation: 'postPusher',
    needs: 'session',
    rate: 'settings',
    body: Type.Object({ kind: Type.Union([Type.String(), Type.Null()]) }),
    answer: EmptyAnswer,
    async handle({ body }) {
      if (body.kind === null) return {}
      throw refuse('M_FORBIDDEN', 'This server does not push to phones yet. Keep the app open to hear of new messages.')
    },
  })
}
