/**
 * POST /api/v1/invitation/look
 *
 * - What the invited person sees before she accepts; 404 M_NOT_FOUND unless the invitation is open.
 * - Its token stands in the body: paths are written down by proxies.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Invitations } from '../accounts/invitations.ts'
import type { Organisation } from '../api.ts'

export type GetInvitationDeps = {
  readonly invitations: Pick<Invitations, 'look'>
  readonly organisation: Pick<Organisation, 'name'>
  readonly serverName: string
}

export function getInvitation({ invitations, organisation, serverName }: GetInvitationDeps): Route {
  return route({
    method: 'POST',
    path: '/api/v1/invitation/look',
    operation: 'getInvitation',
    needs: 'nobody',
    rate: 'link',
    body: Type.Object({ token: Type.String() }),
    answer: Type.Object({
      organisation: Type.String(),
      invited_by: Type.String(),
      display_name: Type.Optional(Type.String()),
      expires_ts: Type.Integer(),
    }),
    async handle({ body, ip }) {
      const invitation = await invitations.look(body.token, ip)
      return {
        organisation: (await organisation.name()) ?? serverName,
        invited_by: invitation.invitedByName,
        ...(invitation.displayName !== undefined && { display_name: invitation.displayName }),
        expires_ts: invitation.expiresTs,
      }
    },
  })
}
