export type { DataDirectory, DataDirectoryOptions } from './data-directory.ts'
export { defaultMasterKeyFile, openDataDirectory } from './data-directory.ts'
export { durableCreate, durableWrite, syncFolder } from './durable-write.ts'
export { fileSystemRefusal, StartRefused } from './start-refused.ts'
