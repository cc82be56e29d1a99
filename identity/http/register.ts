/**
 * POST /_matrix/client/v3/register
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3register
 *
 * - Off unless the settings open it: people come by invitation. Then with a registration token, with accepted terms, or
 *   with neither (user-interactive authentication).
 * - `kind=guest` makes a visitor where the settings admit guests.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Registration } from '../accounts/registration.ts'

export function register({ registration }: { registration: Registration }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/register'),
    operation: 'register',
    needs: 'nobody',
    rate: 'register',
    query: Type.Object({ kind: Type.Optional(Type.String()) }),
    body: Type.Object({
      username: Type.Optional(Type.String()),
      password: Type.Optional(Type.String()),
      device_id: Type.Optional(Type.String()),
      initial_device_display_name: Type.Optional(Type.String()),
      inhibit_login: Type.Optional(Type.Boolean()),
      refresh_token: Type.Optional(Type.Boolean()),
      auth: Type.Optional(Type.Unknown()),
    }),
    async handle({ query, body, ip }) {
      const device = {
        deviceId: body.device_id,
        displayName: body.initial_device_display_name,
        refresh: body.refresh_token,
      }
      if (query.kind === 'guest') return registration.registerGuest(device)
      if (query.kind !== undefined && query.kind !== 'user') {
        throw refuse('M_UNKNOWN', 'There are accounts of the kinds "user" and "guest" only.', { status: 400 })
      }
      const { username, password, auth } = body
      return registration.register({ username, password, device, inhibitLogin: body.inhibit_login === true, auth }, ip)
    },
  })
}
