import type { Db } from '../postgres/types.ts'

/** Ids of what a job is about. Words that people wrote do not belong here: this is readable at rest. */
export type JobPayload = Readonly<Record<string, number | string | boolean | readonly (number | string)[]>>

export type JobContext = {
  /** Aborted when the server stops or the lease is lost. */
  readonly signal: AbortSignal
  /** 1 for the first try. */
  readonly attempt: number
}

/** Does one job. It may be called again for work that was done (a crash before the note of it), so it must not mind. */
export type JobHandler = (payload: any, context: JobContext) => Promise<void>

export type JobOptions = {
  /** Not before this, milliseconds since 1970. By default at once. */
  readonly runAtMs?: number
  /**
   * While a job with this key waits, adding it again changes nothing. One that is at work already may have missed what
   * the request is about, so it is done once more afterwards; one that has failed for good begins anew.
   */
  readonly key?: string
}

export type JobHandlers = {
  readonly handlers: Readonly<Record<string, JobHandler>>
  /** Handlers by name that run at each multiple of an interval since 1970 (UTC): an hour is the full hour. */
  readonly every?: Readonly<Record<string, { readonly intervalMs: number; readonly handler: JobHandler }>>
}

export interface RunningJobs {
  /** Takes no new job and waits for those at work, whose signals are aborted. */
  stop(): Promise<void>
}

/** Work for later. Rare things only: what follows every event is a reader of the log, never a job. */
export interface Jobs {
  /** Adds a job in the caller's transaction: it exists if and only if that commits. */
  add(db: Db, name: string, payload: JobPayload, options?: JobOptions): Promise<void>
  /** Starts to work. Called once, at composition, with every handler that this process has. */
  start(work: JobHandlers): Promise<RunningJobs>
}
