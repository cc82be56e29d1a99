/**
 * GET /.well-known/matrix/support
 * https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixsupport
 *
 * - Whom to ask for help with this server, from its settings; 404 where they name nobody.
 */
import { type Route, refuse, route } from '#platform/api.ts'

export type SupportSettings = { readonly email?: string | undefined; readonly page?: string | undefined }

export function getWellknownSupport({ support }: { support: SupportSettings }): Route {
  const { email, page } = support
  const answer = {
    ...(email !== undefined && { contacts: [{ role: 'm.role.admin', email_address: email }] }),
    ...(page !== undefined && { support_page: page }),
  }
  return route({
    method: 'GET',
    path: '/.well-known/matrix/support',
    operation: 'getWellknownSupport',
    needs: 'nobody',
    rate: 'read',
    async handle() {
      if (email === undefined && page === undefined)
        throw refuse('M_NOT_FOUND', 'This server names nobody to ask for help.')
      return answer
    },
  })
}
