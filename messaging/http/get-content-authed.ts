/**
 * GET /_matrix/client/v1/media/download/{serverName}/{mediaId} and …/{fileName}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
 *
 * - Ranges are served, so that a video can be watched from the middle.
 * - Only types that can run nothing are shown in place; all others are offered for saving.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import { fileAnswer } from '../media/file-answer.ts'
import type { Media } from '../media/media.ts'
import { knownFile } from './known-file.ts'

type Deps = { media: Pick<Media, 'find' | 'read'>; serverName: string }

const path = '/_matrix/client/v1/media/download/:serverName/:mediaId'

export function getContentAuthed(deps: Deps): Route {
  return route({
    method: 'GET',
    path,
    operation: 'getContentAuthed',
    needs: 'media.read',
    rate: 'download',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String() }),
    async handle({ params, headers }) {
      return fileAnswer(deps.media, await knownFile(deps, params), { headers })
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
    async handle({ params, headers }) {
      return fileAnswer(deps.media, await knownFile(deps, params), { headers, fileName: params.fileName })
    },
  })
}
