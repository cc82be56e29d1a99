import { hash } from 'node:crypto'
import type { Access, Subject } from '#access/api.ts'
import type { Transaction } from '../events/draft.ts'

/** What endpoints that ask access for an act on a room carry as `needs`: the act itself is decided in the room's door. */
export const needsSession = 'session'

export type Caller = Subject
export type { Access }

/** The transaction id of a request, bound to the device and to the path that it was sent on. */
export function transactionOf(caller: Subject, path: readonly string[], transactionId: string): Transaction {
  const source = JSON.stringify([caller.userId, caller.deviceId, ...path, transactionId])
  return { key: hash('sha256', source, 'buffer'), deviceId: caller.deviceId, transactionId }
}
