export { readConfig } from './config.ts'
export { optionsHelp } from './reference.ts'
