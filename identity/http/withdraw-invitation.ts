/**
 * DELETE /api/v1/invitations/{invitation_id}
 *
 * - The link stops working at once. Withdrawing twice is no error; what was used cannot be withdrawn.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Invitations } from '../accounts/invitations.ts'
import { Nothing } from './shapes.ts'

export function withdrawInvitation({ invitations }: { invitations: Pick<Invitations, 'withdraw'> }): Route {
  return route({
    method: 'DELETE',
    path: '/api/v1/invitations/:invitationId',
    operation: 'withdrawInvitation',
    needs: 'people.invite',
    rate: 'settings',
    params: Type.Object({ invitationId: Type.String() }),
    answer: Nothing,
    async handle({ params }) {
      await invitations.withdraw(params.invitationId)
      return {}
    },
  })
}
