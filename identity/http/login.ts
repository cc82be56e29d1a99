/**
 * POST /_matrix/client/v3/login
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3login
 *
 * - `m.login.password` with the identifier `m.id.user`, or with the older member `user`.
 * - A device id of the person that is in use is taken over: its old access token ends.
 * - Refresh tokens are not given, whether or not the client asks for one.
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
  device_id: Type.Optional(Type.String()),
  initial_device_display_name: Type.Optional(Type.String()),
})

export function login({ signIn }: { signIn: Pick<SignIn, 'byPassword'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/login'),
    operation: 'login',
    needs: 'nobody',
    rate: 'login',
    body,
    async handle({ body, ip }) {
      if (body.type !== 'm.login.password') {
        throw refuse('M_UNKNOWN', 'This server knows only sign-in by password. Use "m.login.password".', {
          status: 400,
        })
      }
      if (body.identifier !== undefined && body.identifier.type !== 'm.id.user') {
        throw refuse('M_UNKNOWN', 'Sign in with your user name: addresses and phone numbers are not known here.', {
          status: 400,
        })
      }
      const user = body.identifier?.user ?? body.user
      if (user === undefined) throw refuse('M_MISSING_PARAM', 'The user name is missing. Send it as identifier.user.')
      if (body.password === undefined) throw refuse('M_MISSING_PARAM', 'The password is missing. Send it as password.')
      return signIn.byPassword(user, body.password, ip, {
        deviceId: body.device_id,
        displayName: body.initial_device_display_name,
      })
    },
  })
}
