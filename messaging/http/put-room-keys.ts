/**
 * PUT /_matrix/client/v3/room_keys/keys, /room_keys/keys/{roomId} and /room_keys/keys/{roomId}/{sessionId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeys
 *
 * - Into the current version only; another one is refused with M_WRONG_ROOM_KEYS_VERSION, which names the current one.
 * - A key gives way to a better one of the same session only.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { limits, type Route, route } from '#platform/api.ts'
import type { KeyBackups } from '../encryption/key-backups.ts'
import type { Caller } from './acts.ts'
import {
  AllSessions,
  RoomSessions,
  Session,
  SessionId,
  StateAnswer,
  sessionsIn,
  VersionQuery,
} from './room-keys-shapes.ts'
import { RoomId } from './shapes.ts'

type Deps = { keyBackups: Pick<KeyBackups, 'put'> }

const asAll = {
  method: 'PUT',
  needs: 'session',
  rate: 'settings',
  bodyBytesMax: limits.keyBackupBodyBytesMax,
  query: VersionQuery,
  answer: StateAnswer,
} as const

export function putRoomKeys({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys'),
    operation: 'putRoomKeys',
    body: AllSessions,
    handle({ query, body, caller }) {
      return keyBackups.put((caller as Caller).userId, query.version, sessionsIn(body.rooms))
    },
  })
}

export function putRoomKeysByRoomId({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys/:roomId'),
    operation: 'putRoomKeysByRoomId',
    params: Type.Object({ roomId: RoomId }),
    body: RoomSessions,
    handle({ params, query, body, caller }) {
      return keyBackups.put((caller as Caller).userId, query.version, sessionsIn({ [params.roomId]: body }))
    },
  })
}

export function putRoomKeyBySessionId({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys/:roomId/:sessionId'),
    operation: 'putRoomKeyBySessionId',
    params: Type.Object({ roomId: RoomId, sessionId: SessionId }),
    body: Session,
    handle({ params, query, body, caller }) {
      const rooms = { [params.roomId]: { sessions: { [params.sessionId]: body } } }
      return keyBackups.put((caller as Caller).userId, query.version, sessionsIn(rooms))
    },
  })
}
