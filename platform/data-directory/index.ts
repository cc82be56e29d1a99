export type { DataDirectoryOptions } from './data-directory.ts'
export { openDataDirectory } from './data-directory.ts'
