import type { Clock } from '../clock.ts'
import type { Db } from '../postgres/types.ts'
import type { Random } from '../random.ts'
import { DataKey, keyBytes, type NonceSource } from './cipher.ts'
import { KeyUnavailable, SealBroken } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { type DataKeyRow, dataKeysByIds, insertDataKey, nextDataKeyIds } from './store/data-keys.ts'
import { destroyedKeyIds } from './store/destroyed-keys.ts'
import type { KeyKind } from './types.ts'

const purpose = 'data-key'
const idsPerDraw = 32

/** The kind and the label are bound too: a row of one kind put in the place of another does not open. */
function subject(row: { id: number; kind: string; label: string }): string {
  return `${row.id} ${row.kind} ${row.label}`
}

export function wrapDataKey(by: DataKey, row: { id: number; kind: KeyKind; label: string }, bytes: Buffer): Buffer {
  return by.seal(purpose, subject(row), bytes)
}

/** The bytes of a data key. Throws SealBroken when the row was altered, or is wrapped by a key that nobody has. */
export async function unwrapDataKey(db: Db, ring: KeyRing, row: DataKeyRow): Promise<Buffer> {
  const by = await ring.find(db, row.key_encryption_key_id)
  if (by === undefined) {
    const reason = `Data key ${row.id} is wrapped by a key-encryption key that is missing or was altered`
    throw new SealBroken(purpose, subject(row), row.key_encryption_key_id, { reason })
  }
  const bytes = by.open(purpose, subject(row), row.wrapped)
  if (bytes.length !== keyBytes) throw new SealBroken(purpose, subject(row), by.id)
  return bytes
}

export async function dataKeyOf(db: Db, ring: KeyRing, row: DataKeyRow, nonce: NonceSource): Promise<DataKey> {
  const bytes = await unwrapDataKey(db, ring, row)
  const key = new DataKey(row.id, bytes, nonce)
  bytes.fill(0)
  return key
}

/** Each id with its key, or with the error that says why there is none. */
export async function fetchDataKeys(
  db: Db,
  ring: KeyRing,
  ids: readonly number[],
  nonce: NonceSource,
): Promise<Map<number, DataKey | Error>> {
  const found = new Map<number, DataKey | Error>()
  for (const row of await dataKeysByIds(db, ids)) {
    try {
      found.set(row.id, await dataKeyOf(db, ring, row, nonce))
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      found.set(row.id, error)
    }
  }
  const absent = ids.filter((id) => !found.has(id))
  if (absent.length === 0) return found
  const destroyed = await destroyedKeyIds(db, absent)
  for (const id of absent) found.set(id, new KeyUnavailable(id, destroyed.has(id) ? 'destroyed' : 'missing'))
  return found
}

/** Makes data keys: ids are drawn in handfuls, so that a birth is one statement. */
export class DataKeyMaker {
  readonly #ring: KeyRing
  readonly #random: Random
  readonly #clock: Clock
  readonly #ids: number[] = []

  constructor(ring: KeyRing, random: Random, clock: Clock) {
    this.#ring = ring
    this.#random = random
    this.#clock = clock
  }

  async id(db: Db): Promise<number> {
    if (this.#ids.length === 0) this.#ids.push(...(await nextDataKeyIds(db, idsPerDraw)))
    return this.#ids.shift()!
  }

  bytes(): Buffer {
    return this.#random.bytes(keyBytes)
  }

  /** False when a server key of this label exists already. */
  async store(db: Db, row: { id: number; kind: KeyKind; label: string }, bytes: Buffer): Promise<boolean> {
    for (;;) {
      const by = this.#ring.current()
      const wrapped = wrapDataKey(by, row, bytes)
      if (await insertDataKey(db, { ...row, key_encryption_key_id: by.id, wrapped }, this.#clock.nowMs())) return true
      // Another process has rotated: the key that this one still took for the newest is retired.
      await this.#ring.reload(db)
      if (this.#ring.current() === by) return false
    }
  }
}
