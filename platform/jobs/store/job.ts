import { type Db, sql } from '../../postgres/types.ts'

/** Table `job`: see its comments in the migration. Times are milliseconds of the server's clock. */
export type Job = {
  id: number
  name: string
  payload: unknown
  every_ms: number | null
  attempts: number
}

/** Wakes every server that works on jobs; sent with the commit that adds one. */
export const jobChannel = 'chancery_job'

const insert = sql(
  'job_insert',
  `WITH added AS (
     INSERT INTO job (name, key, payload, run_ts) VALUES ($1, $2, $3, $4)
     ON CONFLICT (key) DO UPDATE
     SET again_ts = CASE WHEN job.failed_ts IS NULL THEN least(job.again_ts, excluded.run_ts) END,
         run_ts = CASE WHEN job.failed_ts IS NULL THEN job.run_ts ELSE excluded.run_ts END,
         attempts = CASE WHEN job.failed_ts IS NULL THEN job.attempts ELSE 0 END,
         failed_ts = NULL
     WHERE job.leased_until_ts IS NOT NULL OR job.failed_ts IS NOT NULL
     RETURNING id
   )
   SELECT pg_notify('${jobChannel}', '') FROM added`,
)

/** A changed interval takes effect at once; what fails goes on at its next time, so it never stays failed. */
const upsertEvery = sql(
  'job_upsert_every',
  `INSERT INTO job (name, key, payload, every_ms, run_ts) VALUES ($1, 'every ' || $1, '{}', $2, $3)
   ON CONFLICT (key) DO UPDATE SET every_ms = excluded.every_ms, run_ts = excluded.run_ts, failed_ts = NULL
   WHERE job.every_ms IS DISTINCT FROM excluded.every_ms`,
)

/** SKIP LOCKED: two servers that look at the same moment take two different jobs. */
const lease = sql(
  'job_lease',
  `UPDATE job SET leased_until_ts = $2, attempts = attempts + 1
   WHERE id = (
     SELECT id FROM job
     WHERE failed_ts IS NULL AND run_ts <= $1 AND name = ANY($3) AND (leased_until_ts IS NULL OR leased_until_ts < $1)
     ORDER BY run_ts LIMIT 1 FOR UPDATE SKIP LOCKED
   )
   RETURNING id, name, payload, every_ms, attempts`,
)

/** `attempts` names the lease: whoever lost his leaves the row to the next one. */
const renew = sql('job_renew', 'UPDATE job SET leased_until_ts = $3 WHERE id = $1 AND attempts = $2')
const remove = sql(
  'job_remove',
  `WITH again AS (
     UPDATE job SET run_ts = again_ts, again_ts = NULL, leased_until_ts = NULL, attempts = 0
     WHERE id = $1 AND attempts = $2 AND again_ts IS NOT NULL
     RETURNING id
   )
   DELETE FROM job WHERE id = $1 AND attempts = $2 AND again_ts IS NULL AND NOT EXISTS (SELECT FROM again)`,
)
/** What was asked for again meanwhile is done by the next attempt as well. */
const postpone = sql(
  'job_postpone',
  `UPDATE job SET run_ts = $3, again_ts = NULL, leased_until_ts = NULL, attempts = CASE WHEN $4 THEN 0 ELSE attempts END
   WHERE id = $1 AND attempts = $2`,
)
const fail = sql('job_fail', 'UPDATE job SET failed_ts = $3, leased_until_ts = NULL WHERE id = $1 AND attempts = $2')
const nextDue = sql(
  'job_next_due',
  `SELECT min(greatest(run_ts, coalesce(leased_until_ts, 0))) AS due
   FROM job WHERE failed_ts IS NULL AND name = ANY($1)`,
)

export async function insertJob(
  db: Db,
  name: string,
  key: string | undefined,
  payload: unknown,
  runTs: number,
): Promise<void> {
  await db.rows(insert, [name, key ?? null, JSON.stringify(payload), runTs])
}

export async function upsertEveryJob(db: Db, name: string, intervalMs: number, runTs: number): Promise<void> {
  await db.run(upsertEvery, [name, intervalMs, runTs])
}

export function leaseJob(db: Db, nowTs: number, untilTs: number, names: readonly string[]): Promise<Job | undefined> {
  return db.row<Job>(lease, [nowTs, untilTs, names])
}

/** False when the lease is lost. */
export async function renewJob(db: Db, job: Job, untilTs: number): Promise<boolean> {
  return (await db.run(renew, [job.id, job.attempts, untilTs])) > 0
}

export async function removeJob(db: Db, job: Job): Promise<void> {
  await db.run(remove, [job.id, job.attempts])
}

export async function postponeJob(db: Db, job: Job, runTs: number, isFreshStart: boolean): Promise<void> {
  await db.run(postpone, [job.id, job.attempts, runTs, isFreshStart])
}

export async function failJob(db: Db, job: Job, nowTs: number): Promise<void> {
  await db.run(fail, [job.id, job.attempts, nowTs])
}

/** When the next job of these names can be taken; undefined when none waits. */
export async function nextDueTs(db: Db, names: readonly string[]): Promise<number | undefined> {
  return (await db.row<{ due: number | null }>(nextDue, [names]))?.due ?? undefined
}
