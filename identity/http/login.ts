/**
 * POST /_matrix/client/v3/login
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3login
 *
 * - `m.login.password` with the identifier `m.id.user`, or with the older member `user`.
 * - `m.login.token` with a token that signs in once: from another device of the person, or from an administrator.
 * - A device id of the person that is in use is taken over: its old access token ends.
 * - A client that says it can refresh gets an access token that ends, and a refresh token.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { SignIn } from '../sign-in/sign-in.ts'

const body = Type.Object({
  type: Type.String(),
  identifier: Type.Optional(Type.Object({ type: Type.String(), user: Type.Optional(Type.String()) })),
  user: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  refresh_token: Type.Optional(Type.Boolean()),
  device_id: Type.Optional(Type.String()),
  initial_device_display_name: Type.Optional(Type.String()),
})

export function login({ signIn }: { signIn: Pick<SignIn, 'byPassword' | 'byToken'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/login'),
    operation: 'login',
    needs: 'nobody',
    rate: 'login',
    body,
    async handle({ body, ip }) {
      const device = {
        deviceId: body.device_id,
        displayName: body.initial_device_display_name,
        refresh: body.refresh_token,
      }
      if (body.type === 'm.login.token') {
        if (body.token === undefined) throw refuse('M_MISSING_PARAM', 'The token is missing. Send it as token.')
        return signIn.byToken(body.token, ip, device)
      }
      if (body.type !== 'm.login.password') {
        throw refuse(
          'M_UNKNOWN',
          'This server does not know this way to sign in. GET the same path for those it knows.',
          {
            status: 400,
          },
        )
      }
      if (body.identifier !== undefined && body.identifier.type !== 'm.id.user') {
        throw refuse('M_UNKNOWN', 'Sign in with your user name: addresses and phone numbers are not known here.', {
          status: 400,
        })
      }
      const user = body.identifier?.user ?? body.user
      if (user === undefined) throw refuse('M_MISSING_PARAM', 'The user name is missing. Send it as identifier.user.')
      if (body.password === undefined) throw refuse('M_MISSING_PARAM', 'The password is missing. Send it as password.')
      return signIn.byPassword(user, body.password, ip, device)
    },
  })
}
