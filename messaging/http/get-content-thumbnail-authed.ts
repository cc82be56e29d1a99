/**
 * GET /_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid
 *
 * - No smaller pictures are made yet: a picture of a common type and moderate size is answered as it is, and clients
 *   shrink it. A larger one is M_TOO_LARGE, anything else M_UNKNOWN.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import { isThumbnailType } from '../media/content-types.ts'
import { fileAnswer } from '../media/file-answer.ts'
import type { Media } from '../media/media.ts'
import { knownFile } from './known-file.ts'

/** What a list of pictures may cost its reader for each. */
const originalBytesMax = 10 * 1_024 * 1_024

export function getContentThumbnailAuthed(deps: { media: Pick<Media, 'find' | 'read'>; serverName: string }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/v1/media/thumbnail/:serverName/:mediaId',
    operation: 'getContentThumbnailAuthed',
    needs: 'media.read',
    rate: 'download',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String() }),
    query: Type.Object({
      width: Type.Integer({ minimum: 1 }),
      height: Type.Integer({ minimum: 1 }),
      method: Type.Optional(Type.String()),
      animated: Type.Optional(Type.Boolean()),
      timeout_ms: Type.Optional(Type.Integer()),
    }),
    async handle({ params, headers }) {
      const file = await knownFile(deps, params)
      if (!isThumbnailType(file.contentType)) {
        throw refuse('M_UNKNOWN', 'There is no preview of this kind of file. Download the file itself.', {
          status: 400,
        })
      }
      if (file.sizeBytes > originalBytesMax) {
        throw refuse('M_TOO_LARGE', 'The picture is too large for a preview. Download the file itself.')
      }
      return fileAnswer(deps.media, file, { headers })
    },
  })
}
