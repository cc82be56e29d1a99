/**
 * GET /.well-known/matrix/client
 * https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixclient
 */
import { type Route, route } from '#platform/api.ts'

export function getWellknown({ publicUrl }: { publicUrl: string }): Route {
  const answer = { 'm.homeserver': { base_url: publicUrl.replace(/\/+$/, '') } }
  return route({
    method: 'GET',
    path: '/.well-known/matrix/client',
    operation: 'getWellknown',
    needs: 'nobody',
    handle: async () => answer,
  })
}
