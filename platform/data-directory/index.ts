export type { DataDirectoryOptions } from './data-directory.ts'
export { defaultMasterKeyFile, openDataDirectory } from './data-directory.ts'
