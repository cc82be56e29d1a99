import type { JsonObject } from '#matrix/api.ts'
import type { Db, Tx } from '#platform/api.ts'

export type LegalBasis = 'consent' | 'legal-duty' | 'public-task' | 'emergency'

/** What an agency may write about. */
export type Purpose = {
  readonly id: number
  readonly publicId: string
  readonly agencyId: number
  /** Lower-case letters, digits and hyphens; unique in its agency. */
  readonly key: string
  readonly title: string
  readonly basis: LegalBasis
  /** Of the wording that is shown now. */
  readonly wordingVersion: number
  /** No word leaves for it any more. */
  readonly isClosed: boolean
}

/** What is shown to whoever agrees, by language. */
export type Wordings = Readonly<Record<string, string>>

export interface Purposes {
  byId(id: number, db?: Db): Promise<Purpose | undefined>
  byPublicId(publicId: string): Promise<Purpose | undefined>
  byKey(agencyId: number, key: string): Promise<Purpose | undefined>
  ofAgency(agencyId: number, db?: Db): Promise<Purpose[]>
  /** Born with the agency: key `conversation`, public task. */
  conversationPurpose(agencyId: number): Promise<Purpose>
  create(
    tx: Tx,
    wish: { agencyId: number; key: string; title: string; basis: LegalBasis; wordings: Wordings },
  ): Promise<Purpose>
  /** A new version, in all of its languages. */
  reword(tx: Tx, purposeId: number, wordings: Wordings): Promise<Purpose>
  close(tx: Tx, purposeId: number): Promise<Purpose>
  wordings(purposeId: number, version: number, db?: Db): Promise<Wordings>
}

/** Who agrees: a person or, while nobody knows whose it is, an address. */
export type Holder = { readonly personId: number } | { readonly addressId: number }

export type ConsentAct =
  | 'grant'
  | 'withdraw'
  /** Asked for; counts once it is confirmed from the address. */
  | 'request'
  | 'confirm'
  /** Takes an earlier event back: what held before it holds again. */
  | 'undo'
  /** STOP, with its scope; what it withdraws follows as events of its own. */
  | 'stop'
  | 'hold'
  | 'release'
  | 'start'
  /** The last: salts and contents of the events it names are gone. */
  | 'erase'

export type ConsentSource = 'api' | 'desk' | 'page' | 'sms' | 'mail' | 'inbox' | 'import' | 'provider' | 'system'

/** Who did it. `userId`: of the account, when it was one of the staff. */
export type Actor =
  | { readonly kind: 'citizen' }
  | { readonly kind: 'staff'; readonly userId: number }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'system' }

export type ConsentWish = {
  readonly agencyId: number
  readonly holder: Holder
  readonly purposeId: number
  readonly act: 'grant' | 'withdraw' | 'request' | 'confirm'
  readonly source: ConsentSource
  /** Of the wording that was shown. Left out: the agency's. */
  readonly language?: string | undefined
  /** Left out: the one that is shown now. */
  readonly wordingVersion?: number | undefined
  readonly actor: Actor
  /** What shows that it was so: an id of a message, a form, an address. Kept sealed. */
  readonly proof?: JsonObject | undefined
  readonly atMs?: number | undefined
}

export type ConsentEvent = {
  readonly agencyId: number
  /** Place in the agency's chain, from 1. */
  readonly seq: number
  readonly publicId: string
  readonly holder: Holder | undefined
  /** Undefined where it is about more than one (a STOP of the agency). */
  readonly purposeId: number | undefined
  readonly act: ConsentAct
  readonly source: ConsentSource
  readonly atMs: number
  /** Undefined once erased. */
  readonly details: ConsentDetails | undefined
}

export type ConsentDetails = {
  readonly holder: string
  readonly actor: Actor['kind']
  readonly language?: string
  readonly wording?: { readonly version: number; readonly sha256: string }
  readonly scope?: 'programme' | 'agency' | 'government'
  /** Id of the event that an undo takes back. */
  readonly undoes?: string
  /** SHA-256 over what is kept as proof. */
  readonly evidence: string
}

/** What a citizen keeps: everything that is needed to check it without this server. docs/reference/consent-receipts.md */
export type ConsentReceipt = JsonObject

export type Consenting = 'granted' | 'requested' | 'withdrawn'

/** What holds now for one purpose. Missing: nobody ever agreed. */
export type ConsentStanding = {
  readonly purposeId: number
  readonly state: Consenting
  readonly sinceMs: number
  readonly seq: number
}

