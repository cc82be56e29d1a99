/**
 * GET /_matrix/client/v1/media/config, and the older /_matrix/media/v3/config
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediaconfig
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Media } from '../media/media.ts'
import { mediaPaths } from './media-paths.ts'

export function getConfigAuthed({ media }: { media: Pick<Media, 'fileBytesMax'> }): Route {
  return route({
    method: 'GET',
    path: ['/_matrix/client/v1/media/config', ...mediaPaths('/config')],
    operation: 'getConfigAuthed',
    needs: 'session',
    rate: 'read',
    answer: Type.Object({ 'm.upload.size': Type.Integer() }),
    handle: async () => ({ 'm.upload.size': media.fileBytesMax }),
  })
}
