/**
 * POST /_matrix/media/v1/create
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav1create
 *
 * - An address for a file that is uploaded within a day. A person may have only so many that wait for their file.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Media } from '../media/media.ts'
import type { Caller } from './acts.ts'

type Deps = { media: Pick<Media, 'reserve'>; access: Pick<Access, 'require'>; serverName: string }

export function createContent({ media, access, serverName }: Deps): Route {
  return route({
    method: 'POST',
    path: '/_matrix/media/v1/create',
    operation: 'createContent',
    needs: 'media.upload',
    rate: 'upload',
    body: Type.Object({}),
    answer: Type.Object({ content_uri: Type.String(), unused_expires_at: Type.Integer() }),
    async handle({ caller }) {
      const { id, expiresTs } = await media.reserve(access.require(caller as Caller, 'media.upload'))
      return { content_uri: `mxc://${serverName}/${id}`, unused_expires_at: expiresTs }
    },
  })
}
