import { hash } from 'node:crypto'
import type { Access, Subject } from '#access/api.ts'
import type { Transaction } from '../events/draft.ts'

export type Caller = Subject
export type { Access }

/** The transaction id of a request, bound to the device and to the path that it was sent on. */
export function transactionOf(caller: Subject, path: readonly string[], transactionId: string): Transaction {
  const source = JSON.stringify([caller.userId, caller.deviceId, ...path, transactionId])
  return { key: hash('sha256', source, 'buffer'), deviceId: caller.deviceId, transactionId }
}
