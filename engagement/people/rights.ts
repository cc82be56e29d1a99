import type { JsonObject } from '#matrix/api.ts'
import { type Clock, type Postgres, refuse, type Tx, type Vault } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Chain } from '../consent/chain.ts'
import type { Consent, Purposes } from '../consent/types.ts'
import type { Gates } from '../gate/types.ts'
import { type AddressRow, addressesOfPeople, deleteAddresses } from '../store/addresses.ts'
import { eraseConsentEvents, eventsForErasure } from '../store/consent-events.ts'
import { deleteConsentStates } from '../store/consent-states.ts'
import {
  erasePeople,
  groupOfPerson,
  lockPeople,
  type PersonRow,
  peopleBeingErased,
  personById,
  rootOfPerson,
  setPersonState,
} from '../store/people.ts'
import { deleteMerges, mergesOf } from '../store/person-merges.ts'
import { deletePreferences } from '../store/preferences.ts'
import { deleteOpenings } from '../store/record-openings.ts'
import { suppressionsInForce } from '../store/suppressions.ts'
import { exportedAddress, exportedEvent, exportedMerge, exportedOpening, exportedPerson } from './exported.ts'
import type {
  CitizenData,
  CitizenRights,
  DataSubject,
  People,
  PreferenceBook,
  RecordOpenings,
  Remainder,
} from './types.ts'

const eventsMax = 10_000
const openingsMax = 10_000
/** Erasures that one look of the job finishes. */
const finishedAtOnce = 100

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey' | 'destroyKey'>
  readonly clock: Clock
  readonly gates: Pick<Gates, 'shut'>
  readonly agencies: Pick<Agencies, 'brief' | 'byId'>
  readonly people: Pick<People, 'byId' | 'addressesOf'>
  readonly preferences: Pick<PreferenceBook, 'of'>
  readonly purposes: Pick<Purposes, 'ofAgency'>
  readonly consent: Pick<Consent, 'history' | 'standing' | 'receipt'>
  readonly chain: Pick<Chain, 'append'>
  readonly openings: Pick<RecordOpenings, 'of'>
}

/** What a citizen may ask of her data: to have all of it, and to have it gone. */
export class Rights implements CitizenRights {
  readonly #deps: Deps
  readonly #shares: CitizenData[] = []

  constructor(deps: Deps) {
    this.#deps = deps
  }

  onRequest(data: CitizenData): void {
    this.#shares.push(data)
  }

