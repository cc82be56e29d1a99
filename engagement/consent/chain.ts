import type { JsonObject } from '#matrix/api.ts'
import type { Clock, Random, SealingKey, Tx, Vault } from '#platform/api.ts'
import { openJson, sealJson } from '../sealed-json.ts'
import {
  type ConsentEventRow,
  chainHead,
  consentEventsOfPurpose,
  insertConsentEvent,
  lockChains,
} from '../store/consent-events.ts'
import { putConsentState } from '../store/consent-states.ts'
import { commitmentOf, evidenceHash, hashOf } from './chain-hash.ts'
import { fold } from './fold.ts'
import type { Actor, ConsentAct, ConsentDetails, ConsentSource, Holder } from './types.ts'

const purpose = 'consent.event'
const saltBytes = 16
const idBytes = 12

export type ChainDraft = {
  readonly agency: { readonly id: number; readonly key: string }
  /** Undefined for an erasure: there is nobody any more. */
  readonly holder: Holder | undefined
  readonly holderPublicId: string
  /** Of the holder. */
  readonly key: SealingKey
  readonly purpose: { readonly id: number; readonly publicId: string } | undefined
  readonly act: ConsentAct
  readonly source: ConsentSource
  readonly atMs: number
  readonly actor: Actor
  readonly details: Pick<ConsentDetails, 'language' | 'wording' | 'scope' | 'undoes'>
  readonly proof: JsonObject | undefined
  readonly undoesSeq?: number
  readonly erases?: readonly number[]
}

/** What is sealed of an event. */
export type EventContents = {
  readonly salt: string
  readonly details: ConsentDetails
  /** Who did it and what shows it, as JSON text: its bytes are what is hashed. */
  readonly evidence: string
}

export function openContents(key: SealingKey, row: Pick<ConsentEventRow, 'publicId' | 'sealed'>): EventContents {
  return openJson<EventContents>(key, purpose, row.publicId, row.sealed!)
}

/** Under a key that is not in the database. */
export function macOf(vault: Pick<Vault, 'lookupHash'>, hash: Buffer): Buffer {
  return vault.lookupHash('consent event', hash.toString('hex'))
}

type Deps = { readonly vault: Pick<Vault, 'lookupHash'>; readonly clock: Clock; readonly random: Random }

/** Appends to the chains of agencies, and keeps what is derived from them. */
export class Chain {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** In the order of the agencies; after gates and people. Whoever appends to several chains locks them all first. */
  async lock(tx: Tx, agencyIds: readonly number[]): Promise<void> {
    await lockChains(tx, [...new Set(agencyIds)])
  }

  async append(tx: Tx, draft: ChainDraft): Promise<ConsentEventRow> {
    const { agency, holder, act, source, atMs, actor, proof, key } = draft
    await lockChains(tx, [agency.id])
    const head = (await chainHead(tx, agency.id))!
    const publicId = `e${this.#deps.random.token(idBytes)}`
    const salt = this.#deps.random.bytes(saltBytes)
    const evidence = JSON.stringify({ actor, ...(proof !== undefined && { proof }) })
    const details: ConsentDetails = {
      holder: draft.holderPublicId,
      actor: actor.kind,
      ...draft.details,
      evidence: evidenceHash(evidence),
    }
    const contents: EventContents = { salt: salt.toString('base64'), details, evidence }
    const part = {
      agency: agency.key,
      seq: head.seq + 1,
      id: publicId,
      act,
      source,
      at: atMs,
      purpose: draft.purpose?.publicId ?? null,
      undoes: draft.undoesSeq ?? null,
      erases: draft.erases ?? null,
    }
    const commitment = commitmentOf(salt, details)
    const hash = hashOf({ ...part, commitment: commitment.toString('hex'), previous: head.hash.toString('hex') })
    const row: ConsentEventRow = {
      agencyId: agency.id,
      seq: part.seq,
      publicId,
      personId: holder !== undefined && 'personId' in holder ? holder.personId : null,
      addressId: holder !== undefined && 'addressId' in holder ? holder.addressId : null,
      purposeId: draft.purpose?.id ?? null,
      act,
      source,
      atTs: atMs,
      undoesSeq: part.undoes,
      erases: part.erases === null ? null : [...part.erases],
      keyId: key.id,
      sealed: sealJson(key, purpose, publicId, contents),
      commitment,
      prevHash: head.hash,
      hash,
      mac: macOf(this.#deps.vault, hash),
    }
    await insertConsentEvent(tx, row)
    await this.#derive(tx, row)
    return row
  }

  async #derive(tx: Tx, row: ConsentEventRow): Promise<void> {
    const { agencyId, personId, addressId, purposeId } = row
    if (purposeId === null) return
    const events = await consentEventsOfPurpose(tx, { personId, addressId }, purposeId)
    const now = fold(events.map(({ seq, act, atTs, undoesSeq }) => ({ seq, act, atMs: atTs, undoesSeq })))
    if (now === undefined) return
    const { state, sinceMs: sinceTs, seq } = now
    await putConsentState(tx, { agencyId, personId, addressId, purposeId, state, sinceTs, seq })
  }
}
