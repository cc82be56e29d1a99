import { type Db, KeyUnavailable, limits, SealBroken, type SealingKey, type Tx, type Vault } from '#platform/api.ts'
import { type ChainedRow, chainedEvents, chainHead, seqFollowing } from '../store/consent-events.ts'
import { consentStatesOfAgency } from '../store/consent-states.ts'
import { macOf, openContents } from './chain.ts'
import { commitmentOf, evidenceHash, firstHash, hashOf } from './chain-hash.ts'
import { type FoldEvent, fold } from './fold.ts'
import type { ChainFault, ChainReport } from './types.ts'

type Vaults = Pick<Vault, 'keys' | 'lookupHash'>
type Agency = { readonly id: number; readonly key: string }

/** Events of each holder and purpose, as the state is derived from them. */
export type Histories = Map<string, FoldEvent[]>

/**
 * Reads the whole chain of an agency in one snapshot, and names the first event that is altered, missing or out of its place.
 * A whole chain is then held against what was derived from it. `kept` is the hash of an event, in hex, that somebody kept
 * elsewhere: whoever takes away the end of a chain leaves a chain that is whole, and without that event.
 */
export async function verifyChain(tx: Tx, vault: Vaults, agency: Agency, kept?: string): Promise<ChainReport> {
  const walk = new ChainWalk(tx, vault, agency, kept)
  const faultOfEvents = (await walk.run()) ?? walk.keptFault() ?? walk.erasureFault()
  const fault = faultOfEvents ?? (await stateFault(tx, agency.id, walk.histories))
  const { events, last } = walk
  const report = { agencyId: agency.id, events, head: last.toString('hex') }
  return fault === undefined ? report : { ...report, fault }
}

export class ChainWalk {
  events = 0
  last: Buffer
  readonly histories: Histories = new Map()
  readonly #tx: Tx
  readonly #vault: Vaults
  readonly #agency: Agency
  readonly #empty: number[] = []
  readonly #erased = new Set<number>()
  readonly #kept: string | undefined
  #isKeptThere: boolean

  constructor(tx: Tx, vault: Vaults, agency: Agency, kept?: string) {
    this.#tx = tx
    this.#vault = vault
    this.#agency = agency
    this.last = firstHash(agency.key)
    this.#kept = kept
    this.#isKeptThere = kept === undefined || kept === this.last.toString('hex')
  }

