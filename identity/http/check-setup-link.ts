/**
 * GET /api/v1/setup/{token}
 *
 * - Whether the one-time set-up link is still good; 404 M_NOT_FOUND when it is not.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { SetupKeeper } from '../accounts/setup.ts'

export function checkSetupLink({ setup }: { setup: Pick<SetupKeeper, 'check'> }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/setup/:token',
    operation: 'checkSetupLink',
    needs: 'nobody',
    rate: 'link',
    params: Type.Object({ token: Type.String() }),
    answer: Type.Object({ valid: Type.Boolean() }),
    async handle({ params, ip }) {
      await setup.check(params.token, ip)
      return { valid: true }
    },
  })
}
