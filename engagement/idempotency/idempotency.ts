import { isProgram, type Principal } from '#access/api.ts'
import { type Clock, limits, type Postgres, refuse, type Tx, type Vault } from '#platform/api.ts'
import { beginOnce, endOnce, findOnce, forgetOnceBefore } from '../store/idempotency.ts'
import type { Idempotency, IdempotentRequest } from './types.ts'

const purpose = 'idempotent.answer'
const header = 'idempotency-key'
const keyPattern = /^[\x21-\x7e]{1,255}$/
const dayMs = 24 * 60 * 60_000

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey' | 'lookupHash'>
  readonly clock: Clock
}

export function createIdempotency({ db, vault, clock }: Deps): Idempotency {
  async function once<T extends object>(
    request: IdempotentRequest,
    operation: string,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    const given = request.headers[header]
    if (given === undefined) return db.transaction(work)
    if (!keyPattern.test(given)) {
      throw refuse('M_INVALID_PARAM', 'An Idempotency-Key is 1 to 255 printable ASCII characters without spaces.')
    }
    const scope = [whoOf(request.caller), operation, request.params ?? null, given]
    const id = vault.lookupHash('idempotency', JSON.stringify(scope))
    const bodyHash = vault.lookupHash('idempotent body', JSON.stringify(request.body ?? null))
    const key = await vault.serverKey('idempotency')
    return db.transaction(async (tx) => {
      if (!(await beginOnce(tx, id, bodyHash, clock.nowMs()))) {
        const before = await findOnce(tx, id)
        if (before?.sealedAnswer == null || !before.bodyHash.equals(bodyHash)) throw conflict()
        return JSON.parse(key.open(purpose, id.toString('hex'), before.sealedAnswer).toString()) as T
      }
      const answer = await work(tx)
      await endOnce(tx, id, key.seal(purpose, id.toString('hex'), Buffer.from(JSON.stringify(answer))))
      return answer
    })
  }
  return {
    once,
    forgetOld: () => forgetOnceBefore(db, clock.nowMs() - limits.idempotencyDays * dayMs),
  }
}

function whoOf(caller: Principal): string {
  return isProgram(caller) ? `program ${caller.programId}` : `account ${caller.userId}`
}

function conflict() {
  return refuse(
    'CHANCERY_CONFLICT',
    'This Idempotency-Key came with another request before. Take a new key for a new request.',
    { reason: 'idempotency-key-reused' },
  )
}
