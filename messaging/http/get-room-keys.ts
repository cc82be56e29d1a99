/**
 * GET /_matrix/client/v3/room_keys/keys, /room_keys/keys/{roomId} and /room_keys/keys/{roomId}/{sessionId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeys
 *
 * - Of any version that was not deleted. Without keys, `rooms` or `sessions` is empty; a single key that is not there is
 *   M_NOT_FOUND.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { KeyBackups, RoomKeyTexts } from '../encryption/key-backups.ts'
import type { Caller } from './acts.ts'
import { jsonStream, jsonText } from './json-text.ts'
import { SessionId, VersionQuery } from './room-keys-shapes.ts'
import { RoomId } from './shapes.ts'

type Deps = { keyBackups: Pick<KeyBackups, 'pages'> }

const asAll = { method: 'GET', needs: 'session', rate: 'read', query: VersionQuery } as const

export function getRoomKeys({ keyBackups }: Deps): Route {
  return route({
    ...asAll,
    path: clientPaths('/room_keys/keys'),
    operation: 'getRoomKeys',
    async handle({ query, caller }) {
      const pages = await keyBackups.pages((caller as Caller).userId, query.version, {})
      return jsonStream(roomTexts(pages))
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
      const pages = await keyBackups.pages((caller as Caller).userId, query.version, { roomId })
      return jsonStream(sessionTexts(pages))
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
      const pages = await keyBackups.pages((caller as Caller).userId, query.version, { roomId, sessionId })
      let session: string | undefined
      for await (const [room] of pages) session ??= room?.sessions[0]
      if (session === undefined) throw refuse('M_NOT_FOUND', 'This key is not in your backup.')
      return jsonText(session.slice(JSON.stringify(sessionId).length + 1))
    },
  })
}

type Pages = AsyncIterable<readonly RoomKeyTexts[]>

async function* roomTexts(pages: Pages): AsyncGenerator<string> {
  yield '{"rooms":{'
  let roomBefore: string | undefined
  for await (const rooms of pages) {
    for (const { roomId, sessions } of rooms) {
      if (sessions.length === 0) continue
      const end = roomBefore === undefined ? '' : '}},'
      // A room may go on from one page to the next.
      const begin = roomId === roomBefore ? ',' : `${end}${JSON.stringify(roomId)}:{"sessions":{`
      yield begin + sessions.join(',')
      roomBefore = roomId
    }
  }
  yield roomBefore === undefined ? '}}' : '}}}}'
}

async function* sessionTexts(pages: Pages): AsyncGenerator<string> {
  let before = '{"sessions":{'
  for await (const rooms of pages) {
    const sessions = rooms.flatMap((room) => room.sessions)
    if (sessions.length === 0) continue
    yield before + sessions.join(',')
    before = ','
  }
  yield before === ',' ? '}}' : `${before}}}`
}
