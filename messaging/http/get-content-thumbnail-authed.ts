/**
 * GET /_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid
 *
 * - Any size is met by the next larger one of a few that are made and kept.
 * - A picture that is small enough is answered as it is, unless it moves and may not.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Media } from '../media/media.ts'
import type { Thumbnails } from '../media/thumbnails.ts'
import { type FileReaders, knownFile } from './known-file.ts'
import { thumbnailAnswer, thumbnailQuery } from './thumbnail-wish.ts'

type Deps = FileReaders & {
  media: Pick<Media, 'findOrWait' | 'read'>
  thumbnails: Pick<Thumbnails, 'of'>
  serverName: string
}

export function getContentThumbnailAuthed(deps: Deps): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/v1/media/thumbnail/:serverName/:mediaId',
    operation: 'getContentThumbnailAuthed',
    needs: 'media.read',
    rate: 'download',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String() }),
    query: thumbnailQuery,
    handle: async (request) => thumbnailAnswer(deps, await knownFile(deps, request), request),
  })
}
