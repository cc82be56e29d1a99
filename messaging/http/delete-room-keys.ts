/**
 * DELETE /_matrix/client/v3/room_keys/keys, /room_keys/keys/{roomId} and /room_keys/keys/{roomId}/{sessionId}
 * https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3room_keyskeys
 *
 * - From any version that was not deleted. Keys that are not there are no error.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { KeyBackups } from '../encryption/key-backups.ts'
import type { Caller } from './acts.ts'
import { SessionId, StateAnswer, VersionQuery } from './room-keys-shapes.ts'
import { RoomId } from './shapes.ts'

type Deps = { keyBackups: Pick<KeyBackups, 'remove'> }

const asAll = {
  method: 'DELETE',
  needs: 'session',
  rate: 'settings',
  query: VersionQuery,
  answer: StateAnswer,
} as const

export function deleteRoomKeys({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys'),
    operation: 'deleteRoomKeys',
    handle: ({ query, caller }) => keyBackups.remove((caller as Caller).userId, query.version, {}),
  })
}

export function deleteRoomKeysByRoomId({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys/:roomId'),
    operation: 'deleteRoomKeysByRoomId',
    params: Type.Object({ roomId: RoomId }),
    handle: ({ params, query, caller }) => keyBackups.remove((caller as Caller).userId, query.version, params),
  })
}

export function deleteRoomKeyBySessionId({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys/:roomId/:sessionId'),
    operation: 'deleteRoomKeyBySessionId',
    params: Type.Object({ roomId: RoomId, sessionId: SessionId }),
    handle: ({ params, query, caller }) => keyBackups.remove((caller as Caller).userId, query.version, params),
  })
}
