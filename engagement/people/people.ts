import { wordsOf } from '#messaging/api.ts'
import {
  type Clock,
  type Db,
  KeyUnavailable,
  limits,
  type Postgres,
  type Random,
  refuse,
  type SealingKey,
  type Tx,
  together,
  type Vault,
} from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Consent } from '../consent/types.ts'
import type { Gates } from '../gate/types.ts'
import { openJson, sealJson } from '../sealed-json.ts'
import { setAddressFlags, setPersonOfAddresses } from '../store/addresses.ts'
import {
  changePerson,
  insertPerson,
  lockPeople,
  type PersonRow,
  peopleByIds,
  peopleByPublicIds,
  peopleByWords,
  peoplePage,
  personById,
  rootOfPerson,
} from '../store/people.ts'
import type { Addresses } from './addresses.ts'
import { nameHashes } from './name-hashes.ts'
import { normaliseAddress } from './normalise.ts'
import type { Address, NewAddress, NewPerson, People, Person, PersonChange } from './types.ts'

const detailsPurpose = 'person.details'
const idBytes = 12
const newest = 2 ** 31 - 1

type Details = { readonly name: string; readonly otherNames: readonly string[]; readonly language?: string }

export type PeopleDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'createKey' | 'key' | 'lookupHash'>
  readonly clock: Clock
  readonly random: Random
  readonly addresses: Addresses
  readonly gates: Pick<Gates, 'shut'>
  readonly agencies: Pick<Agencies, 'brief'>
  readonly consent: Pick<Consent, 'record' | 'standing'>
}

