import type { Draft } from './events/draft.ts'

/**
 * Asked before a write is accepted; throws a `Refusal` to stop it. Records and labels implement it and `server/` plugs
 * them in.
 */
export interface SendGuard {
  check(roomId: number, draft: Draft): void | Promise<void>
}
