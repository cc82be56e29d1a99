import { createHash } from 'node:crypto'
import type { JsonObject } from '#matrix/api.ts'
import { type Clock, type Db, limits, type Postgres, refuse, type Tx, type Vault } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { type ConsentEventRow, consentEventByPublicId } from '../store/consent-events.ts'
import { liftSuppressions, suppressionsByEvent } from '../store/suppressions.ts'
import type { Chain } from './chain.ts'
import { presentEvent } from './events.ts'
import type { Holders, KnownHolder } from './holders.ts'
import type {
  Actor,
  Consent,
  ConsentAct,
  ConsentEvent,
  ConsentSource,
  ConsentWish,
  Holder,
  Purpose,
  Purposes,
} from './types.ts'

export type ConsentDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'key' | 'keys' | 'lookupHash'>
  readonly clock: Clock
  readonly agencies: Pick<Agencies, 'brief'>
  readonly purposes: Pick<Purposes, 'byId' | 'wordings'>
  readonly chain: Chain
  readonly holders: Holders
}

/** What is said of one event, beside whose it is. */
export type Telling = {
  readonly act: ConsentAct
  readonly source: ConsentSource
  readonly actor: Actor
  readonly atMs: number
  readonly proof?: JsonObject | undefined
}

export type UndoWish = Parameters<Consent['undo']>[1]

/** Grants, withdrawals and what takes them back. STOP and its relatives are in stops.ts. */
export class ConsentRecorder {
  readonly #deps: ConsentDeps

  constructor(deps: ConsentDeps) {
    this.#deps = deps
  }

  async record(tx: Tx, wish: ConsentWish): Promise<ConsentEvent> {
    const known = await this.#deps.holders.lock(tx, wish.holder)
    const purpose = await this.purposeOf(tx, wish.purposeId, known.agencyId)
    await this.#check(tx, wish, known, purpose)
    const telling = { ...wish, atMs: wish.atMs ?? this.#deps.clock.nowMs() }
    const wording = await this.#wording(tx, wish, purpose)
    const row = await this.append(tx, known, purpose, telling, wording)
    if (wish.act === 'withdraw') await this.withdrawFromAddresses(tx, known, [purpose], telling)
    return presentEvent(row, undefined)
  }

  /** What a person ends ends for her addresses too, where they agreed by themselves. */
  async withdrawFromAddresses(tx: Tx, known: KnownHolder, purposes: readonly Purpose[], telling: Telling) {
    if ('addressId' in known.holder) return
    for (const row of known.addresses) {
      const standing = await this.#deps.holders.standing({ addressId: row.id }, tx)
      for (const purpose of purposes) {
        if (!standing.some((one) => one.purposeId === purpose.id && one.state !== 'withdrawn')) continue
        const own = await this.#deps.holders.ofRow(tx, row)
        await this.append(tx, own, purpose, { ...telling, act: 'withdraw' }, {})
      }
    }
  }

  async append(
    tx: Tx,
    known: KnownHolder,
    purpose: Purpose | undefined,
    telling: Telling,
    details: Parameters<Chain['append']>[1]['details'],
    undoesSeq?: number,
  ): Promise<ConsentEventRow> {
    const agency = (await this.#deps.agencies.brief(known.agencyId, tx))!
    const { act, source, actor, atMs, proof } = telling
    return this.#deps.chain.append(tx, {
      agency,
      holder: known.holder,
      holderPublicId: known.publicId,
      key: known.key,
      purpose,
      act,
      source,
      atMs,
      actor,
      proof,
      details,
      ...(undoesSeq !== undefined && { undoesSeq }),
    })
  }

  async undo(tx: Tx, wish: UndoWish): Promise<ConsentEvent> {
    const { clock, holders } = this.#deps
    const event = await consentEventByPublicId(tx, wish.eventId)
    if (event?.sealed == null) throw refuse('M_NOT_FOUND', 'There is no such event of consent.')
    const nowMs = wish.atMs ?? clock.nowMs()
    if (nowMs - event.atTs > limits.consentUndoMs) throw tooLate()
    const known = await holders.lock(tx, holderOf(event)!)
    const telling: Telling = { ...wish, act: 'undo', atMs: nowMs }
    if (event.act === 'stop') return this.#undoStop(tx, event, known, telling)
    if (event.purposeId === null || !undoable.has(event.act)) throw cannotUndo()
    const standing = await this.#own(tx, event)
    if (standing?.seq !== event.seq) throw cannotUndo()
    const purpose = await this.purposeOf(tx, event.purposeId, event.agencyId)
    return presentEvent(
      await this.append(tx, known, purpose, telling, { undoes: event.publicId }, event.seq),
      undefined,
    )
  }