/** Why nothing may be sent to an address, whatever the person agreed to. */
export type SuppressionReason = 'stopped' | 'held' | 'bounced' | 'complained' | 'provider-stopped'

export type StopScope = { readonly purposeId: number } | 'agency' | 'government'

export type StopWish = {
  readonly addressId: number
  readonly scope: StopScope
  /** Id of the channel that it came by. */
  readonly channelId: string
  readonly source: ConsentSource
  readonly actor?: Actor
  /** The same key again changes nothing. */
  readonly proofKey: string
  readonly proof?: JsonObject
  readonly atMs: number
}

/** A STOP that is in force; `purposeId` undefined: of everything that rests on consent. */
export type AddressStop = {
  readonly scope: 'programme' | 'agency' | 'government'
  readonly purposeId: number | undefined
  readonly atMs: number
}

export type Stopped = {
  /** False when this proof had been acted upon before. */
  readonly isNew: boolean
  /** What ended: purposes of the address' own agency. */
  readonly purposeIds: readonly number[]
  /** Of a STOP: the event that tells of it. */
  readonly eventId?: string
}

export interface Consent {
  /** A withdrawal of a person also ends what her addresses agreed to by themselves. Shuts the gates that it needs. */
  record(tx: Tx, wish: ConsentWish): Promise<ConsentEvent>
  /** Within 30 days, and only the newest event of holder and purpose. Throws CHANCERY_CONFLICT. */
  undo(
    tx: Tx,
    wish: { eventId: string; source: ConsentSource; actor: Actor; proof?: JsonObject; atMs?: number },
  ): Promise<ConsentEvent>
  /** STOP: withdraws, and suppresses by the hash of the address. */
  stop(tx: Tx, wish: StopWish): Promise<Stopped>
  /** Unsure whether it was a STOP: nothing leaves for the programme until it is released or becomes a STOP. */
  hold(tx: Tx, wish: StopWish & { scope: { readonly purposeId: number } }): Promise<Stopped>
  /** It was none. */
  release(tx: Tx, wish: StopWish & { scope: { readonly purposeId: number } }): Promise<void>
  /**
   * START, after it was confirmed where the channel can be forged: lifts STOPs of the address, and grants again what they ended.
   * `ofProof`: the STOP of this proof key and no other.
   */
  start(tx: Tx, wish: StopWish & { readonly ofProof?: string }): Promise<Stopped>
  /** The provider takes nothing more from this sender for this address (Twilio 21610) until START. */
  closeSender(tx: Tx, wish: { addressId: number; channelId: string; proofKey: string; atMs: number }): Promise<void>
  /** Bounce or complaint. */
  suppress(
    tx: Tx,
    wish: { addressId: number; reason: 'bounced' | 'complained'; proofKey: string; atMs: number },
  ): Promise<void>
  /** Every inbound message marks its address. */
  markWritten(tx: Tx, addressId: number, atMs: number): Promise<void>
  hasWrittenSince(db: Db, addressId: number, atMs: number): Promise<boolean>
  /** STOPs of an address that are in force, for whoever proved that it is hers. */
  stopsOn(addressId: number): Promise<AddressStop[]>
  /** What holds for a person and the records merged into hers, or for an address by itself. */
  standing(holder: Holder, db?: Db): Promise<ConsentStanding[]>
  /** The newest first. */
  history(holder: Holder, page?: { limit: number; beforeSeq?: number }): Promise<ConsentEvent[]>
  /** Without its details. */
  event(eventId: string): Promise<ConsentEvent | undefined>
  receipt(eventId: string): Promise<ConsentReceipt | undefined>
  /** Reads the whole chain of an agency, and compares what is derived from it. `kept`: a head that it told before. */
  verify(agencyId: number, kept?: string): Promise<ChainReport>
  /** Derives `consent_state` anew from the events; from a chain that is not whole, nothing. */
  rebuild(agencyId: number): Promise<ChainReport>
}

export type ChainFault = {
  readonly kind: 'altered' | 'missing' | 'reordered' | 'head' | 'state'
  readonly seq: number
  /** A sentence for operators. */
  readonly message: string
}

export type ChainReport = {
  readonly agencyId: number
  /** Events that were read and found whole. */
  readonly events: number
  /** SHA-256 of the newest one, in hex: whoever keeps it can show later that nothing before it was changed. */
  readonly head: string
  readonly fault?: ChainFault
}
