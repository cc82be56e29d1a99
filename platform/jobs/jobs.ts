import { once } from 'node:events'
import type { Postgres } from '../postgres/types.ts'
import {
  failJob,
  insertJob,
  type Job,
  jobChannel,
  leaseJob,
  nextDueTs,
  postponeJob,
  removeJob,
  renewJob,
  upsertEveryJob,
} from './store/job.ts'
import type { JobHandler, JobHandlers, JobPayload, Jobs, RunningJobs } from './types.ts'

export type JobsDeps = {
  readonly postgres: Postgres
  readonly clock: { nowMs(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  /** Told about every attempt that failed. */
  readonly onFailure?: (failure: {
    name: string
    jobId: number
    attempt: number
    isLast: boolean
    error: unknown
  }) => void
}

/** Jobs at work in one process. They are rare; the rest of the machine belongs to people who wait. */
const workersMax = 2
/** A server that died is noticed after this; a living one renews three times as often. */
const leaseMs = 60_000
/** Notices are hints, so the table is looked at this often anyway. */
const pollMs = 30_000
/** A job that is due and cannot be taken must not make a worker spin. */
const restMsMin = 20
const retryMsMin = 5_000
const retryMsMax = 3_600_000
/** With the delays above, the last attempt is about half a day after the first. */
const attemptsMax = 20
const payloadTextMax = 255

export function createJobs(deps: JobsDeps): Jobs {
  return {
    async add(db, name, payload, options = {}) {
      checkPayload(name, payload)
      await insertJob(db, name, options.key, payload, options.runAtMs ?? deps.clock.nowMs())
    },
    start: (work) => startJobs(deps, work),
  }
}

async function startJobs(deps: JobsDeps, work: JobHandlers): Promise<RunningJobs> {
  const { postgres, clock } = deps
  const handlers = new Map<string, JobHandler>(Object.entries(work.handlers))
  for (const [name, { intervalMs, handler }] of Object.entries(work.every ?? {})) {
    handlers.set(name, handler)
    await upsertEveryJob(postgres, name, intervalMs, nextTime(clock.nowMs(), intervalMs))
  }
  const names = [...handlers.keys()]
  const stopping = new AbortController()
  const bell = new EventTarget()
  const unlisten = await postgres.listen(jobChannel, () => bell.dispatchEvent(new Event('ring')))

  /** Until somebody rings, the next job is due, or it is time to look again. */
  async function rest(): Promise<void> {
    const awake = new AbortController()
    const signal = AbortSignal.any([stopping.signal, awake.signal])
    // Heard from before the table is read, so that nothing falls between.
    const rung = once(bell, 'ring', { signal }).catch(() => {})
    try {
      const due = await nextDueTs(postgres, names).catch(() => undefined)
      const ms = Math.max(restMsMin, Math.min(pollMs, (due ?? Infinity) - clock.nowMs()))
      await Promise.race([rung, clock.sleep(ms, signal).catch(() => {})])
    } finally {
      awake.abort()
    }
  }

  async function workOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const nowMs = clock.nowMs()
      const job = await leaseJob(postgres, nowMs, nowMs + leaseMs, names).catch(() => undefined)
      if (job === undefined) await rest()
      else await perform(deps, job, handlers.get(job.name) as JobHandler, stopping.signal).catch(() => {})
    }
  }

  const workers = Array.from({ length: workersMax }, workOn)
  return {
    async stop() {
      stopping.abort()
      await Promise.all([...workers, unlisten()])
    },
  }
}

async function perform(deps: JobsDeps, job: Job, handler: JobHandler, stopping: AbortSignal): Promise<void> {
  const { postgres, clock } = deps
  const over = new AbortController()
  const lost = new AbortController()
  const renewing = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(leaseMs / 3, over.signal)
      if (!(await renewJob(postgres, job, clock.nowMs() + leaseMs))) return lost.abort()
    }
  })().catch(() => {})
  try {
    await handler(job.payload, { signal: AbortSignal.any([stopping, lost.signal]), attempt: job.attempts })
    if (job.every_ms === null) await removeJob(postgres, job)
    else await postponeJob(postgres, job, nextTime(clock.nowMs(), job.every_ms), true)
  } catch (error) {
    await afterFailure(deps, job, error, stopping.aborted)
  } finally {
    over.abort()
    await renewing
  }
}

async function afterFailure(deps: JobsDeps, job: Job, error: unknown, isStopping: boolean): Promise<void> {
  const nowMs = deps.clock.nowMs()
  // Interrupted by a stop: the next start goes on with it.
  if (isStopping) return postponeJob(deps.postgres, job, nowMs, false)
  const isLast = job.attempts >= attemptsMax && job.every_ms === null
  deps.onFailure?.({ name: job.name, jobId: job.id, attempt: job.attempts, isLast, error })
  if (isLast) return failJob(deps.postgres, job, nowMs)
  const delayMs = Math.min(retryMsMin * 2 ** Math.min(job.attempts - 1, 20), retryMsMax)
  await postponeJob(deps.postgres, job, nowMs + delayMs, false)
}

/** The next multiple of an interval since 1970. */
function nextTime(nowMs: number, intervalMs: number): number {
  return (Math.floor(nowMs / intervalMs) + 1) * intervalMs
}

function checkPayload(name: string, payload: JobPayload): void {
  for (const value of Object.values(payload).flat()) {
    const isId = typeof value !== 'object' && (typeof value !== 'string' || value.length <= payloadTextMax)
    if (!isId) throw new Error(`The job "${name}" may carry ids only: everything in its table is readable at rest.`)
  }
}
