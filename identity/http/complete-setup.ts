/**
 * POST /api/v1/setup
 *
 * - Makes the owner and names the organisation, by the one-time set-up link, and signs in.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { SetupKeeper } from '../accounts/setup.ts'
import { SignedIn } from './shapes.ts'

export function completeSetup({ setup }: { setup: Pick<SetupKeeper, 'complete'> }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/setup',
    operation: 'completeSetup',
    needs: 'nobody',
    rate: 'register',
    body: Type.Object({
      token: Type.String(),
      username: Type.String(),
      password: Type.String(),
      display_name: Type.String(),
      organisation: Type.String(),
    }),
    answer: SignedIn,
    async handle({ body, ip }) {
      const { token, username, password, organisation } = body
      return setup.complete({ token, username, password, displayName: body.display_name, organisation }, ip)
    },
  })
}
