/**
 * GET /_matrix/media/v3/download/{serverName}/{mediaId}[/{fileName}] and /_matrix/media/v3/thumbnail/…
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixmediav3downloadservernamemediaid
 *
 * - Frozen: these serve without asking who reads, so no file of this server was ever given out through them.
 */
import { type Route, refuse, route } from '#platform/api.ts'

const versions = ['v3', 'r0', 'v1']

function frozen(operation: string, path: string): Route {
  return route({
    method: 'GET',
    path: versions.map((version) => `/_matrix/media/${version}${path}`),
    operation,
    needs: 'nobody',
    rate: 'download',
    async handle() {
      throw refuse(
        'M_NOT_FOUND',
        'Files are read under /_matrix/client/v1/media, with an access token. Update the app.',
      )
    },
  })
}

export function getContent(): Route {
  return frozen('getContent', '/download/:serverName/:mediaId')
}

export function getContentOverrideName(): Route {
  return frozen('getContentOverrideName', '/download/:serverName/:mediaId/:fileName')
}

export function getContentThumbnail(): Route {
  return frozen('getContentThumbnail', '/thumbnail/:serverName/:mediaId')
}
