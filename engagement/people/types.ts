import type { Principal } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Db, SealingKey, Tx } from '#platform/api.ts'
import type { Actor, Purpose } from '../consent/types.ts'

/** Which kind of channel reaches an address. */
export type AddressKind = 'sms' | 'mail' | 'inbox'

/** One address of one agency, opened. */
export type Address = {
  readonly id: number
  readonly publicId: string
  readonly agencyId: number
  /** Undefined while nobody knows whose it is, and for an address that several people share. */
  readonly personId: number | undefined
  readonly kind: AddressKind
  /** Normalised: E.164, a mail address in lower case, the public id of whose inbox it is. */
  readonly value: string
  /** Whether somebody proved that it is hers, or an agency vouches for it. */
  readonly isVerified: boolean
  readonly isShared: boolean
  /** May be read by others than her: no sensitive word and no sign-in code goes there. */
  readonly isReadByOthers: boolean
  /** When something last certainly arrived there or came from there. */
  readonly lastGoodMs?: number
}

export type PersonState = 'active' | 'merged' | 'erased'

/** A citizen as one agency knows her, opened. */
export type Person = {
  readonly id: number
  readonly publicId: string
  readonly agencyId: number
  readonly state: PersonState
  /** As she is shown; empty once erased. */
  readonly name: string
  /** Further names by which she is found. */
  readonly otherNames: readonly string[]
  /** BCP 47; undefined while unknown. */
  readonly language: string | undefined
  /** The record that this one was merged into, when it was. */
  readonly mergedInto?: number
  /** Seals what is hers alone; undefined once erased. */
  readonly keyId?: number
  readonly createdMs: number
}

export type NewAddress = {
  readonly kind: AddressKind
  /** As somebody wrote it. */
  readonly value: string
  readonly isVerified?: boolean
  readonly isShared?: boolean
  readonly isReadByOthers?: boolean
}

export type NewPerson = {
  readonly agencyId: number
  readonly name: string
  readonly otherNames?: readonly string[]
  readonly language?: string | undefined
  readonly addresses?: readonly NewAddress[]
}

/** What is left out stays as it is. */
export type PersonChange = {
  readonly name?: string
  readonly otherNames?: readonly string[]
  readonly language?: string
}

export interface People {
  /** An address that is unknown so far becomes hers. Throws CHANCERY_CONFLICT when it belongs to somebody else. */
  create(tx: Tx, person: NewPerson): Promise<Person>
  change(tx: Tx, personId: number, to: PersonChange): Promise<Person>
  /** Throws CHANCERY_CONFLICT when it belongs to somebody else. One that is shared stays nobody's. */
  addAddress(tx: Tx, personId: number, address: NewAddress): Promise<Address>
  /** One that becomes shared is nobody's from then on. */
  changeAddress(
    tx: Tx,
    addressId: number,
    to: { isVerified?: boolean | undefined; isShared?: boolean | undefined; isReadByOthers?: boolean | undefined },
  ): Promise<Address>
  /** It was hers and is not any more: nobody's, until somebody proves whose it is. */
  dropAddress(tx: Tx, personId: number, addressId: number): Promise<void>
  byId(id: number, db?: Db): Promise<Person | undefined>
  byPublicId(publicId: string, db?: Db): Promise<Person | undefined>
  /** The record that counts for this one: itself, or the one that it was merged into. */
  rootOf(id: number, db?: Db): Promise<number>
  /** By names of the agency's people: whoever has all of the words. The newest first. */
  findByName(agencyId: number, words: string, page: { limit: number; before?: number }): Promise<Person[]>
  /** All of an agency's, the newest first. */
  page(agencyId: number, page: { limit: number; before?: number }): Promise<Person[]>
  /** `value` as `normalise` answers it. */
  addressOf(agencyId: number, kind: AddressKind, value: string, db?: Db): Promise<Address | undefined>
  addressById(id: number, db?: Db): Promise<Address | undefined>
  /** In one query; those that are gone are missing. */
  addressesByIds(ids: readonly number[], db?: Db): Promise<Map<number, Address>>
  addressByPublicId(publicId: string, db?: Db): Promise<Address | undefined>
  /** The address with its gate; born unknown, nobody's, when it is new. */
  ensureAddress(tx: Tx, agencyId: number, kind: AddressKind, value: string): Promise<Address>
  /** All that are hers, also those that came with records merged into hers. */
  addressesOf(personId: number, db?: Db): Promise<Address[]>
  /** The normalised form, or undefined for what is no address of this kind. `country`: of the agency. */
  normalise(kind: AddressKind, value: string, country: string): string | undefined
  /** Something arrived at the address for certain, or came from it. */
  markGood(db: Db, addressIds: readonly number[], atMs: number): Promise<void>
  /** What belongs to her and to nobody else is sealed under this. Throws KeyUnavailable once she is erased. */
  keyOf(personId: number, db?: Db): Promise<SealingKey>
}

