/**
 * DELETE /api/v1/media/{serverName}/{mediaId} removes a file with its thumbnails, for good: its keys are destroyed.
 * For administrators. Messages that point to it stay.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Media } from '../media/media.ts'
import type { Principal } from './acts.ts'
import { unknownFile } from './known-file.ts'

type Deps = { media: Pick<Media, 'remove'>; access: Pick<Access, 'require'>; serverName: string }

export function deleteMedia({ media, access, serverName }: Deps): Route {
  return route({
    method: 'DELETE',
    path: '/api/v1/media/:serverName/:mediaId',
    operation: 'deleteMedia',
    needs: 'media.delete',
    rate: 'settings',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String() }),
    answer: Type.Object({}),
    async handle({ params, caller }) {
      const grant = access.require(caller as Principal, 'media.delete')
      const isOurs = params.serverName === serverName
      if (!isOurs || !(await media.remove(grant, params.mediaId))) throw unknownFile()
      return {}
    },
  })
}
