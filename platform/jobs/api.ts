export type { JobsDeps } from './jobs.ts'
export { createJobs } from './jobs.ts'
export type { JobContext, JobHandler, JobHandlers, JobOptions, JobPayload, Jobs, RunningJobs } from './types.ts'
