/**
 * POST /_matrix/media/v3/upload
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 *
 * - The bytes are encrypted while they arrive. Nothing stays of an upload that is too large or that breaks off.
 */
import Type from 'typebox'
import { limits, type Route, refuse, route } from '#platform/api.ts'
import { type Media, tooLarge } from '../media/media.ts'
import type { Caller } from './acts.ts'
import { mediaPaths } from './media-paths.ts'

export function uploadContent({ media, serverName }: { media: Pick<Media, 'upload'>; serverName: string }): Route {
  return route({
    method: 'POST',
    path: mediaPaths('/upload'),
    operation: 'uploadContent',
    needs: 'media.upload',
    rate: 'upload',
    bodyKind: 'stream',
    query: Type.Object({ filename: Type.Optional(Type.String()) }),
    answer: Type.Object({ content_uri: Type.String() }),
    async handle({ query, headers, stream, signal, caller }) {
      if (Number(headers['content-length'] ?? 0) > limits.mediaBytesMax) throw tooLarge()
      if (stream === undefined) throw refuse('M_MISSING_PARAM', 'The body must be the bytes of the file.')
      const id = await media.upload({
        ownerId: (caller as Caller).userId,
        bytes: stream,
        contentType: headers['content-type'],
        fileName: query.filename,
        signal,
      })
      return { content_uri: `mxc://${serverName}/${id}` }
    },
  })
}
