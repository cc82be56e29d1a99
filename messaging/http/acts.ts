import { hash } from 'node:crypto'
import { type Access, isProgram, type Principal, type Subject } from '#access/api.ts'
import type { Transaction } from '../events/draft.ts'

export type Caller = Subject
export type { Access, Principal }

/** The transaction id of a request, bound to the device (or the program) and to the path that it was sent on. */
export function transactionOf(caller: Principal, path: readonly string[], transactionId: string): Transaction {
  const [who, deviceId] = isProgram(caller) ? [caller.programId, ''] : [caller.userId, caller.deviceId]
  const source = JSON.stringify([who, deviceId, ...path, transactionId])
  return { key: hash('sha256', source, 'buffer'), deviceId, transactionId }
}
