import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { createJobs, type JobsDeps } from './jobs.ts'
import type { JobHandlers, RunningJobs } from './types.ts'

let database: TestDatabase
const running: RunningJobs[] = []

/** The real clock, moved: time passes as usual and a test may skip some. Waiting never takes longer than a moment. */
const clock = {
  skippedMs: 0,
  nowMs: () => Date.now() + clock.skippedMs,
  async sleep(ms: number, signal?: AbortSignal) {
    const untilMs = clock.nowMs() + ms
    while (clock.nowMs() < untilMs)
      await wait(Math.max(1, Math.min(10, untilMs - clock.nowMs())), undefined, { signal })
  },
}

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.dispose())
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
  await database.postgres.run('DELETE FROM job')
})

const jobs = (more: Partial<JobsDeps> = {}) => createJobs({ postgres: database.postgres, clock, ...more })
async function start(work: JobHandlers, more: Partial<JobsDeps> = {}): Promise<RunningJobs> {
  const one = await jobs(more).start(work)
  running.push(one)
  return one
}
const waiting = async () => (await database.postgres.row<{ n: number }>('SELECT count(*)::int AS n FROM job'))?.n

it('does what a committed transaction added, soon, and forgets it', async () => {
  const seen = vi.fn(async () => {})
  await start({ handlers: { greet: seen } })
  const startedMs = performance.now()
  await database.postgres.transaction((tx) => jobs().add(tx, 'greet', { person: 7 }))
  await vi.waitFor(() => expect(seen).toHaveBeenCalledOnce(), 5_000)
  expect(performance.now() - startedMs).toBeLessThan(1_000)
  expect(seen).toHaveBeenCalledWith({ person: 7 }, expect.objectContaining({ attempt: 1 }))
  await vi.waitFor(async () => expect(await waiting()).toBe(0))
})

it('knows nothing of a transaction that was rolled back', async () => {
  const failed = database.postgres.transaction(async (tx) => {
    await jobs().add(tx, 'greet', {})
    throw new Error('changed my mind')
  })
  await expect(failed).rejects.toThrow('changed my mind')
  expect(await waiting()).toBe(0)
})

it('tries again later, with more patience each time', async () => {
  const failures: number[] = []
  let calls = 0
  const handler = async () => {
    calls += 1
    if (calls < 3) throw new Error('not yet')
  }
  await start({ handlers: { greet: handler } }, { onFailure: ({ attempt }) => failures.push(attempt) })
  await jobs().add(database.postgres, 'greet', {})
  await vi.waitFor(() => expect(failures).toEqual([1]), 5_000)
  await wait(100)
  expect(calls).toBe(1)
  clock.skippedMs += 5_000
  await vi.waitFor(() => expect(failures).toEqual([1, 2]), 5_000)
  clock.skippedMs += 10_000
  await vi.waitFor(async () => expect(await waiting()).toBe(0), 5_000)
  expect(calls).toBe(3)
})

it('keeps what never succeeds, marked, and stops trying', async () => {
  await jobs().add(database.postgres, 'greet', {})
  await database.postgres.run('UPDATE job SET attempts = 19')
  const last: boolean[] = []
  const handler = async () => {
    throw new Error('never')
  }
  await start({ handlers: { greet: handler } }, { onFailure: ({ isLast }) => last.push(isLast) })
  await vi.waitFor(() => expect(last).toEqual([true]), 5_000)
  const row = await vi.waitFor(async () => {
    const found = await database.postgres.row<{ failed_ts: number | null }>('SELECT failed_ts FROM job')
    expect(found?.failed_ts).not.toBeNull()
    return found
  })
  expect(row?.failed_ts).toBeGreaterThan(0)
})

it('gives each job to one server only', async () => {
  const seen: number[] = []
  const handlers = { count: async ({ n }: { n: number }) => void seen.push(n) }
  await start({ handlers })
  await start({ handlers })
  for (let n = 0; n < 40; n++) await jobs().add(database.postgres, 'count', { n })
  await vi.waitFor(async () => expect(await waiting()).toBe(0), 10_000)
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n))
})

