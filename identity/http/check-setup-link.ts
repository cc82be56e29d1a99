/**
 * POST /api/v1/setup/check
 *
 * - Whether the one-time set-up link is still good; 404 M_NOT_FOUND when it is not.
 * - Its token stands in the body: paths are written down by proxies.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { SetupKeeper } from '../accounts/setup.ts'

export function checkSetupLink({ setup }: { setup: Pick<SetupKeeper, 'check'> }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/setup/check',
    operation: 'checkSetupLink',
    needs: 'nobody',
    rate: 'link',
    body: Type.Object({ token: Type.String() }),
    answer: Type.Object({ valid: Type.Boolean() }),
    async handle({ body, ip }) {
      await setup.check(body.token, ip)
      return { valid: true }
    },
  })
}
