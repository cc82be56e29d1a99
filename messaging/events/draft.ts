import type { Membership } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { StoredEvent } from './stored-event.ts'

/** Who speaks: the internal and the Matrix id of a person. */
export type Sender = { readonly userId: number; readonly matrixId: string }

/** A transaction id of a client, bound to its device and path. */
export type Transaction = {
  /** SHA-256 of user, device, path and transaction id. */
  readonly key: Buffer
  readonly deviceId: string
  readonly transactionId: string
}

/** What somebody wants to say, before the room makes an event of it. */
export type Draft = {
  readonly type: string
  readonly sender: Sender
  readonly content: JsonObject
  /** Present for state events, even when empty. */
  readonly stateKey?: string
  /** For redactions: the event that goes. */
  readonly redacts?: StoredEvent
  /**
   * For redactions of state: the event that replaced it, whose `prev_content` goes with it. For redactions of redactions: what
   * they redacted, which repeats their reason.
   */
  readonly successor?: StoredEvent
  /** State that the draft rests on: when another event is held by then, or none any more, `Overtaken` is thrown. */
  readonly onlyWhileHeld?: { readonly type: string; readonly stateKey: string; readonly eventId: string | undefined }
  readonly transaction?: Transaction
  /** For member events: whose membership it is. */
  readonly target?: Sender
  /** The sender's membership that the draft rests on: when it is another one by then, the draft is refused. */
  readonly onlyWhile?: Membership
  /** The thread that it belongs to, where that is not the main timeline; found by the writer. */
  readonly thread?: string
  /** When it was said, where that is not now: milliseconds since 1970. */
  readonly originTs?: number
  /** For how long it sticks. */
  readonly stickyMs?: number
}

/** What a draft rests on has changed. It is to be made anew. */
export class Overtaken extends Error {}

export type Appended = { readonly event: StoredEvent; readonly position: number }
