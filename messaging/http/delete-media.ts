/**
 * DELETE /api/v1/media/{serverName}/{mediaId} removes a file with its thumbnails, for good: its keys are destroyed.
 * For administrators; of what is kept in a room, for those in it. Messages that point to it stay.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Media } from '../media/media.ts'
import type { Principal } from './acts.ts'
import { type FileReaders, mayRead, unknownFile } from './known-file.ts'

type Deps = FileReaders & {
  media: Pick<Media, 'find' | 'remove'>
  access: Pick<Access, 'require' | 'visible'>
  serverName: string
}

export function deleteMedia(deps: Deps): Route {
  const { media, access, serverName } = deps
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
      const file = isOurs ? await media.find(params.mediaId).catch(() => undefined) : undefined
      if (file !== undefined && !(await mayRead(deps, grant.subject, file))) throw unknownFile()
      if (!isOurs || !(await media.remove(grant, params.mediaId))) throw unknownFile()
      return {}
    },
  })
}
