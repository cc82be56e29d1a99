/**
 * GET /_synapse/admin/v1/register
 * https://element-hq.github.io/synapse/latest/admin_api/register_api.html
 *
 * - A nonce, good once and for a minute. Served only when a shared secret is configured.
 */
import { type Route, route } from '#platform/api.ts'
import type { SharedSecret } from '../accounts/shared-secret.ts'

export function sharedSecretNonce({ sharedSecret }: { sharedSecret: Pick<SharedSecret, 'nonce'> }): Route {
  return route({
    method: 'GET',
    path: '/_synapse/admin/v1/register',
    operation: 'sharedSecretNonce',
    needs: 'nobody',
    rate: 'link',
    handle: async () => ({ nonce: sharedSecret.nonce() }),
  })
}
