import { isProgram, type Principal } from '#access/api.ts'
import { type Clock, limits, type Postgres, refuse, type Tx, type Vault } from '#platform/api.ts'
import { beginOnce, endOnce, findAllOnce, findOnce, forgetOnceBefore, keepAllOnce } from '../store/idempotency.ts'
import { AnsweredMeanwhile, type Idempotency, type IdempotentRequest, type Ticket } from './types.ts'

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
  function ticket({ headers, caller, params, body }: IdempotentRequest, operation: string): Ticket | undefined {
    const given = headers[header]
    if (given === undefined) return undefined
    if (!keyPattern.test(given)) {
      throw refuse('M_INVALID_PARAM', 'An Idempotency-Key is 1 to 255 printable ASCII characters without spaces.')
    }
    const scope = [whoOf(caller), operation, params ?? null, given]
    const id = vault.lookupHash('idempotency', JSON.stringify(scope))
    return { id, bodyHash: vault.lookupHash('idempotent body', JSON.stringify(body ?? null)) }
  }

  async function answered(tx: Tx, tickets: readonly Ticket[]): Promise<ReadonlyMap<Ticket, object>> {
    if (tickets.length === 0) return new Map()
    const [key, rows] = await Promise.all([
      vault.serverKey('idempotency'),
      findAllOnce(
        tx,
        tickets.map(({ id }) => id),
      ),
    ])
    const known = new Map(rows.map((row) => [row.id.toString('hex'), row]))
    const answers = new Map<Ticket, object>()
    for (const one of tickets) {
      const id = one.id.toString('hex')
      const before = known.get(id)
      if (before === undefined) continue
      const isSame = before.sealedAnswer !== null && before.bodyHash.equals(one.bodyHash)
      answers.set(
        one,
        isSame ? JSON.parse(key.open(purpose, id, before.sealedAnswer as Buffer).toString()) : conflict(),
      )
    }
    return answers
  }

  async function keep(tx: Tx, answers: Parameters<Idempotency['keep']>[1]): Promise<void> {
    if (answers.length === 0) return
    const key = await vault.serverKey('idempotency')
    const rows = answers.map(({ ticket: { id, bodyHash }, answer }) => ({
      id,
      bodyHash,
      sealedAnswer: key.seal(purpose, id.toString('hex'), Buffer.from(JSON.stringify(answer))),
    }))
    if ((await keepAllOnce(tx, rows, clock.nowMs())) < rows.length) throw new AnsweredMeanwhile()
  }

  async function once<T extends object>(
    request: IdempotentRequest,
    operation: string,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    const named = ticket(request, operation)
    if (named === undefined) return db.transaction(work)
    const { id, bodyHash } = named
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
    ticket,
    answered,
    keep,
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
