/**
 * GET /api/v1/invitations
 *
 * - The newest invitations first, with what became of each.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Invitations } from '../accounts/invitations.ts'

export function listInvitations({ invitations }: { invitations: Pick<Invitations, 'list'> }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/invitations',
    operation: 'listInvitations',
    needs: 'people.invite',
    rate: 'read',
    answer: Type.Object({
      invitations: Type.Array(
        Type.Object({
          invitation_id: Type.String(),
          display_name: Type.Optional(Type.String()),
          note: Type.Optional(Type.String()),
          created_ts: Type.Integer(),
          expires_ts: Type.Integer(),
          invited_by: Type.String(),
          state: Type.Union([
            Type.Literal('open'),
            Type.Literal('used'),
            Type.Literal('expired'),
            Type.Literal('withdrawn'),
          ]),
        }),
      ),
    }),
    async handle() {
      const all = await invitations.list()
      return {
        invitations: all.map((invitation) => ({
          invitation_id: invitation.id,
          ...(invitation.displayName !== undefined && { display_name: invitation.displayName }),
          ...(invitation.note !== undefined && { note: invitation.note }),
          created_ts: invitation.createdTs,
          expires_ts: invitation.expiresTs,
          invited_by: invitation.invitedBy,
          state: invitation.state,
        })),
      }
    },
  })
}
