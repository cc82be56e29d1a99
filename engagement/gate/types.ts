import type { Tx } from '#platform/api.ts'

export type GateReason =
  | 'no-consent'
  | 'stopped'
  | 'held'
  | 'bounced'
  | 'complained'
  | 'provider-stopped'
  | 'erased'
  | 'not-hers'

export type GateAsk = {
  readonly addressId: number
  /** Whom the words are for; undefined in a conversation of an address that nobody knows. */
  readonly personId: number | undefined
  readonly purposeId: number
  /** The sender; providers close single ones. */
  readonly channelId: string
  readonly nowMs: number
}

export type GateAnswer =
  | { readonly isOpen: true }
  /** `message`: a plain sentence for staff. */
  | { readonly isOpen: false; readonly reason: GateReason; readonly message: string }

/**
 * Every address has one gate, shared by all agencies that know the address. Sends pass it together; whatever ends a permission
 * shuts it first. So no send that saw the permission is committed after what ended it.
 */
export interface Gates {
  /**
   * Inside the transaction that commits `sending`, before anything else is locked in it: locks the gate FOR SHARE, then reads
   * consent, suppression and the person's state. Nothing that was read before counts.
   */
  pass(tx: Tx, ask: GateAsk): Promise<GateAnswer>
  /** The same for many, whose gates are locked in one order for all. Answers in the order of the asks. */
  passAll(tx: Tx, asks: readonly GateAsk[]): Promise<GateAnswer[]>
  /** FOR UPDATE, in one order for all. */
  shut(tx: Tx, addressIds: readonly number[]): Promise<void>
}
