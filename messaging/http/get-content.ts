/**
 * GET /_matrix/media/v3/download/{serverName}/{mediaId}[/{fileName}] and /_matrix/media/v3/thumbnail/…
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixmediav3downloadservernamemediaid
 *
 * - They ask nobody who reads. Only files that were uploaded while the operator allowed that are given out, also after
 *   she froze it; all others are M_NOT_FOUND, like those that do not exist.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import { fileAnswer } from '../media/file-answer.ts'
import type { Media } from '../media/media.ts'
import type { Thumbnails } from '../media/thumbnails.ts'
import { openFile } from './known-file.ts'
import { mediaPaths } from './media-paths.ts'
import { thumbnailAnswer, thumbnailQuery } from './thumbnail-wish.ts'

type Deps = { media: Pick<Media, 'find' | 'read'>; thumbnails: Pick<Thumbnails, 'of'>; serverName: string }

const params = { serverName: Type.String(), mediaId: Type.String() }

export function getContent(deps: Deps): Route {
  return route({
    method: 'GET',
    path: mediaPaths('/download/:serverName/:mediaId'),
    operation: 'getContent',
    needs: 'nobody',
    rate: 'download',
    params: Type.Object(params),
    handle: async ({ params, headers }) => fileAnswer(deps.media, await openFile(deps, params), { headers }),
  })
}

export function getContentOverrideName(deps: Deps): Route {
  return route({
    method: 'GET',
    path: mediaPaths('/download/:serverName/:mediaId/:fileName'),
    operation: 'getContentOverrideName',
    needs: 'nobody',
    rate: 'download',
    params: Type.Object({ ...params, fileName: Type.String() }),
    async handle({ params, headers }) {
      return fileAnswer(deps.media, await openFile(deps, params), { headers, fileName: params.fileName })
    },
  })
}

export function getContentThumbnail(deps: Deps): Route {
  return route({
    method: 'GET',
    path: mediaPaths('/thumbnail/:serverName/:mediaId'),
    operation: 'getContentThumbnail',
    needs: 'nobody',
    rate: 'download',
    params: Type.Object(params),
    query: thumbnailQuery,
    handle: async (request) => thumbnailAnswer(deps, await openFile(deps, request.params), request),
  })
}
