export type { ConfigProblem } from './config-refused.ts'
export { ConfigRefused } from './config-refused.ts'
export type { Config, ReadConfig } from './read-config.ts'
export type { ShownSettings } from './shown-settings.ts'
