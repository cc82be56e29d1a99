/**
 * POST /_matrix/client/v3/account/deactivate
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3accountdeactivate
 *
 * - Asks for the password first (user-interactive authentication).
 * - The account can never sign in again, all its sessions end, and its name is never given to anybody else.
 * - The person leaves all rooms; notes, keys and backups of keys go. With `erase` her name and picture go too. What she
 *   said stays in its rooms.
 */

import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { AccountKeeper } from '../accounts/accounts.ts'
import type { Presence } from '../api.ts'

export type DeactivateDeps = { readonly accounts: Pick<AccountKeeper, 'deactivate'>; readonly presence: Presence }

export function deactivateAccount({ accounts, presence }: DeactivateDeps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/account/deactivate'),
    operation: 'deactivateAccount',
    needs: 'session',
    rate: 'confirm',
    body: Type.Object({
      auth: Type.Optional(Type.Unknown()),
      erase: Type.Optional(Type.Boolean()),
      id_server: Type.Optional(Type.String()),
    }),
    async handle({ caller, body, ip }) {
      const subject: Subject = caller
      const challenge = await presence.challenge(subject, body?.auth, 'deactivate account', ip)
      if (challenge !== undefined) return challenge
      await accounts.deactivate(subject, body?.erase === true)
      // This server tells no identity server about anybody, so there is nothing to take back there.
      return { id_server_unbind_result: 'no-support' }
    },
  })
}
