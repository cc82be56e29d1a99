export type { DataDirectory } from './data-directory.ts'
export { durableCreate, durableWrite, syncFolder } from './durable-write.ts'
export { fileSystemRefusal, StartRefused } from './start-refused.ts'
export type { TestClockFile } from './test-clock.ts'