  /** The state of exactly the holder of the event, without those that were merged with it. */
  async #own(tx: Tx, event: ConsentEventRow) {
    const standing = await this.#deps.holders.standing(holderOf(event)!, tx)
    return standing.find((one) => one.purposeId === event.purposeId)
  }

  async #undoStop(tx: Tx, event: ConsentEventRow, known: KnownHolder, telling: Telling): Promise<ConsentEvent> {
    // What the provider closed it opens again when she writes START to it, and for no word of ours.
    const rows = (await suppressionsByEvent(tx, event.publicId)).filter(
      (row) => row.liftedTs === null && row.reason !== 'provider-stopped',
    )
    if (rows.length === 0) throw cannotUndo()
    await liftSuppressions(
      tx,
      rows.map((row) => row.id),
      telling.atMs,
    )
    const row = await this.append(tx, known, undefined, telling, { undoes: event.publicId }, event.seq)
    for (const one of await this.#deps.holders.standing(known.holder, tx)) {
      const isEnded = one.state === 'withdrawn' && one.sinceMs === event.atTs
      if (!isEnded || !rows.some(({ withdrew }) => withdrew.includes(one.purposeId))) continue
      const purpose = await this.purposeOf(tx, one.purposeId, event.agencyId)
      await this.append(tx, known, purpose, telling, { undoes: event.publicId }, one.seq)
    }
    return presentEvent(row, undefined)
  }

  async purposeOf(db: Db, purposeId: number, agencyId: number): Promise<Purpose> {
    const purpose = await this.#deps.purposes.byId(purposeId, db)
    if (purpose?.agencyId === agencyId) return purpose
    throw refuse('M_NOT_FOUND', 'This agency has no such purpose.')
  }

  async #check(tx: Tx, wish: ConsentWish, known: KnownHolder, purpose: Purpose): Promise<void> {
    if (known.agencyId !== wish.agencyId)
      throw new Error('A consent was recorded for another agency than the holder\u2019s.')
    if (purpose.basis !== 'consent') {
      throw refuse(
        'CHANCERY_CONFLICT',
        'This purpose does not rest on consent, so there is nothing to agree to or to end.',
        {
          reason: 'not-by-consent',
        },
      )
    }
    if (purpose.isClosed && wish.act !== 'withdraw') {
      throw refuse('CHANCERY_CONFLICT', 'This purpose is closed. Nobody can agree to it any more.', {
        reason: 'closed',
      })
    }
    if (wish.act !== 'confirm') return
    const standing = await this.#deps.holders.standing(known.holder, tx)
    if (standing.some((one) => one.purposeId === purpose.id && one.state === 'requested')) return
    throw refuse('CHANCERY_CONFLICT', 'There is no request that waits for a confirmation.', { reason: 'no-request' })
  }

  /** The wording that was shown, as its hash: the text stays with the purpose. */
  async #wording(tx: Tx, wish: ConsentWish, purpose: Purpose) {
    const version = wish.wordingVersion ?? purpose.wordingVersion
    const wordings = await this.#deps.purposes.wordings(purpose.id, version, tx)
    const agency = (await this.#deps.agencies.brief(purpose.agencyId, tx))!
    const language = wish.language ?? (agency.language in wordings ? agency.language : Object.keys(wordings)[0]!)
    const text = wordings[language]
    if (text === undefined) {
      throw refuse(
        'M_INVALID_PARAM',
        'This purpose has no wording of this version in this language. Name one that it has.',
      )
    }
    return { language, wording: { version, sha256: createHash('sha256').update(text).digest('hex') } }
  }
}

const undoable: ReadonlySet<ConsentAct> = new Set(['grant', 'withdraw', 'request', 'confirm', 'start'])

export function holderOf({ personId, addressId }: Pick<ConsentEventRow, 'personId' | 'addressId'>): Holder | undefined {
  if (personId !== null) return { personId }
  return addressId === null ? undefined : { addressId }
}

function cannotUndo() {
  return refuse('CHANCERY_CONFLICT', 'Something came after this, or it was taken back already. Decide anew instead.', {
    reason: 'not-newest',
  })
}

function tooLate() {
  return refuse('CHANCERY_CONFLICT', 'This can be taken back for 30 days only. Decide anew instead.', {
    reason: 'too-late',
  })
}
