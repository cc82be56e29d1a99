export type { JobsDeps } from './jobs.ts'
export { createJobs } from './jobs.ts'
