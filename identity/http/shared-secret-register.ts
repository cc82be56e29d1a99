/**
 * POST /_synapse/admin/v1/register
 * https://element-hq.github.io/synapse/latest/admin_api/register_api.html
 *
 * - Makes an account for whoever knows the shared secret, and signs in. For automation; served only when a shared secret
 *   is configured.
 * - The rules for passwords that people choose do not apply: what makes the account answers for it.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { SharedSecret } from '../accounts/shared-secret.ts'

export function sharedSecretRegister({ sharedSecret }: { sharedSecret: Pick<SharedSecret, 'register'> }): Route {
  return route({
    method: 'POST',
    path: '/_synapse/admin/v1/register',
    operation: 'sharedSecretRegister',
    needs: 'nobody',
    rate: 'register',
    body: Type.Object({
      nonce: Type.String(),
      username: Type.String(),
      password: Type.String(),
      mac: Type.String(),
      admin: Type.Optional(Type.Boolean()),
      displayname: Type.Optional(Type.String()),
      user_type: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
    async handle({ body, ip }) {
      return sharedSecret.register(
        {
          nonce: body.nonce,
          username: body.username,
          password: body.password,
          mac: body.mac,
          isAdmin: body.admin ?? false,
          displayName: body.displayname,
          userType: body.user_type ?? undefined,
        },
        ip,
      )
    },
  })
}