  async run(): Promise<ChainFault | undefined> {
    const { id } = this.#agency
    for (;;) {
      const rows = await chainedEvents(this.#tx, id, this.events, limits.consentPageMax)
      if (rows.length === 0) break
      const keys = await this.#vault.keys(
        rows.flatMap(({ keyId }) => keyId ?? []),
        this.#tx,
      )
      for (const row of rows) {
        const fault = await this.#step(row, keys)
        if (fault !== undefined) return fault
      }
    }
    const head = await chainHead(this.#tx, id)
    if (head !== undefined && head.seq > this.events) return this.#absent()
    if (head?.seq === this.events && head.hash.equals(this.last)) return undefined
    return { kind: 'head', seq: this.events, message: 'The note of the newest event is not that of the newest event.' }
  }

  async #step(row: ChainedRow, keys: ReadonlyMap<number, SealingKey>): Promise<ChainFault | undefined> {
    const seq = this.events + 1
    if (row.seq !== seq) return this.#absent()
    if (!row.prevHash.equals(this.last)) {
      const elsewhere = await seqFollowing(this.#tx, this.#agency.id, this.last, seq)
      return elsewhere === undefined ? altered(seq, 'what it follows') : reordered(seq, elsewhere)
    }
    const wrong = this.#wrongIn(row, keys)
    if (wrong !== undefined) return altered(seq, wrong)
    this.#remember(row)
    this.events = seq
    this.last = row.hash
    if (!this.#isKeptThere) this.#isKeptThere = row.hash.toString('hex') === this.#kept
    return undefined
  }

  /** The event that belongs here is gone, or stands somewhere else. */
  async #absent(): Promise<ChainFault> {
    const seq = this.events + 1
    const elsewhere = await seqFollowing(this.#tx, this.#agency.id, this.last, seq)
    if (elsewhere !== undefined) return reordered(seq, elsewhere)
    return { kind: 'missing', seq, message: `Event ${seq} is missing.` }
  }

  #wrongIn(row: ChainedRow, keys: ReadonlyMap<number, SealingKey>): string | undefined {
    const { prevHash, commitment } = row
    const part = { ...publicPartOf(row, this.#agency.key), commitment: commitment.toString('hex') }
    if (!hashOf({ ...part, previous: prevHash.toString('hex') }).equals(row.hash)) return 'what is readable of it'
    if (!macOf(this.#vault, row.hash).equals(row.mac)) return 'its seal'
    if (row.personId !== null && row.addressId !== null) return 'whose it is'
    if (row.sealed === null) return hasHolder(row) || row.keyId !== null ? 'whose it is' : undefined
    const key = keys.get(row.keyId ?? -1)
    if (key === undefined) return 'its key'
    try {
      const { salt, details, evidence } = openContents(key, row)
      if (!commitmentOf(Buffer.from(salt, 'base64'), details).equals(commitment)) return 'its contents'
      if (evidenceHash(evidence) !== details.evidence) return 'its proof'
      // An erasure has nobody any more.
      return row.act === 'erase' || details.holder === row.holderPublicId ? undefined : 'whose it is'
    } catch (error) {
      if (error instanceof SealBroken || error instanceof KeyUnavailable) return 'its contents'
      throw error
    }
  }

  #remember(row: ChainedRow): void {
    for (const seq of row.erases ?? []) this.#erased.add(seq)
    if (row.sealed === null) this.#empty.push(row.seq)
    if (row.purposeId === null || !hasHolder(row)) return
    const name = nameOf(row.personId, row.addressId, row.purposeId)
    const history = this.histories.get(name) ?? []
    history.push({ seq: row.seq, act: row.act, atMs: row.atTs, undoesSeq: row.undoesSeq })
    this.histories.set(name, history)
  }

  keptFault(): ChainFault | undefined {
    if (this.#isKeptThere) return undefined
    const seq = this.events + 1
    return { kind: 'missing', seq, message: 'The event whose hash was kept is missing: the chain ends before it.' }
  }

  /** Contents are gone rightly where an erasure says so. */
  erasureFault(): ChainFault | undefined {
    const seq = this.#empty.find((one) => !this.#erased.has(one))
    return seq === undefined ? undefined : altered(seq, 'its contents, which no erasure took')
  }
}

/** What stands derived, against what the events say. The event that is named is the one that the state should come from. */
async function stateFault(db: Db, agencyId: number, histories: Histories): Promise<ChainFault | undefined> {
  const rows = await consentStatesOfAgency(db, agencyId)
  const stored = new Map(rows.map((row) => [nameOf(row.personId, row.addressId, row.purposeId), row]))
  const wrong: number[] = []
  for (const [name, history] of histories) {
    const now = fold(history)
    const row = stored.get(name)
    stored.delete(name)
    if (now === undefined && row === undefined) continue
    const isRight = row?.state === now?.state && row?.sinceTs === now?.sinceMs && row?.seq === now?.seq
    if (!isRight) wrong.push(now?.seq ?? row?.seq ?? 0)
  }
  for (const row of stored.values()) wrong.push(row.seq)
  if (wrong.length === 0) return undefined
  const seq = Math.min(...wrong)
  return { kind: 'state', seq, message: `What is derived from event ${seq} is not what it says. Rebuild it.` }
}

export function publicPartOf(row: ChainedRow, agencyKey: string) {
  const { seq, publicId: id, act, source, atTs: at, undoesSeq: undoes, erases, purposePublicId: purpose } = row
  return { agency: agencyKey, seq, id, act, source, at, purpose, undoes, erases }
}

const hasHolder = (row: ChainedRow) => row.personId !== null || row.addressId !== null

export function nameOf(personId: number | null, addressId: number | null, purposeId: number): string {
  return `${personId ?? ''} ${addressId ?? ''} ${purposeId}`
}

function altered(seq: number, what: string): ChainFault {
  return { kind: 'altered', seq, message: `Event ${seq} was altered: ${what}.` }
}

function reordered(seq: number, elsewhere: number): ChainFault {
  return { kind: 'reordered', seq, message: `Event ${seq} stands in another place: at ${elsewhere}.` }
}
