import { type Db, type Postgres, refuse, type SealingKey, type Tx, type Vault } from '#platform/api.ts'
import type { Gates } from '../gate/types.ts'
import { type AddressRow, addressById, addressesOfPeople } from '../store/addresses.ts'
import { type ConsentStateRow, consentStatesOf } from '../store/consent-states.ts'
import { groupOfPerson, lockPeople, type PersonRow, personById, rootOfPerson } from '../store/people.ts'
import type { ConsentStanding, Holder } from './types.ts'

/** Who agrees, with what an event of hers needs. */
export type KnownHolder = {
  readonly holder: Holder
  readonly publicId: string
  readonly agencyId: number
  readonly key: SealingKey
  /** Of a person: all records merged into hers, and her addresses. Of an address: itself. */
  readonly personIds: readonly number[]
  readonly addresses: readonly AddressRow[]
}

type Deps = { readonly db: Postgres; readonly vault: Pick<Vault, 'key'>; readonly gates: Pick<Gates, 'shut'> }

export class Holders {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Locks what a change of consent must lock: the gate of an address, or the row of a person. Sends lock both, shared, so the
   * person's row alone keeps them from all of her addresses.
   */
  async lock(tx: Tx, holder: Holder): Promise<KnownHolder> {
    if ('addressId' in holder) {
      await this.#deps.gates.shut(tx, [holder.addressId])
      return this.#ofAddress(tx, holder.addressId)
    }
    const [row] = await lockPeople(tx, [await rootOfPerson(tx, holder.personId)])
    if (row?.state !== 'active') throw gone()
    return this.#ofPerson(tx, row)
  }

  async #ofPerson(tx: Tx, row: PersonRow): Promise<KnownHolder> {
    return {
      holder: { personId: row.id },
      publicId: row.publicId,
      agencyId: row.agencyId,
      key: await this.#deps.vault.key(row.dataKeyId!, tx),
      personIds: await groupOfPerson(tx, row.id),
      addresses: await addressesOfPeople(tx, [row.id]),
    }
  }

  async #ofAddress(tx: Tx, addressId: number): Promise<KnownHolder> {
    const row = await addressById(tx, addressId)
    if (row === undefined) throw gone()
    return {
      holder: { addressId },
      publicId: row.publicId,
      agencyId: row.agencyId,
      key: await this.#deps.vault.key(row.dataKeyId, tx),
      personIds: [],
      addresses: [row],
    }
  }

  /** An address of a person, as a holder of its own. */
  async ofRow(tx: Tx, row: AddressRow): Promise<KnownHolder> {
    const key = await this.#deps.vault.key(row.dataKeyId, tx)
    const { id: addressId, publicId, agencyId } = row
    return { holder: { addressId }, publicId, agencyId, key, personIds: [], addresses: [row] }
  }

  /** Whose word an address carries behind its shut gate: of the person it belongs to, or its own while she is being erased. */
  async behind(tx: Tx, address: AddressRow): Promise<KnownHolder> {
    if (address.personId === null) return this.#ofAddress(tx, address.id)
    const [row] = await lockPeople(tx, [address.personId])
    return row?.state === 'active' ? this.#ofPerson(tx, row) : this.#ofAddress(tx, address.id)
  }

  async standing(holder: Holder, on: Db = this.#deps.db): Promise<ConsentStanding[]> {
    if ('addressId' in holder) return newest(await consentStatesOf(on, [], [holder.addressId]))
    const person = await personById(on, holder.personId)
    if (person === undefined) return []
    return newest(await consentStatesOf(on, await groupOfPerson(on, await rootOfPerson(on, person.id)), []))
  }
}

/** Of records that were merged the newest word counts, purpose by purpose. */
function newest(rows: readonly ConsentStateRow[]): ConsentStanding[] {
  const byPurpose = new Map<number, ConsentStanding>()
  for (const { purposeId, state, sinceTs: sinceMs, seq } of rows) {
    const known = byPurpose.get(purposeId)
    if (known === undefined || known.seq < seq) byPurpose.set(purposeId, { purposeId, state, sinceMs, seq })
  }
  return [...byPurpose.values()].sort((a, b) => a.purposeId - b.purposeId)
}

export function gone() {
  return refuse('CHANCERY_CONFLICT', 'This record or address was erased meanwhile. Load it again.', {
    reason: 'erased',
  })
}
