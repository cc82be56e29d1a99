/**
 * GET /_matrix/client/v1/media/preview_url, and the older /_matrix/media/v3/preview_url
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url
 *
 * - Off: the server fetches no pages, because each fetch would tell a stranger what is being talked about here.
 */
import { type Route, refuse, route } from '#platform/api.ts'
import { mediaPaths } from './media-paths.ts'

export function getUrlPreviewAuthed(): Route {
  return route({
    method: 'GET',
    path: ['/_matrix/client/v1/media/preview_url', ...mediaPaths('/preview_url')],
    operation: 'getUrlPreviewAuthed',
    needs: 'session',
    rate: 'read',
    async handle() {
      throw refuse('M_NOT_FOUND', 'This server makes no previews of links. Open the link itself.')
    },
  })
}
