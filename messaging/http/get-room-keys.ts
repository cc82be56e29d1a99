/**
 * GET /_matrix/client/v3/room_keys/keys, /room_keys/keys/{roomId} and /room_keys/keys/{roomId}/{sessionId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeys
 *
 * - Of any version that was not deleted. Without keys, `rooms` or `sessions` is empty; a single key that is not there is
 *   M_NOT_FOUND.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { JsonBytes, type Route, refuse, route } from '#platform/api.ts'
import type { KeyBackups } from '../encryption/key-backups.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'
import { SessionId, VersionQuery } from './room-keys-shapes.ts'
import { RoomId } from './shapes.ts'

type Deps = { keyBackups: Pick<KeyBackups, 'texts'> }

const asAll = { method: 'GET', needs: 'session', rate: 'read', query: VersionQuery } as const

export function getRoomKeys({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys'),
    operation: 'getRoomKeys',
    async handle({ query, caller }) {
      const rooms = [...(await keyBackups.texts((caller as Caller).userId, query.version, {}))]
      const pieces = rooms.map(([roomId, sessions], n) =>
        Buffer.from(`${n === 0 ? '' : ','}${JSON.stringify(roomId)}:{"sessions":{${sessions.join(',')}}}`),
      )
      return new JsonBytes([Buffer.from('{"rooms":{'), ...pieces, Buffer.from('}}')])
    },
  })
}

export function getRoomKeysByRoomId({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys/:roomId'),
    operation: 'getRoomKeysByRoomId',
    params: Type.Object({ roomId: RoomId }),
    async handle({ params, query, caller }) {
      const { roomId } = params
      const sessions = (await keyBackups.texts((caller as Caller).userId, query.version, { roomId })).get(roomId) ?? []
      return jsonText(`{"sessions":{${sessions.join(',')}}}`)
    },
  })
}

export function getRoomKeyBySessionId({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys/:roomId/:sessionId'),
    operation: 'getRoomKeyBySessionId',
    params: Type.Object({ roomId: RoomId, sessionId: SessionId }),
    async handle({ params, query, caller }) {
      const { roomId, sessionId } = params
      const rooms = await keyBackups.texts((caller as Caller).userId, query.version, { roomId, sessionId })
      const [session] = rooms.get(roomId) ?? []
      if (session === undefined) throw refuse('M_NOT_FOUND', 'This key is not in your backup.')
      return jsonText(session.slice(JSON.stringify(sessionId).length + 1))
    },
  })
}
