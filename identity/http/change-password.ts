/**
 * POST /_matrix/client/v3/account/password
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3accountpassword
 *
 * - Asks for the old password first (user-interactive authentication).
 * - Signs all other devices out, unless `logout_devices` is false.
 */

import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Limits, type Route, route } from '#platform/api.ts'
import type { AccountKeeper } from '../accounts/accounts.ts'
import type { Organisation, Presence } from '../api.ts'
import { checkNewPassword } from '../passwords/rules.ts'
import { usernameOf } from '../users/usernames.ts'

export type ChangePasswordDeps = {
  readonly limits: Pick<Limits, 'passwordCharactersMin'>
  readonly accounts: Pick<AccountKeeper, 'changePassword'>
  readonly organisation: Pick<Organisation, 'name'>
  readonly presence: Presence
}

export function changePassword({ accounts, limits, organisation, presence }: ChangePasswordDeps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/account/password'),
    operation: 'changePassword',
    needs: 'session',
    rate: 'confirm',
    body: Type.Object({
      new_password: Type.String(),
      logout_devices: Type.Optional(Type.Boolean()),
      auth: Type.Optional(Type.Unknown()),
    }),
    async handle({ caller, body, ip }) {
      const subject: Subject = caller
      // Said before the old password is asked for, so that nobody types it in vain.
      checkNewPassword(
        body.new_password,
        {
          username: usernameOf(subject.matrixId),
          organisation: await organisation.name(),
        },
        limits,
      )
      const challenge = await presence.challenge(subject, body.auth, 'change password', ip)
      if (challenge !== undefined) return challenge
      const others = body.logout_devices === false ? undefined : { endOthersExcept: subject.deviceId }
      await accounts.changePassword(subject.userId, body.new_password, others)
      return {}
    },
  })
}
