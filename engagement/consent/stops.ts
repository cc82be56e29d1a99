import type { Clock, Db, Tx, Vault } from '#platform/api.ts'
import type { Gates } from '../gate/types.ts'
import { type AddressRow, addressById, addressesOfGate } from '../store/addresses.ts'
import {
  insertSuppression,
  liftSuppressions,
  type SuppressionRow,
  suppressionByProof,
  suppressionsInForce,
  tellOfSuppression,
} from '../store/suppressions.ts'
import type { Chain } from './chain.ts'
import type { ConsentRecorder, Telling } from './consent.ts'
import { gone, type Holders, type KnownHolder } from './holders.ts'
import type {
  AddressStop,
  Consent,
  Purpose,
  Purposes,
  Stopped,
  StopScope,
  StopWish,
  SuppressionReason,
} from './types.ts'

type Deps = {
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly clock: Clock
  readonly gates: Pick<Gates, 'shut'>
  readonly purposes: Pick<Purposes, 'ofAgency'>
  readonly chain: Chain
  readonly holders: Holders
  readonly recorder: ConsentRecorder
}

type Wish = Omit<StopWish, 'channelId'> & { readonly channelId?: string }
type ScopeWord = 'programme' | 'agency' | 'government'

/** STOP and its relatives: what ends consent and suppresses an address in one transaction, behind the shut gate. */
export class Stops {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async stop(tx: Tx, wish: Wish, reason: 'stopped' | 'complained' = 'stopped'): Promise<Stopped> {
    const address = await this.#shut(tx, wish.addressId)
    const row = await this.#suppress(tx, address, wish, { reason, channelId: null })
    if (row === undefined) return this.#again(tx, address, wish)
    const telling: Telling = { ...tellingOf(wish), act: 'stop' }
    // The address as every agency that the scope reaches knows it; people and chains are locked in one order for all.
    const all = wish.scope === 'government' ? await addressesOfGate(tx, address.gateId) : [address]
    const reached = all.sort((a, b) => Number(a.personId) - Number(b.personId) || a.id - b.id)
    const behind: [AddressRow, KnownHolder][] = []
    for (const one of reached) behind.push([one, await this.#deps.holders.behind(tx, one)])
    await this.#deps.chain.lock(
      tx,
      behind.map(([{ agencyId }]) => agencyId),
    )
    const withdrew: number[] = []
    let eventId: string | null = null
    for (const [one, known] of behind) {
      const ended = await this.#end(tx, known, wish.scope, telling)
      withdrew.push(...ended.purposeIds)
      if (one.id === address.id) eventId = ended.eventId
    }
    await tellOfSuppression(tx, row.id, withdrew, eventId)
    return { isNew: true, purposeIds: withdrew, ...(eventId !== null && { eventId }) }
  }

  /** The event, and a withdrawal of every purpose in scope that she agreed to, or was asked about. */
  async #end(tx: Tx, known: KnownHolder, scope: StopScope, telling: Telling) {
    const { recorder, holders, purposes } = this.#deps
    const all = (await purposes.ofAgency(known.agencyId, tx)).filter(({ basis }) => basis === 'consent')
    const named = typeof scope === 'string' ? undefined : await recorder.purposeOf(tx, scope.purposeId, known.agencyId)
    const event = await recorder.append(tx, known, named, telling, { scope: wordOf(scope) })
    const standing = await holders.standing(known.holder, tx)
    const isLive = (purpose: Purpose) => standing.some((s) => s.purposeId === purpose.id && s.state !== 'withdrawn')
    const inScope = all.filter((purpose) => (named === undefined ? isLive(purpose) : purpose.id === named.id))
    for (const purpose of inScope) await recorder.append(tx, known, purpose, { ...telling, act: 'withdraw' }, {})
    await recorder.withdrawFromAddresses(tx, known, named === undefined ? all : inScope, telling)
    return { eventId: event.publicId, purposeIds: inScope.map(({ id }) => id) }
  }

  async hold(tx: Tx, wish: StopWish & { scope: { readonly purposeId: number } }): Promise<Stopped> {
    const address = await this.#shut(tx, wish.addressId)
    const row = await this.#suppress(tx, address, wish, { reason: 'held', channelId: null })
    if (row === undefined) return this.#again(tx, address, wish)
    const known = await this.#deps.holders.behind(tx, address)
    const purpose = await this.#deps.recorder.purposeOf(tx, wish.scope.purposeId, known.agencyId)
    const telling: Telling = { ...tellingOf(wish), act: 'hold' }
    const event = await this.#deps.recorder.append(tx, known, purpose, telling, { scope: 'programme' })
    await tellOfSuppression(tx, row.id, [], event.publicId)
    return { isNew: true, purposeIds: [] }
  }

  async release(tx: Tx, wish: StopWish & { scope: { readonly purposeId: number } }): Promise<void> {
    const address = await this.#shut(tx, wish.addressId)
    const held = (await suppressionsInForce(tx, address.hash)).filter(
      (row) => row.reason === 'held' && row.agencyId === address.agencyId && row.purposeId === wish.scope.purposeId,
    )
    if (held.length === 0) return
    const known = await this.#deps.holders.behind(tx, address)
    const purpose = await this.#deps.recorder.purposeOf(tx, wish.scope.purposeId, known.agencyId)
    await this.#lift(tx, held, wish.atMs)
    const telling: Telling = { ...tellingOf(wish), act: 'release' }
    await this.#deps.recorder.append(tx, known, purpose, telling, { scope: 'programme' })
  }

