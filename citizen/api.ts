/** What citizens see: pages that work without scripts. */
export type { Session } from './sessions/sessions.ts'