/** Citizens as agencies know them. */
export function createPeople(deps: PeopleDeps): People {
  const { db, vault, clock, random, addresses, gates } = deps
  const keyDb = (on: Db) => (on === db ? undefined : on)
  const hashesOf = (agencyId: number, words: readonly string[]) => nameHashes(vault, agencyId, words)

  async function open(row: PersonRow, on: Db): Promise<Person> {
    const { id, publicId, agencyId, createdTs } = row
    const details = await detailsOf(row, on)
    return {
      id,
      publicId,
      agencyId,
      state: row.state === 'erasing' ? 'erased' : row.state,
      name: details?.name ?? '',
      otherNames: details?.otherNames ?? [],
      language: details?.language,
      ...(row.mergedInto !== null && { mergedInto: row.mergedInto }),
      ...(row.dataKeyId !== null && { keyId: row.dataKeyId }),
      createdMs: createdTs,
    }
  }
  async function detailsOf(row: PersonRow, on: Db): Promise<Details | undefined> {
    if (row.dataKeyId === null || row.sealedDetails === null || row.state === 'erasing') return undefined
    try {
      const key = await vault.key(row.dataKeyId, keyDb(on))
      return openJson<Details>(key, detailsPurpose, row.publicId, row.sealedDetails)
    } catch (error) {
      // She was erased while her record was being read.
      if (error instanceof KeyUnavailable) return undefined
      throw error
    }
  }
  /** Who is found by a name of a record that was merged is told as the record that counts. */
  async function rootRow(row: PersonRow): Promise<PersonRow> {
    return (await personById(db, await rootOfPerson(db, row.id))) ?? row
  }
  const openOr = async (row: PersonRow | undefined, on: Db) => (row === undefined ? undefined : open(row, on))

  const rowTogether = together(
    (ids: readonly number[]) => peopleByIds(db, ids),
    ({ id }) => id,
  )
  const rowByPublicId = together(
    (ids: readonly string[]) => peopleByPublicIds(db, ids),
    ({ publicId }) => publicId,
  )
  const rowOf = (id: number, on: Db) => (on === db ? rowTogether(id) : personById(on, id))

  async function keyOf(personId: number, on: Db = db): Promise<SealingKey> {
    const row = await rowOf(personId, on)
    if (row?.dataKeyId == null) throw new KeyUnavailable(row?.dataKeyId ?? 0, 'destroyed')
    return vault.key(row.dataKeyId, keyDb(on))
  }

  async function create(tx: Tx, wish: NewPerson): Promise<Person> {
    const { agencyId, name, otherNames = [], language } = wish
    const publicId = `p${random.token(idBytes)}`
    const key = await vault.createKey(tx, 'person')
    const details: Details = { name, otherNames, ...(language !== undefined && { language }) }
    // Addresses first: gates are locked before people.
    const wishes = wish.addresses ?? []
    const known = await ensureAll(tx, agencyId, wishes)
    const row = await insertPerson(tx, {
      publicId,
      agencyId,
      dataKeyId: key.id,
      sealedDetails: sealJson(key, detailsPurpose, publicId, details),
      nameWords: hashesOf(agencyId, nameWords(details)),
      createdTs: clock.nowMs(),
    })
    for (const [n, address] of known.entries()) await attach(tx, row.id, address, wishes[n]!)
    return open({ ...row, state: 'active' }, tx).then((person) => ({ ...person, name, otherNames, language }))
  }

  /** The addresses as they are behind their shut gates, in the order of the wishes. */
  async function ensureAll(tx: Tx, agencyId: number, wishes: readonly NewAddress[]): Promise<Address[]> {
    if (wishes.length === 0) return []
    const country = (await deps.agencies.brief(agencyId, tx))?.country ?? ''
    const values = wishes.map(({ kind, value }) => ({ kind, value: normaliseAddress(kind, value, country) }))
    const made: Address[] = []
    // In one order for all, so that two who bear the same addresses never wait for each other.
    const order = [...values.keys()].sort((a, b) => compare(keyOfValue(values[a]!), keyOfValue(values[b]!)))
    for (const n of order) {
      const { kind, value } = values[n]!
      if (value === undefined) throw invalidAddress(kind)
      made[n] = await addresses.ensure(tx, agencyId, kind, value)
    }
    await gates.shut(
      tx,
      made.map((address) => address.id),
    )
    return Promise.all(made.map(async (address) => (await addresses.byId(address.id, tx)) ?? address))
  }

  async function attach(tx: Tx, personId: number, address: Address, wish: NewAddress): Promise<void> {
    if (address.personId !== undefined && address.personId !== personId) {
      throw refuse(
        'CHANCERY_CONFLICT',
        'An address belongs to another record already. Merge the two, or mark the address as shared.',
        { reason: 'address-taken' },
      )
    }
    if ((address.isShared && wish.isShared !== false) || wish.isShared === true) {
      await flag(tx, address.id, { ...wish, isShared: true })
      return
    }
    await flag(tx, address.id, { ...wish, isShared: false })
    await setPersonOfAddresses(tx, [address.id], personId)
  }

  function flag(
    tx: Tx,
    addressId: number,
    wish: { [K in keyof NewAddress]?: NewAddress[K] | undefined },
  ): Promise<number> {
    return setAddressFlags(tx, addressId, {
      isShared: wish.isShared ?? null,
      isReadByOthers: wish.isReadByOthers ?? null,
      verifiedTs: wish.isVerified === undefined ? null : wish.isVerified ? clock.nowMs() : 0,
    })
  }

  async function change(tx: Tx, personId: number, to: PersonChange): Promise<Person> {
    const [row] = await lockPeople(tx, [personId])
    if (row?.state !== 'active') throw notActive()
    const before = (await detailsOf(row, tx))!
    const details = { ...before, ...to }
    const key = await vault.key(row.dataKeyId!, tx)
    const sealed = sealJson(key, detailsPurpose, row.publicId, details)
    await changePerson(tx, row.id, sealed, hashesOf(row.agencyId, nameWords(details)), clock.nowMs())
    return open({ ...row, sealedDetails: sealed }, tx)
  }

  async function addAddress(tx: Tx, personId: number, wish: NewAddress): Promise<Address> {
    const person = await personById(tx, personId)
    if (person === undefined) throw notActive()
    const [address] = await ensureAll(tx, person.agencyId, [wish])
    const [row] = await lockPeople(tx, [personId])
    if (row?.state !== 'active') throw notActive()
    if ((await addresses.ofPerson(personId, tx)).length >= limits.addressesOfPersonMax) {
      throw refuse('M_LIMIT_EXCEEDED', 'This record has as many addresses as one can have.', { status: 409 })
    }
    await attach(tx, personId, address!, wish)
    return (await addresses.byId(address!.id, tx))!
  }

  async function changeAddress(tx: Tx, addressId: number, to: Parameters<People['changeAddress']>[2]) {
    await gates.shut(tx, [addressId])
    const address = await addresses.byId(addressId, tx)
    if (address === undefined) throw notActive()
    // Before the flag: nobody's is what a shared one has to be.
    if (to.isShared === true) await setPersonOfAddresses(tx, [addressId], null)
    await flag(tx, addressId, to)
    return (await addresses.byId(addressId, tx))!
  }

  async function dropAddress(tx: Tx, personId: number, addressId: number): Promise<void> {
    await gates.shut(tx, [addressId])
    const address = await addresses.byId(addressId, tx)
    if (address?.personId !== (await rootOfPerson(tx, personId))) throw notActive()
    await setPersonOfAddresses(tx, [addressId], null)
    await flag(tx, addressId, { isVerified: false })
    await endOwnConsent(tx, address)
  }

  /** What was agreed to for this address alone was hers to agree to: whoever has it next has agreed to nothing. */
  async function endOwnConsent(tx: Tx, { id: addressId, agencyId }: Address): Promise<void> {
    const holder = { addressId }
    const by = {
      source: 'system',
      actor: { kind: 'system' },
      proof: { because: 'the address is no longer hers' },
    } as const
    for (const { purposeId, state } of await deps.consent.standing(holder, tx)) {
      if (state === 'withdrawn') continue
      await deps.consent.record(tx, { agencyId, holder, purposeId, act: 'withdraw', ...by })
    }
  }

  return {
    create,
    change,
    addAddress,
    changeAddress,
    dropAddress,
    addressesOf: addresses.ofPerson,
    keyOf,
    byId: async (id, on = db) => openOr(await rowOf(id, on), on),
    byPublicId: async (publicId, on = db) =>
      openOr(on === db ? await rowByPublicId(publicId) : (await peopleByPublicIds(on, [publicId]))[0], on),
    rootOf: (id, on = db) => rootOfPerson(on, id),
    async findByName(agencyId, words, { limit, before = newest }) {
      const wanted = hashesOf(agencyId, wordsOf(words, limits.nameWordsMax))
      if (wanted.length === 0) return []
      const rows = await peopleByWords(db, agencyId, wanted, { before, limit })
      return Promise.all(rows.map(async (row) => open(row.mergedInto === null ? row : await rootRow(row), db)))
    },
    page: async (agencyId, { limit, before = newest }) =>
      Promise.all((await peoplePage(db, agencyId, before, limit)).map((row) => open(row, db))),
    addressOf: (agencyId, kind, value, on) => addresses.find(agencyId, kind, value, on),
    addressById: (id, on) => addresses.byId(id, on),
    addressesByIds: (ids, on) => addresses.byIds(ids, on),
    addressByPublicId: (publicId, on) => addresses.byPublicId(publicId, on),
    ensureAddress: (tx, agencyId, kind, value) => addresses.ensure(tx, agencyId, kind, value),
    normalise: normaliseAddress,
    markGood: addresses.markGood,
  }
}

function nameWords({ name, otherNames }: Details): string[] {
  return wordsOf([name, ...otherNames].join('\n'), limits.nameWordsMax)
}

const keyOfValue = ({ kind, value }: { kind: string; value: string | undefined }) => `${kind} ${value}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const examples = { sms: 'a telephone number with its country code', mail: 'a mail address', inbox: 'an inbox' } as const

function invalidAddress(kind: keyof typeof examples) {
  return refuse('M_INVALID_PARAM', `An address of kind ${kind} is not ${examples[kind]}. Check how it is written.`)
}

export function notActive() {
  return refuse('CHANCERY_CONFLICT', 'This record was merged into another one, or erased. Load it again.', {
    reason: 'not-active',
  })
}
