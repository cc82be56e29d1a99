import {
  type Clock,
  type Db,
  KeyUnavailable,
  type Postgres,
  type Random,
  type Tx,
  together,
  type Vault,
} from '#platform/api.ts'
import {
  type AddressRow,
  addressByHash,
  addressById,
  addressByPublicId,
  addressesByIds,
  addressesOfGroups,
  insertAddress,
  markAddressesGood,
} from '../store/addresses.ts'
import type { Address, AddressKind } from './types.ts'

const purpose = 'address.value'
const idBytes = 12

/** Where citizens are reached: opened from their rows, found by hash, born with their gates. */
export interface Addresses {
  hashOf(kind: AddressKind, value: string): Buffer
  byId(id: number, db?: Db): Promise<Address | undefined>
  /** Those that are gone are missing. */
  byIds(ids: readonly number[], db?: Db): Promise<Map<number, Address>>
  byPublicId(publicId: string, db?: Db): Promise<Address | undefined>
  find(agencyId: number, kind: AddressKind, value: string, db?: Db): Promise<Address | undefined>
  ensure(tx: Tx, agencyId: number, kind: AddressKind, value: string): Promise<Address>
  /** Of the record that counts for this one, and of those that were merged into it. */
  ofPerson(personId: number, db?: Db): Promise<Address[]>
  markGood(db: Db, ids: readonly number[], atMs: number): Promise<void>
}

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'createKey' | 'destroyKey' | 'key' | 'lookupHash'>
  readonly clock: Clock
  readonly random: Random
}

export function createAddresses({ db, vault, clock, random }: Deps): Addresses {
  const hashOf = (kind: AddressKind, value: string) => vault.lookupHash('citizen address', `${kind} ${value}`)
  const keyDb = (on: Db) => (on === db ? undefined : on)

  const rowOf = together(
    (ids: readonly number[]) => addressesByIds(db, ids),
    ({ id }) => id,
  )
  const ofGroup = together(
    async (personIds: readonly number[]) =>
      [...Map.groupBy(await addressesOfGroups(db, personIds), ({ askedId }) => askedId)].map(([id, rows]) => ({
        id,
        rows,
      })),
    ({ id }) => id,
  )

  async function open(row: AddressRow, on: Db): Promise<Address> {
    const key = await vault.key(row.dataKeyId, keyDb(on))
    const { id, publicId, agencyId, kind, isShared, isReadByOthers, goodTs } = row
    return {
      id,
      publicId,
      agencyId,
      personId: row.personId ?? undefined,
      kind,
      value: key.open(purpose, publicId, row.sealedValue).toString(),
      isVerified: row.verifiedTs !== null,
      isShared,
      isReadByOthers,
      ...(goodTs !== null && { lastGoodMs: goodTs }),
    }
  }
  /** Undefined also for one that was erased while it was being read. */
  async function openOr(row: AddressRow | undefined, on: Db): Promise<Address | undefined> {
    if (row === undefined) return undefined
    try {
      return await open(row, on)
    } catch (error) {
      if (error instanceof KeyUnavailable) return undefined
      throw error
    }
  }

  async function ensure(tx: Tx, agencyId: number, kind: AddressKind, value: string): Promise<Address> {
    const hash = hashOf(kind, value)
    const known = await addressByHash(tx, agencyId, hash)
    if (known !== undefined) return open(known, tx)
    const key = await vault.createKey(tx, 'person')
    const publicId = `d${random.token(idBytes)}`
    const sealedValue = key.seal(purpose, publicId, Buffer.from(value))
    const row = { publicId, agencyId, kind, hash, dataKeyId: key.id, sealedValue, createdTs: clock.nowMs() }
    const made = await insertAddress(tx, row)
    if (made !== undefined) {
      const { id, isShared, isReadByOthers } = made
      return { id, publicId, agencyId, personId: undefined, kind, value, isVerified: false, isShared, isReadByOthers }
    }
    // Somebody else was faster; the key that was made for nothing goes.
    await vault.destroyKey(tx, key.id)
    return open((await addressByHash(tx, agencyId, hash))!, tx)
  }

  return {
    hashOf,
    ensure,
    byId: async (id, on = db) => openOr(on === db ? await rowOf(id) : await addressById(on, id), on),
    async byIds(ids, on = db) {
      const opened = await Promise.all((await addressesByIds(on, ids)).map((row) => openOr(row, on)))
      return new Map(opened.filter((address) => address !== undefined).map((address) => [address.id, address]))
    },
    byPublicId: async (publicId, on = db) => openOr(await addressByPublicId(on, publicId), on),
    find: async (agencyId, kind, value, on = db) => openOr(await addressByHash(on, agencyId, hashOf(kind, value)), on),
    async ofPerson(personId, on = db) {
      const rows = on === db ? ((await ofGroup(personId))?.rows ?? []) : await addressesOfGroups(on, [personId])
      const opened = await Promise.all(rows.map((row) => openOr(row, on)))
      return opened.filter((address) => address !== undefined)
    },
    async markGood(on, ids, atMs) {
      await markAddressesGood(on, ids, atMs)
    },
  }
}
