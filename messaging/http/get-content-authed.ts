/**
 * GET /_matrix/client/v1/media/download/{serverName}/{mediaId} and …/{fileName}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
 *
 * - Ranges are served, so that a video can be watched from the middle.
 * - Only types that can run nothing are shown in place; all others are offered for saving.
 * - A file whose address was given out before it came is waited for.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import { fileAnswer } from '../media/file-answer.ts'
import type { Media } from '../media/media.ts'
import { type FileReaders, knownFile } from './known-file.ts'

type Deps = FileReaders & { media: Pick<Media, 'findOrWait' | 'read'>; serverName: string }

const path = '/_matrix/client/v1/media/download/:serverName/:mediaId'
const query = Type.Object({ timeout_ms: Type.Optional(Type.Integer()) })

export function getContentAuthed(deps: Deps): Route {
  return route({
    method: 'GET',
    path,
    operation: 'getContentAuthed',
    needs: 'media.read',
    rate: 'download',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String() }),
    query,
    async handle(request) {
      return fileAnswer(deps.media, await knownFile(deps, request), { headers: request.headers })
    },
  })
}

/** The same under a name of the asker's choice. */
export function getContentOverrideNameAuthed(deps: Deps): Route {
  return route({
    method: 'GET',
    path: `${path}/:fileName`,
    operation: 'getContentOverrideNameAuthed',
    needs: 'media.read',
    rate: 'download',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String(), fileName: Type.String() }),
    query,
    async handle(request) {
      const { headers, params } = request
      return fileAnswer(deps.media, await knownFile(deps, request), { headers, fileName: params.fileName })
    },
  })
}
