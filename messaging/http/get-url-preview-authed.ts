/**
 * GET /_matrix/client/v1/media/preview_url, and the older /_matrix/media/v3/preview_url
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url
 *
 * - Off unless an operator wants it: each page that is fetched tells a stranger that it was mentioned here.
 * - There is one version of a page, the newest that was fetched; `ts` is taken and changes nothing.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Previews } from '../media/previews.ts'
import { mediaPaths } from './media-paths.ts'

export function getUrlPreviewAuthed({ previews }: { previews: Pick<Previews, 'of'> }): Route {
  return route({
    method: 'GET',
    path: ['/_matrix/client/v1/media/preview_url', ...mediaPaths('/preview_url')],
    operation: 'getUrlPreviewAuthed',
    needs: 'session',
    rate: 'preview',
    query: Type.Object({ url: Type.String(), ts: Type.Optional(Type.Integer()) }),
    answer: Type.Object({
      'og:image': Type.Optional(Type.String()),
      'matrix:image:size': Type.Optional(Type.Integer()),
    }),
    handle: ({ query }) => previews.of(query.url),
  })
}
