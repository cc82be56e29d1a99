/**
 * POST /_matrix/client/v3/register
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3register
 *
 * - Nobody makes an account for herself here: people come by invitation.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'

export function register(): Route {
  return route({
    method: 'POST',
    path: clientPaths('/register'),
    operation: 'register',
    needs: 'nobody',
    rate: 'register',
    async handle() {
      throw refuse(
        'M_FORBIDDEN',
        'Accounts are made by invitation here. Ask an administrator of your organisation for one.',
      )
    },
  })
}
