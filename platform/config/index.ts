export { ConfigRefused } from './config-refused.ts'
export { type ConfigSources, readConfig } from './read-config.ts'
export { optionsHelp } from './reference.ts'
export { shownSettings } from './shown-settings.ts'
