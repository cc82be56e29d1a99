/**
 * POST /api/v1/invitations
 *
 * - Makes a link by which one person gets an account. The link is shown this once and good for seven days.
 */
import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Invitations } from '../accounts/invitations.ts'

export type CreateInvitationDeps = { readonly invitations: Pick<Invitations, 'create'>; readonly publicUrl: string }

export function createInvitation({ invitations, publicUrl }: CreateInvitationDeps): Route {
  return route({
    method: 'POST',
    path: '/api/v1/invitations',
    operation: 'createInvitation',
    needs: 'people.invite',
    rate: 'invite',
    body: Type.Object({ display_name: Type.Optional(Type.String()), note: Type.Optional(Type.String()) }),
    answer: Type.Object({
      invitation_id: Type.String(),
      token: Type.String(),
      url: Type.String(),
      expires_ts: Type.Integer(),
    }),
    async handle({ caller, body }) {
      const subject: Subject = caller
      const made = await invitations.create(subject, { displayName: body?.display_name, note: body?.note })
      // The fragment of an address never reaches a log or another server.
      const url = `${publicUrl}/#/invitation/${made.token}`
      return { invitation_id: made.id, token: made.token, url, expires_ts: made.expiresTs }
    },
  })
}
