import { expect, it } from 'vitest'
import type { Access } from '#access/api.ts'
import type { Db, Random } from '#platform/api.ts'
import type { SessionRow } from '../store/session.ts'
import { createGate } from './gate.ts'
import { makeToken } from './token.ts'

const row: SessionRow = {
  id: 7,
  userId: 3,
  deviceId: 'D',
  matrixId: '@ada:test',
  role: 'member',
  lockedTs: null,
  suspendedTs: null,
  expiresTs: null,
  token: 'current',
}

it('forgets the token that a refresh replaced when a session ends, whichever token it remembered last', async () => {
  const ends: ((sessionId: number) => void)[] = []
  let isThere = true
  const gate = createGate({
    db: { row: async () => (isThere ? row : undefined) } as unknown as Db,
    clock: { nowMs: () => 0, sleep: async () => undefined },
    access: { admit: () => undefined } as Pick<Access, 'admit'>,
    apiTokens: { find: async () => undefined },
    log: { knownUpToMs: () => 0, reachNewest: async () => 0 },
    events: {
      onSessionEnded: (heard: (sessionId: number) => void) => ends.push(heard),
      onSessionChanged: () => undefined,
    } as never,
    sessions: { promote: async () => undefined },
    lastSeen: { note: () => undefined } as never,
  })
  let count = 0
  const random = { bytes: (n: number) => Buffer.alloc(n, ++count) } as unknown as Random
  const [before, after] = [makeToken(random, 'access'), makeToken(random, 'access')]
  const ask = (accessToken: string) => gate.admit('session', { accessToken, ip: '127.0.0.1' } as never)
  await ask(before)
  // A request with the new token may be read as the current one before this node is told of the change.
  await ask(after)
  isThere = false
  for (const end of ends) end(row.id)
  await expect(ask(after)).rejects.toMatchObject({ code: 'M_UNKNOWN_TOKEN' })
  await expect(ask(before)).rejects.toMatchObject({ code: 'M_UNKNOWN_TOKEN' })
})
