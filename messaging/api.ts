/**
 * Rooms and what is said in them: events, sync, receipts, profiles, files.
 */
export type { Appended, Draft, Sender, Transaction } from './events/draft.ts'
export type { StoredEvent } from './events/stored-event.ts'
export type { MediaSettings } from './media/settings.ts'
export type { PeopleSearchScope, RoomMoment, RoomView, SendGuard } from './ports.ts'
export type { RoomWish } from './rooms/new-room-state.ts'
export { wordsOf } from './search/words.ts'
export type { MessagesWish, ServiceFile, ServiceRooms, ServiceState, ServiceWords } from './service/types.ts'