  async export(personId: number): Promise<JsonObject> {
    const { people, preferences, consent, purposes, openings, agencies, db } = this.#deps
    const subject = await this.#subject(personId)
    const rootId = await rootOfPerson(db, personId)
    const [person, addresses, preferred, events, opened, own, merges, agency] = await Promise.all([
      people.byId(rootId),
      people.addressesOf(rootId),
      preferences.of(rootId),
      consent.history({ personId: rootId }, { limit: eventsMax }),
      openings.of(rootId, { limit: openingsMax }),
      purposes.ofAgency(subject.agencyId),
      mergesOf(db, subject.personIds),
      agencies.byId(subject.agencyId),
    ])
    if (person === undefined || person.state === 'erased') throw erasedAlready()
    const purposeOf = new Map(own.map((purpose) => [purpose.id, purpose]))
    const shares: JsonObject = {}
    for (const share of this.#shares) shares[share.name] = (await share.export(subject)) as JsonObject
    return {
      agency: agency?.name ?? '',
      exportedMs: this.#deps.clock.nowMs(),
      person: exportedPerson(person),
      addresses: addresses.map(exportedAddress),
      preferences: JSON.parse(JSON.stringify(preferred)) as JsonObject,
      consent: await Promise.all(
        events.map(async (event) => ({
          ...exportedEvent(event, purposeOf.get(event.purposeId ?? 0)),
          receipt: (await consent.receipt(event.publicId)) ?? null,
        })),
      ),
      openings: opened.map(exportedOpening),
      merges: merges.map(exportedMerge),
      ...shares,
    }
  }

  async erase(personId: number): Promise<readonly Remainder[]> {
    const rootId = await this.#begin(personId)
    return this.#carryOut(rootId)
  }

  async finish(): Promise<number> {
    const waiting = await peopleBeingErased(this.#deps.db, finishedAtOnce)
    for (const rootId of waiting) await this.#carryOut(rootId)
    return waiting.length
  }

  /** From its commit on nothing is sent to her, and nobody opens her record any more. */
  #begin(personId: number): Promise<number> {
    const { db, clock } = this.#deps
    return db.transaction(async (tx) => {
      const rootId = await rootOfPerson(tx, personId)
      const { row } = await this.#lock(tx, rootId)
      if (row.state === 'erased') throw erasedAlready()
      await setPersonState(tx, rootId, 'erasing', null, clock.nowMs())
      return rootId
    })
  }

  async #lock(tx: Tx, rootId: number): Promise<{ row: PersonRow; group: number[]; addresses: AddressRow[] }> {
    const before = await addressesOfPeople(tx, [rootId])
    await this.#deps.gates.shut(
      tx,
      before.map(({ id }) => id),
    )
    const group = await groupOfPerson(tx, rootId)
    const row = (await lockPeople(tx, group)).find(({ id }) => id === rootId)
    if (row === undefined) throw refuse('M_NOT_FOUND', 'There is no such record.')
    return { row, group, addresses: await addressesOfPeople(tx, group) }
  }

  async #carryOut(rootId: number): Promise<readonly Remainder[]> {
    const subject = await this.#subject(rootId)
    const remainders: Remainder[] = []
    for (const share of this.#shares) remainders.push(...(await share.erase(subject)))
    return [...remainders, ...(await this.#deps.db.transaction((tx) => this.#eraseRecord(tx, rootId)))]
  }

  async #eraseRecord(tx: Tx, rootId: number): Promise<Remainder[]> {
    const { vault, clock } = this.#deps
    const { row, group, addresses } = await this.#lock(tx, rootId)
    if (row.state !== 'erasing') return []
    const addressIds = addresses.map(({ id }) => id)
    const suppressions = await Promise.all(addresses.map(({ hash }) => suppressionsInForce(tx, hash)))
    const hasEvents = await this.#eraseConsent(tx, row, { personIds: group, addressIds })
    await deleteConsentStates(tx, group, addressIds)
    await deletePreferences(tx, group)
    await deleteOpenings(tx, group)
    await deleteMerges(tx, group)
    for (const { dataKeyId } of addresses) await vault.destroyKey(tx, dataKeyId)
    await deleteAddresses(tx, addresses)
    const rows = await Promise.all(group.map((id) => personById(tx, id)))
    for (const one of rows) if (one?.dataKeyId != null) await vault.destroyKey(tx, one.dataKeyId)
    await erasePeople(tx, group, clock.nowMs())
    return whatStays(suppressions.flat().length > 0, hasEvents)
  }

  /** Contents go, hashes stay; the chain itself says whose contents went. */
  async #eraseConsent(
    tx: Tx,
    row: PersonRow,
    holders: { personIds: number[]; addressIds: number[] },
  ): Promise<boolean> {
    const { agencies, chain, clock, vault } = this.#deps
    const agency = (await agencies.brief(row.agencyId, tx))!
    const seqs = await eventsForErasure(tx, agency.id, holders)
    if (seqs.length === 0) return false
    await chain.append(tx, {
      agency,
      holder: undefined,
      holderPublicId: '',
      key: await vault.serverKey('consent'),
      purpose: undefined,
      act: 'erase',
      source: 'system',
      atMs: clock.nowMs(),
      actor: { kind: 'system' },
      details: {},
      proof: undefined,
      erases: seqs,
    })
    await eraseConsentEvents(tx, agency.id, seqs)
    return true
  }

  async #subject(personId: number): Promise<DataSubject> {
    const { db } = this.#deps
    const rootId = await rootOfPerson(db, personId)
    const [row, personIds] = await Promise.all([personById(db, rootId), groupOfPerson(db, rootId)])
    if (row === undefined) throw refuse('M_NOT_FOUND', 'There is no such record.')
    const addresses = await addressesOfPeople(db, personIds)
    return { agencyId: row.agencyId, personIds, addressIds: addresses.map(({ id }) => id) }
  }
}

function whatStays(isSuppressed: boolean, hasEvents: boolean): Remainder[] {
  const stays: Remainder[] = [
    {
      what: 'The random number of your record, with nothing in it.',
      why: 'So that nobody else is ever given the same number.',
    },
    {
      what: 'Copies in backups, for 30 days at most. Their keys are destroyed, so nobody can read them.',
      why: 'Backups are not opened to take single records out; a restored one is erased again.',
    },
  ]
  if (isSuppressed) {
    stays.push({
      what: 'A keyed hash of each address on which you said STOP.',
      why: 'So that nobody writes there again, even if the address is given to us anew. It tells nobody what the address is.',
    })
  }
  if (hasEvents) {
    stays.push({
      what: 'That something was agreed to or ended at certain times, as sealed commitments.',
      why: 'They prove that the record of consent was not changed. Without what was destroyed nobody can tell whose they are.',
    })
  }
  return stays
}

function erasedAlready() {
  return refuse('M_NOT_FOUND', 'This record has been erased. Nothing of it can be shown or erased again.')
}
