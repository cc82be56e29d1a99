export type { JobContext, JobHandler, JobHandlers, JobOptions, JobPayload, Jobs, RunningJobs } from './types.ts'
