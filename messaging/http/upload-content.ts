/**
 * POST /_matrix/media/v3/upload
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 *
 * - The bytes are encrypted while they arrive. Nothing stays of an upload that is too large or that breaks off.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import { limits, type Route, refuse, route } from '#platform/api.ts'
import { type Media, tooLarge } from '../media/media.ts'
import type { Caller } from './acts.ts'
import { mediaPaths } from './media-paths.ts'

type Deps = { media: Pick<Media, 'upload'>; access: Pick<Access, 'require'>; serverName: string }

export function uploadContent({ media, access, serverName }: Deps): Route {
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
      const id = await media.upload(access.require(caller as Caller, 'media.upload'), {
        bytes: stream,
        contentType: headers['content-type'],
        fileName: query.filename,
        signal,
      })
      return { content_uri: `mxc://${serverName}/${id}` }
    },
  })
}
