/**
 * POST /api/v1/invitation/accept
 *
 * - Makes the account and signs in. Of two who accept at once, one gets the account and the other 404 M_NOT_FOUND.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Invitations } from '../accounts/invitations.ts'
import { SignedIn } from './shapes.ts'

export function acceptInvitation({ invitations }: { invitations: Pick<Invitations, 'accept'> }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/invitation/accept',
    operation: 'acceptInvitation',
    needs: 'nobody',
    rate: 'register',
    body: Type.Object({
      token: Type.String(),
      username: Type.String(),
      password: Type.String(),
      display_name: Type.String(),
    }),
    answer: SignedIn,
    async handle({ body, ip }) {
      const { token, username, password } = body
      return invitations.accept(token, { username, password, displayName: body.display_name }, ip)
    },
  })
}