/** What a citizen prefers; every field may be unsaid. */
export type Preferences = {
  /** Kinds of channels, the best first. */
  readonly channels?: readonly AddressKind[] | undefined
  readonly language?: string | undefined
  /** Hours in which nothing that can wait is sent: `HH:MM` in her time zone (IANA); may pass midnight. */
  readonly quietHours?: { readonly from: string; readonly to: string; readonly timeZone: string } | undefined
  /** Before this day (`YYYY-MM-DD`, as it begins in her time zone) nothing that can wait is sent: she is away, or ill. */
  readonly quietUntil?: { readonly day: string; readonly timeZone: string } | undefined
  readonly formats?: readonly ReadingFormat[] | undefined
}

export type ReadingFormat = 'large-print' | 'easy-language' | 'sign-language' | 'voice' | 'plain-text'

export interface PreferenceBook {
  of(personId: number, db?: Db): Promise<Preferences>
  set(tx: Tx, personId: number, preferences: Preferences): Promise<void>
}

/** Whose data an export or an erasure is about: the person, and the records merged into hers. */
export type DataSubject = {
  readonly agencyId: number
  readonly personIds: readonly number[]
  readonly addressIds: readonly number[]
}

/** What stays after an erasure, in words for the citizen. */
export type Remainder = { readonly what: string; readonly why: string }

/** What a part of Chancery holds of a citizen beside her record (conversations, sends, raw inbound). */
export interface CitizenData {
  /** The name of its member in an export. */
  readonly name: string
  export(subject: DataSubject): Promise<JsonObject | readonly JsonObject[]>
  /**
   * Before the record and its keys go. May be called again after a failure or a stop: what is done already must do no harm.
   * No row may refer to the person or her addresses by a foreign key afterwards.
   */
  erase(subject: DataSubject): Promise<readonly Remainder[]>
}

export interface CitizenRights {
  /** Parts of Chancery bring their share here, once, while they are made. */
  onRequest(data: CitizenData): void
  export(personId: number): Promise<JsonObject>
  /** Sending ends at once; what is left is finished by the server even after a stop. */
  erase(personId: number): Promise<readonly Remainder[]>
  /** Finishes what a stop of the server left undone. @returns how many people were erased. */
  finish(): Promise<number>
}

export interface Merging {
  /** The second record becomes the first's. @returns the public id of the merge. */
  merge(tx: Tx, ids: { survivorId: number; absorbedId: number }): Promise<string>
  /** The addresses that came with the record go back with it. What was ended meanwhile is ended for both. */
  undo(tx: Tx, mergeId: string, actor: Actor): Promise<void>
  /** Of the merge; undefined when there is none such. */
  agencyOf(mergeId: string): Promise<number | undefined>
  /** A new record takes some of the addresses. Undone by merging the two. */
  split(
    tx: Tx,
    wish: { personId: number; addressIds: readonly number[]; name: string; language?: string | undefined },
  ): Promise<Person>
}

export type RecordOpening = {
  readonly id: number
  /** Of the account; undefined where a program looked. */
  readonly userId: number | undefined
  readonly program: string | undefined
  readonly reason: string
  readonly atMs: number
}

export interface RecordOpenings {
  record(principal: Principal, personId: number, reason: string, db?: Db): Promise<void>
  /**
   * Lets through whoever is in an open conversation with her or opened her record with a reason lately; programs too, and that is
   * recorded. Others are refused (`reason-needed`).
   * @returns the opening that lets through; undefined where none is needed.
   */
  require(principal: Principal, personId: number): Promise<RecordOpening | undefined>
  /** The newest first, for the citizen. */
  of(personId: number, page: { limit: number; before?: number }): Promise<RecordOpening[]>
}

/** Brings a code to an address; the sends implement it. */
export interface CodeCourier {
  /** Whether anything can be brought there now. */
  reaches(address: Address): Promise<boolean>
  /** `link`: the token of a link, for a page that answers it. Says nothing that others who read along should not know. */
  bring(message: {
    address: Address
    code: string
    link: string
    language: string | undefined
    /** What she is asked to confirm; undefined: only that she reads here. */
    purpose: Purpose | undefined
  }): Promise<void>
}

export type Proven = {
  readonly addressId: number
  readonly personId: number | undefined
  /** What she agreed to with it. */
  readonly purposeId: number | undefined
}

export interface AddressCodes {
  /** Throws CHANCERY_CONFLICT (`no-channel`), M_LIMIT_EXCEEDED. `purposeId`: of a request that waits for her confirmation. */
  send(wish: {
    addressId: number
    personId?: number | undefined
    purposeId?: number | undefined
  }): Promise<{ expiresMs: number }>
  /** Throws M_FORBIDDEN (`wrong-code`); a few wrong tries end the code. */
  confirm(wish: { addressId: number; code: string }): Promise<Proven>
  confirmLink(link: string): Promise<Proven>
  /** @returns how many old codes were forgotten. */
  forgetOld(): Promise<number>
}

/** Whether somebody leads or works on an open conversation with the person; the desk implements it. */
export interface OwnConversations {
  isHers(userId: number, personId: number): Promise<boolean>
}