it('takes over from a server that died at work', async () => {
  await jobs().add(database.postgres, 'greet', {})
  await database.postgres.run('UPDATE job SET attempts = 1, leased_until_ts = $1', [clock.nowMs() + 60_000])
  const seen = vi.fn(async () => {})
  await start({ handlers: { greet: seen } })
  await wait(100)
  expect(seen).not.toHaveBeenCalled()
  clock.skippedMs += 60_000
  await vi.waitFor(() => expect(seen).toHaveBeenCalledOnce(), 5_000)
  expect(seen).toHaveBeenCalledWith({}, expect.objectContaining({ attempt: 2 }))
})

it('lets the same thing wait once', async () => {
  await jobs().add(database.postgres, 'greet', {}, { key: 'greet 7' })
  await jobs().add(database.postgres, 'greet', {}, { key: 'greet 7' })
  expect(await waiting()).toBe(1)
})

it('is done once more when it is asked for while it is at work', async () => {
  const add = () => jobs().add(database.postgres, 'greet', {}, { key: 'greet 8' })
  await add()
  const seen = vi.fn(async () => {
    if (seen.mock.calls.length > 1) return
    await add()
    await add()
  })
  await start({ handlers: { greet: seen } })
  await vi.waitFor(async () => expect(await waiting()).toBe(0), 5_000)
  expect(seen).toHaveBeenCalledTimes(2)
})

it('is not done again after the attempt that followed a failure, whatever was asked for meanwhile', async () => {
  const add = () => jobs().add(database.postgres, 'greet', {}, { key: 'greet 10' })
  await add()
  const failing = vi.fn(async () => {
    if (failing.mock.calls.length > 1) return
    await add()
    throw new Error('not yet')
  })
  await start({ handlers: { greet: failing } })
  await vi.waitFor(async () => {
    const rows = await database.postgres.rows('SELECT attempts FROM job WHERE leased_until_ts IS NULL')
    expect(rows).toEqual([{ attempts: 1 }])
  }, 5_000)
  clock.skippedMs += 5_000
  await jobs().add(database.postgres, 'greet', {}, { key: 'greet 10' })
  await vi.waitFor(async () => expect(await waiting()).toBe(0), 40_000)
  expect(failing).toHaveBeenCalledTimes(2)
})

it('hides no request behind one that has failed for good', async () => {
  await jobs().add(database.postgres, 'greet', {}, { key: 'greet 9' })
  await database.postgres.run('UPDATE job SET attempts = 20, failed_ts = 1')
  const seen = vi.fn(async () => {})
  await start({ handlers: { greet: seen } })
  await jobs().add(database.postgres, 'greet', {}, { key: 'greet 9' })
  await vi.waitFor(() => expect(seen).toHaveBeenCalledOnce(), 5_000)
})

it('comes back at every multiple of an interval, in one row', async () => {
  const handler = vi.fn(async () => {})
  const work = { handlers: {}, every: { sweep: { intervalMs: 3_600_000, handler } } }
  await start(work)
  await start(work)
  for (const times of [1, 2]) {
    clock.skippedMs += 3_600_000
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(times), 5_000)
    await wait(50)
  }
  const rows = await database.postgres.rows<{ run_ts: number }>('SELECT run_ts FROM job')
  expect(rows).toHaveLength(1)
  expect(rows[0]?.run_ts ?? 1).toSatisfy((ts: number) => ts % 3_600_000 === 0 && ts > clock.nowMs())
})

it('interrupts at a stop and goes on at the next start', async () => {
  let isInterrupted = false
  const one = await start({
    handlers: {
      slow: async (_, { signal }) => {
        await wait(60_000, undefined, { signal }).catch((error) => {
          isInterrupted = true
          throw error
        })
      },
    },
  })
  await jobs().add(database.postgres, 'slow', {})
  await vi.waitFor(async () => {
    expect(await database.postgres.row('SELECT 1 AS one FROM job WHERE leased_until_ts IS NOT NULL')).toBeDefined()
  })
  await one.stop()
  expect(isInterrupted).toBe(true)
  const seen = vi.fn(async () => {})
  await start({ handlers: { slow: seen } })
  await vi.waitFor(() => expect(seen).toHaveBeenCalledOnce(), 5_000)
})

it('refuses words where ids belong', async () => {
  await expect(jobs().add(database.postgres, 'greet', { text: 'x'.repeat(300) })).rejects.toThrow('ids only')
})
