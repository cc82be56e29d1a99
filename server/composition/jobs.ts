import {
  type Clock,
  type JobHandlers,
  type Limits,
  type Logger,
  type Postgres,
  type RunningJobs,
  limits as usual,
} from '#platform/api.ts'
import { createJobs } from '#platform/index.ts'
import type { Chancery } from './platform.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const { catchUpEveryMs, hookDays } = usual

/** What is done now and then: forgetting what has served its time. */
export function startJobs(deps: {
  postgres: Postgres
  clock: Clock
  logger: Logger
  chancery: Chancery
  limits: Pick<Limits, 'transactionIdDays' | 'slidingConnectionDays'>
}): Promise<RunningJobs> {
  const { postgres, clock, logger, chancery, limits } = deps
  const jobs = createJobs({
    postgres,
    clock,
    onFailure({ name, jobId, attempt, isLast, error }) {
      const detail = isLast ? 'It is not tried again.' : 'It is tried again later.'
      logger.error('jobs.failed', { operation: name, job: jobId, attempt, detail, error })
    },
  })
  const counted = (event: string, work: () => Promise<number>) => async () => {
    logger.info(event, { count: await work() })
  }
  return jobs.start({
    handlers: {},
    every: {
      'forget-transaction-ids': {
        intervalMs: hourMs,
        handler: async () => {
          const before = clock.nowMs() - limits.transactionIdDays * dayMs
          const count = await chancery.messaging.forgetBefore(before)
          await chancery.identity.forgetBefore(clock.nowMs())
          logger.info('transactions.forgotten', { count })
        },
      },
      'forget-sliding-connections': {
        intervalMs: dayMs,
        handler: async () => {
          const before = clock.nowMs() - limits.slidingConnectionDays * dayMs
          const count = await chancery.messaging.forgetConnectionsBefore(before)
          logger.info('sliding_connections.forgotten', { count })
        },
      },
      'forget-announced-files': {
        intervalMs: hourMs,
        handler: counted('media.announcements_forgotten', () => chancery.messaging.media.forgetPending()),
      },
      'finish-departures': {
        intervalMs: hourMs,
        handler: async () => {
          const count = await chancery.identity.departures.finish()
          if (count > 0) logger.info('departures.finished', { count })
        },
      },
      'forget-previews': {
        intervalMs: dayMs,
        handler: counted('media.previews_forgotten', () => chancery.messaging.previews.forgetOld()),
      },
      ...channelJobs(chancery, clock, counted),
      'sweep-blobs': {
        intervalMs: dayMs,
        handler: async () => {
          const { removed } = await chancery.blobs.sweep()
          logger.info('blobs.swept', { count: removed })
        },
      },
    },
  })
}

type Counted = (event: string, work: () => Promise<number>) => () => Promise<void>

function channelJobs(
  { channels, engagement, citizen }: Chancery,
  clock: Clock,
  counted: Counted,
): NonNullable<JobHandlers['every']> {
  return {
    'finish-erasures': {
      intervalMs: hourMs,
      handler: counted('erasures.finished', () => engagement.rights.finish()),
    },
    'forget-answers': {
      intervalMs: dayMs,
      handler: counted(
        'answers.forgotten',
        async () => (await engagement.idempotency.forgetOld()) + (await engagement.codes.forgetOld()),
      ),
    },
    'forget-handled-messages': {
      intervalMs: dayMs,
      // Twice as long as the messages themselves can come again.
      handler: counted('sends.messages_forgotten', () =>
        engagement.sends.forgetBefore(clock.nowMs() - 2 * hookDays * dayMs),
      ),
    },
    'forget-citizen-sessions': {
      intervalMs: hourMs,
      handler: counted('citizen.sessions_forgotten', () => citizen.forgetBefore(clock.nowMs())),
    },
    'catch-up-hooks': {
      intervalMs: catchUpEveryMs,
      handler: (_, { signal }) => channels.catchUp(signal).then(() => undefined),
    },
    'forget-hooks': {
      intervalMs: hourMs,
      handler: counted('channels.hooks_forgotten', () => channels.forgetBefore(clock.nowMs() - hookDays * dayMs)),
    },
  }
}
