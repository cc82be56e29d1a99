/**
 * POST, GET, PUT and DELETE /_matrix/client/v3/room_keys/version and /room_keys/version/{version}
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3room_keysversion
 *
 * - The newest version that was not deleted is the current one. A number is never given twice.
 * - A deleted version can be deleted again; one that never was is M_NOT_FOUND.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { KeyBackups } from '../encryption/key-backups.ts'
import type { Caller } from './acts.ts'
import { AboutBackup, InfoAnswer } from './room-keys-shapes.ts'
import { EmptyAnswer } from './shapes.ts'

type Deps = { keyBackups: KeyBackups }

const Version = Type.Object({ version: Type.String() })

export function postRoomKeysVersion({ keyBackups }: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/room_keys/version'),
    operation: 'postRoomKeysVersion',
    needs: 'session',
    rate: 'settings',
    body: Type.Object(AboutBackup),
    answer: Version,
    async handle({ body, caller }) {
      const { userId } = caller as Caller
      return { version: await keyBackups.create(userId, body.algorithm, body.auth_data as JsonObject) }
    },
  })
}

export function getRoomKeysVersionCurrent({ keyBackups }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/room_keys/version'),
    operation: 'getRoomKeysVersionCurrent',
    needs: 'session',
    rate: 'read',
    answer: InfoAnswer,
    handle: ({ caller }) => keyBackups.info((caller as Caller).userId),
  })
}

export function getRoomKeysVersion({ keyBackups }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/room_keys/version/:version'),
    operation: 'getRoomKeysVersion',
    needs: 'session',
    rate: 'read',
    params: Version,
    answer: InfoAnswer,
    handle: ({ params, caller }) => keyBackups.info((caller as Caller).userId, params.version),
  })
}

export function putRoomKeysVersion({ keyBackups }: Deps): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/room_keys/version/:version'),
    operation: 'putRoomKeysVersion',
    needs: 'session',
    rate: 'settings',
    params: Version,
    body: Type.Object({ ...AboutBackup, version: Type.Optional(Type.String()) }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      if (body.version !== undefined && body.version !== params.version) {
        throw refuse('M_INVALID_PARAM', 'The version in the body is not that of the address. Send the same, or none.')
      }
      const { userId } = caller as Caller
      await keyBackups.update(userId, params.version, body.algorithm, body.auth_data as JsonObject)
      return {}
    },
  })
}

export function deleteRoomKeysVersion({ keyBackups }: Deps): Route {
  return route({
    method: 'DELETE',
    path: clientPaths('/room_keys/version/:version'),
    operation: 'deleteRoomKeysVersion',
    needs: 'session',
    rate: 'settings',
    params: Version,
    answer: EmptyAnswer,
    async handle({ params, caller }) {
      await keyBackups.delete((caller as Caller).userId, params.version)
      return {}
    },
  })
}
