import type { Db, Transactions, Tx } from '../postgres/types.ts'
import type { Random } from '../random.ts'
import { DataKey, keyBytes, type NonceSource } from './cipher.ts'
import { SealBroken, WrongMasterKey } from './errors.ts'
import { masterWrappingKey } from './master-key.ts'
import {
  insertKeyEncryptionKey,
  type KeyEncryptionKeyRow,
  listKeyEncryptionKeys,
  lockKeyEncryptionKeys,
  nextKeyEncryptionKeyId,
  rewrapKeyEncryptionKey,
} from './store/key-encryption-keys.ts'

const purpose = 'key-encryption-key'

/**
 * The key-encryption keys, unwrapped. They are unwrapped once, at the start, and again only when a data key names one that
 * another process has made since. One that was unwrapped stays until the process ends: a reader may hold a row that was
 * wrapped by it a moment ago.
 */
export class KeyRing {
  readonly #random: Random
  readonly #nonce: NonceSource
  readonly #keys = new Map<number, DataKey>()
  #master: DataKey
  #current = 0

  constructor(masterKey: Buffer, random: Random, nonce: NonceSource) {
    this.#master = masterWrappingKey(masterKey, nonce)
    this.#random = random
    this.#nonce = nonce
  }

  /** Unwraps all, or makes the first one in an empty database. */
  async start(db: Db & Transactions, createdTs: number): Promise<void> {
    await db.transaction(async (tx) => {
      if ((await listKeyEncryptionKeys(tx)).length > 0) return
      await lockKeyEncryptionKeys(tx)
      if ((await listKeyEncryptionKeys(tx)).length === 0) await this.make(tx, createdTs)
    })
    await this.reload(db)
  }

  /** The key that new data keys are wrapped by. */
  current(): DataKey {
    return this.#keys.get(this.#current)!
  }

  async find(db: Db, id: number): Promise<DataKey | undefined> {
    if (!this.#keys.has(id)) await this.reload(db)
    return this.#keys.get(id)
  }

  /** One altered row makes its own data keys unreadable and nothing else; when none opens, the master key is wrong. */
  async reload(db: Db): Promise<void> {
    const rows = await listKeyEncryptionKeys(db)
    let failure: unknown
    for (const row of rows) {
      if (this.#keys.has(row.id)) continue
      try {
        this.#keys.set(row.id, this.#unwrap(row, this.#master))
      } catch (error) {
        failure = error
      }
    }
    const usable = rows.filter((row) => this.#keys.has(row.id))
    if (usable.length === 0) throw new WrongMasterKey(failure)
    const newest = usable.findLast((row) => !row.is_retired)
    if (newest === undefined) throw failure ?? new Error('Every key-encryption key is retired. Restore a backup.')
    this.#current = newest.id
  }

  /** A new key-encryption key; `reload` after the commit to use it. */
  async make(tx: Tx, createdTs: number): Promise<void> {
    const id = await nextKeyEncryptionKeyId(tx)
    const wrapped = this.#master.seal(purpose, String(id), this.#random.bytes(keyBytes))
    await insertKeyEncryptionKey(tx, id, wrapped, createdTs)
  }

  async rewrap(db: Transactions, masterKey: Buffer): Promise<void> {
    const next = masterWrappingKey(masterKey, this.#nonce)
    await db.transaction(async (tx) => {
      await lockKeyEncryptionKeys(tx)
      for (const row of await listKeyEncryptionKeys(tx)) {
        const bytes = this.#master.open(purpose, String(row.id), row.wrapped)
        await rewrapKeyEncryptionKey(tx, row.id, next.seal(purpose, String(row.id), bytes))
        bytes.fill(0)
      }
    })
    this.#master = next
  }

  #unwrap(row: KeyEncryptionKeyRow, master: DataKey): DataKey {
    const bytes = master.open(purpose, String(row.id), row.wrapped)
    if (bytes.length !== keyBytes) throw new SealBroken(purpose, String(row.id), master.id)
    const key = new DataKey(row.id, bytes, this.#nonce)
    bytes.fill(0)
    return key
  }
}
