/**
 * POST /_matrix/media/v3/upload, and PUT /_matrix/media/v3/upload/{serverName}/{mediaId}
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixmediav3uploadservernamemediaid
 *
 * - The bytes are encrypted while they arrive. Nothing stays of an upload that is too large or that breaks off.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import { type Route, type RouteRequest, refuse, route } from '#platform/api.ts'
import type { Media, Upload } from '../media/media.ts'
import type { Caller } from './acts.ts'
import { unknownFile } from './known-file.ts'
import { mediaPaths } from './media-paths.ts'

type Deps = {
  media: Pick<Media, 'upload' | 'uploadReserved'>
  access: Pick<Access, 'require'>
  serverName: string
}

const query = Type.Object({ filename: Type.Optional(Type.String()) })

export function uploadContent({ media, access, serverName }: Deps): Route {
  return route({
    method: 'POST',
    path: mediaPaths('/upload'),
    operation: 'uploadContent',
    needs: 'media.upload',
    rate: 'upload',
    bodyKind: 'stream',
    query,
    answer: Type.Object({ content_uri: Type.String() }),
    async handle(request) {
      const grant = access.require(request.caller as Caller, 'media.upload')
      return { content_uri: `mxc://${serverName}/${await media.upload(grant, uploadOf(request))}` }
    },
  })
}

export function uploadContentToMXC({ media, access, serverName }: Deps): Route {
  return route({
    method: 'PUT',
    path: mediaPaths('/upload/:serverName/:mediaId'),
    operation: 'uploadContentToMXC',
    needs: 'media.upload',
    rate: 'upload',
    bodyKind: 'stream',
    params: Type.Object({ serverName: Type.String(), mediaId: Type.String() }),
    query,
    answer: Type.Object({}),
    async handle(request) {
      const { params, caller } = request
      if (params.serverName !== serverName) throw unknownFile()
      const grant = access.require(caller as Caller, 'media.upload')
      await media.uploadReserved(grant, params.mediaId, uploadOf(request))
      return {}
    },
  })
}

function uploadOf({ query, headers, stream, signal }: RouteRequest<unknown, { filename?: string }>): Upload {
  if (stream === undefined) throw refuse('M_MISSING_PARAM', 'The body must be the bytes of the file.')
  const announced = headers['content-length']
  return {
    bytes: stream,
    contentType: headers['content-type'],
    fileName: query.filename,
    sizeBytes: announced === undefined ? undefined : Number(announced),
    signal,
  }
}
