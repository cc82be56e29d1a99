import type { Draft } from './events/draft.ts'

/**
 * Asked before a write is accepted; throws a `Refusal` to stop it. Records and labels implement it and `server/` plugs
 * them in.
 */
export interface SendGuard {
  check(roomId: number, draft: Draft): void | Promise<void>
}

/** Whom a search for people finds: all of the server, or those who share a room with the searcher or are in a public one. */
export type PeopleSearchScope = 'everybody' | 'acquainted'