  async start(tx: Tx, wish: StopWish & { readonly ofProof?: string }): Promise<Stopped> {
    const { recorder, holders } = this.#deps
    const address = await this.#shut(tx, wish.addressId)
    const { ofProof } = wish
    const one = ofProof && (await suppressionByProof(tx, this.#proofHash(address, ofProof)))
    const lifted = (await suppressionsInForce(tx, address.hash)).filter(
      (row) => isLiftedBy(row, address, wish) && (ofProof === undefined || row.id === (one || undefined)?.id),
    )
    if (lifted.length === 0) return { isNew: false, purposeIds: [] }
    const known = await this.#deps.holders.behind(tx, address)
    await this.#lift(tx, lifted, wish.atMs)
    const telling: Telling = { ...tellingOf(wish), act: 'start' }
    await recorder.append(tx, known, undefined, telling, { scope: wordOf(wish.scope) })
    // Only what these STOPs ended: what she ended herself elsewhere, before or after, stays ended.
    const standing = await holders.standing(known.holder, tx)
    const again = standing.filter(
      (one) =>
        one.state === 'withdrawn' &&
        lifted.some((row) => row.withdrew.includes(one.purposeId) && row.atTs === one.sinceMs),
    )
    for (const { purposeId } of again) {
      const purpose = await recorder.purposeOf(tx, purposeId, known.agencyId)
      await recorder.append(tx, known, purpose, telling, {})
    }
    return { isNew: true, purposeIds: again.map(({ purposeId }) => purposeId) }
  }

  async on(db: Db, addressId: number): Promise<AddressStop[]> {
    const address = await addressById(db, addressId)
    if (address === undefined) return []
    const rows = await suppressionsInForce(db, address.hash)
    return rows
      .filter(({ reason, agencyId }) => isHerWord.has(reason) && (agencyId ?? address.agencyId) === address.agencyId)
      .map(({ agencyId, purposeId, atTs }) => {
        const scope = agencyId === null ? 'government' : purposeId === null ? 'agency' : 'programme'
        return { scope, purposeId: purposeId ?? undefined, atMs: atTs } as const
      })
  }

  async closeSender(tx: Tx, wish: Parameters<Consent['closeSender']>[1]): Promise<void> {
    const address = await this.#shut(tx, wish.addressId)
    const how = { reason: 'provider-stopped', channelId: wish.channelId } as const
    const scope = 'government' as const
    const row = await this.#suppress(tx, address, { ...wish, scope, proofKey: `close ${wish.proofKey}` }, how)
    if (row === undefined) return
    const known = await this.#deps.holders.behind(tx, address)
    const telling: Telling = { act: 'stop', source: 'provider', actor: { kind: 'system' }, atMs: wish.atMs }
    const event = await this.#deps.recorder.append(tx, known, undefined, telling, {})
    await tellOfSuppression(tx, row.id, [], event.publicId)
  }

  async suppress(tx: Tx, wish: Parameters<Consent['suppress']>[1]): Promise<void> {
    const { reason, addressId, proofKey, atMs } = wish
    const whole = { addressId, proofKey, atMs, scope: 'agency', source: 'provider' } as const
    if (reason === 'complained') {
      await this.stop(tx, whole, reason)
      return
    }
    const address = await this.#shut(tx, addressId)
    await this.#suppress(tx, address, { ...whole, proofKey: `bounce ${proofKey}` }, { reason, channelId: null })
  }

  async #shut(tx: Tx, addressId: number): Promise<AddressRow> {
    await this.#deps.gates.shut(tx, [addressId])
    const address = await addressById(tx, addressId)
    if (address === undefined) throw gone()
    return address
  }

  #suppress(
    tx: Tx,
    address: AddressRow,
    { scope, proofKey, atMs }: Pick<Wish, 'scope' | 'proofKey' | 'atMs'>,
    { reason, channelId }: { reason: SuppressionReason; channelId: string | null },
  ): Promise<SuppressionRow | undefined> {
    return insertSuppression(tx, {
      hash: address.hash,
      agencyId: scope === 'government' ? null : address.agencyId,
      purposeId: typeof scope === 'string' ? null : scope.purposeId,
      channelId,
      reason,
      atTs: atMs,
      proofHash: this.#proofHash(address, proofKey),
    })
  }

  #proofHash({ id }: AddressRow, proofKey: string): Buffer {
    return this.#deps.vault.lookupHash('consent proof', `${id} ${proofKey}`)
  }

  async #again(tx: Tx, address: AddressRow, wish: Wish): Promise<Stopped> {
    const before = await suppressionByProof(tx, this.#proofHash(address, wish.proofKey))
    return { isNew: false, purposeIds: before?.withdrew ?? [] }
  }

  async #lift(tx: Tx, rows: readonly SuppressionRow[], atMs: number): Promise<void> {
    await liftSuppressions(
      tx,
      rows.map(({ id }) => id),
      atMs,
    )
  }
}

const isHerWord: ReadonlySet<SuppressionReason> = new Set(['stopped', 'complained'])
const liftable: ReadonlySet<SuppressionReason> = new Set(['stopped', 'held', 'complained', 'provider-stopped'])

/** START lifts what lies in its scope and no wider; of closed senders the one that it came by. */
function isLiftedBy(row: SuppressionRow, address: AddressRow, { scope, channelId }: StopWish): boolean {
  if (!liftable.has(row.reason)) return false
  if (row.reason === 'provider-stopped') return row.channelId === channelId
  if (row.agencyId === null) return scope === 'government'
  if (row.agencyId !== address.agencyId) return false
  return typeof scope === 'string' || row.purposeId === scope.purposeId
}

function wordOf(scope: StopScope): ScopeWord {
  return typeof scope === 'string' ? scope : 'programme'
}

function tellingOf({ source, actor, proof, atMs }: Wish): Omit<Telling, 'act'> {
  return { source, actor: actor ?? { kind: 'citizen' }, atMs, proof }
}
