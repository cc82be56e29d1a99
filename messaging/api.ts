/**
 * Rooms and what is said in them: events, sync, receipts, profiles, files.
 */
export type { Appended, Draft, Sender, Transaction } from './events/draft.ts'
export type { MediaSettings } from './media/settings.ts'
export type { PeopleSearchScope, SendGuard } from './ports.ts'
