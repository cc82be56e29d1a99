import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { systemClock } from '../clock.ts'
import { connect } from '../postgres/connect.ts'
import { CommitUnknown, DatabaseError } from '../postgres/errors.ts'
import type { Postgres } from '../postgres/types.ts'
import { systemRandom } from '../random.ts'
import { silentLogger } from '../telemetry/logger.ts'
import { type LogRow, logKinds } from './kinds.ts'
import { createLog, type Log } from './log.ts'

let database: TestDatabase
let second: Postgres
beforeAll(async () => {
  database = await testDatabase({ poolSize: 6 })
  second = connect({ address: database.address, poolSize: 6 })
})
afterAll(async () => {
  await second.close()
  await database.dispose()
})

const open = (postgres: Postgres) =>
  createLog({ postgres, clock: systemClock, random: systemRandom, logger: silentLogger })

const draft = (reference: number) => ({ kind: logKinds.receipt, roomId: 1, userId: 1, reference })

/** Appends in a transaction that commits `lateMs` after it has drawn its positions. */
async function append(log: Log, postgres: Postgres, references: readonly number[], lateMs = 0): Promise<LogRow[]> {
  const rows = await postgres.transaction(async (tx) => {
    const appended = await log.append(tx, references.map(draft))
    if (lateMs > 0) await wait(lateMs)
    return appended
  })
  log.announce(rows)
  return rows
}

function follow(log: Log): LogRow[] {
  const seen: LogRow[] = []
  log.follow({ deliver: (rows) => seen.push(...rows) })
  return seen
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_000) throw new Error('it did not come')
    await wait(10)
  }
}

describe('followers of two nodes', () => {
  it('see every row once and in order, also when transactions commit late', async () => {
    const [here, there] = [await open(database.postgres), await open(second)]
    const [seenHere, seenThere] = [follow(here), follow(there)]
    const expected: number[] = []
    const writers = [here, there, here, there].map(async (log, w) => {
      const postgres = log === here ? database.postgres : second
      for (let n = 0; n < 12; n++) {
        const references = Array.from({ length: 1 + (n % 3) }, (_, k) => w * 1_000 + n * 10 + k)
        expected.push(...references)
        await append(log, postgres, references, (w + n) % 4 === 0 ? 5 : 0)
      }
    })
    await Promise.all(writers)
    await until(() => seenHere.length >= expected.length && seenThere.length >= expected.length)
    for (const seen of [seenHere, seenThere]) {
      expect(seen.map((row) => row.position)).toEqual(seen.map((row) => row.position).toSorted((a, b) => a - b))
      expect(new Set(seen.map((row) => row.position)).size).toBe(seen.length)
      expect(seen.map((row) => row.reference).toSorted()).toEqual(expected.toSorted())
    }
    await Promise.all([here.close(), there.close()])
  })

  it('are told at once of what their own node wrote, with the facts that the writer knew', async () => {
    const log = await open(database.postgres)
    const facts: unknown[] = []
    log.follow({ deliver: (rows, known) => facts.push(...rows.map((row) => known.get(row.position))) })
    const rows = await database.postgres.transaction((tx) => log.append(tx, [draft(1)]))
    const position = rows[0]?.position ?? 0
    log.announce(rows, new Map([[position, 'a fact']]))
    expect(facts).toEqual(['a fact'])
    expect(log.position()).toBe(position)
    await log.close()
  })
})

describe('a durable reader', () => {
  it('handles every row once and goes on where it stopped', async () => {
    const log = await open(database.postgres)
    await append(log, database.postgres, [71, 72])
    const handled: (number | null)[] = []
    const first = log.read('counting', async (rows) => void handled.push(...rows.map((row) => row.reference)))
    await first.reached(await log.reachNewest())
    await first.stop()
    const before = handled.length
    await append(log, database.postgres, [73])
    const again = log.read('counting', async (rows) => void handled.push(...rows.map((row) => row.reference)))
    await again.reached(await log.reachNewest())
    expect(handled.slice(before)).toEqual([73])
    await log.close()
  })

  it('is at work on one node at a time, and each row is handled once', async () => {
    const [here, there] = [await open(database.postgres), await open(second)]
    const handled: (number | null)[] = []
    const handler = async (rows: readonly LogRow[]) => void handled.push(...rows.map((row) => row.reference))
    const readers = [here.read('shared', handler), there.read('shared', handler)]
    const references = Array.from({ length: 30 }, (_, n) => 500 + n)
    for (const reference of references) {
      const [log, postgres] = reference % 2 ? ([here, database.postgres] as const) : ([there, second] as const)
      await append(log, postgres, [reference])
    }
    const newest = await here.reachNewest()
    await Promise.all(readers.map((reader) => reader.reached(newest)))
    expect(handled.filter((reference) => references.includes(reference ?? 0))).toEqual(references)
    expect(readers.map((reader) => reader.position())).toEqual([newest, newest])
    await Promise.all([here.close(), there.close()])
  })

  it('handles nothing twice when its COMMIT was stored and the answer to it was lost', async () => {
    const { postgres } = database
    let answersLost = 0
    const unlucky: Postgres = {
      ...postgres,
      async transaction(work) {
        const result = await postgres.transaction(work)
        if (answersLost++ > 0) return result
        throw new CommitUnknown(new DatabaseError('gone', { isConnectionLost: true }))
      },
    }
    const log = await createLog({ postgres: unlucky, clock: systemClock, random: systemRandom, logger: silentLogger })
    await append(log, postgres, [91])
    const handled: number[] = []
    const reader = log.read('unlucky', async (rows) => void handled.push(...rows.map((row) => row.position)))
    await reader.reached(await log.reachNewest())
    await append(log, postgres, [92])
    await reader.reached(await log.reachNewest())
    expect(answersLost).toBeGreaterThan(0)
    expect(handled).toEqual([...new Set(handled)])
    await log.close()
  })

  it('stops itself where its handler fails, stores nothing of that page, and hinders nobody', async () => {
    const log = await open(database.postgres)
    const failing = log.read('failing', async () => {
      throw new TypeError('cannot read this')
    })
    const other = log.read('other', async () => undefined)
    await append(log, database.postgres, [81])
    const newest = await log.reachNewest()
    await Promise.all([failing.reached(newest), other.reached(newest)])
    expect(failing.failedAt()).toBe(0)
    expect(other.position()).toBe(newest)
    const row = await database.postgres.row<{ failure: string }>(
      "select failure from log_reader where name = 'failing'",
    )
    expect(row?.failure).toBe('TypeError')
    await log.close()
  })
})
