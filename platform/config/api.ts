export type { Config, ConfigDeps, LogLevel, ReadConfig } from './config.ts'
export { type ConfigProblem, ConfigRefused } from './config-refused.ts'
