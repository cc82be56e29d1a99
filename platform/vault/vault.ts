import type { Clock } from '../clock.ts'
import type { Db, Postgres } from '../postgres/types.ts'
import type { Random } from '../random.ts'
import { DataKey, type NonceSource, nonceSource } from './cipher.ts'
import { DataKeyMaker, dataKeyOf, fetchDataKeys } from './data-keys.ts'
import { KeyUnavailable, SealBroken } from './errors.ts'
import { KeyCache } from './key-cache.ts'
import { KeyRing } from './key-ring.ts'
import { lookupHasher } from './lookup-hash.ts'
import { rotateKeyEncryptionKeys } from './rotation.ts'
import { serverDataKey, storedDataKeyIds } from './store/data-keys.ts'
import { destroyDataKey, destroyedKeyChannel } from './store/destroyed-keys.ts'
import type { DraftKey, KeyKind, SealingKey, Vault } from './types.ts'

/** About 450 bytes each: 9 MB when full. */
const cachedKeysMaxDefault = 20_000

export type VaultDeps = {
  readonly db: Pick<Postgres, 'rows' | 'row' | 'run' | 'transaction' | 'listen'>
  /** 32 bytes. The vault keeps only what it derives from them. */
  readonly masterKey: Buffer
  readonly random: Random
  readonly clock: Clock
  readonly cachedKeysMax?: number
}

/** Opens the vault of a migrated database, or founds it in an empty one. Throws WrongMasterKey. */
export async function createVault(deps: VaultDeps): Promise<Vault> {
  const nonce = nonceSource(deps.random)
  const ring = new KeyRing(deps.masterKey, deps.random, nonce)
  await ring.start(deps.db, deps.clock.nowMs())
  const vault = new KeyVault(deps, ring, nonce)
  await vault.start()
  return vault
}

class KeyVault implements Vault {
  readonly #db: VaultDeps['db']
  readonly #clock: Clock
  readonly #ring: KeyRing
  readonly #nonce: NonceSource
  readonly #maker: DataKeyMaker
  readonly #cache: KeyCache
  readonly #serverKeys = new Map<string, Promise<DataKey>>()
  #lookup: ((domain: string, value: string) => Buffer) | undefined
  #rotation: ReturnType<Vault['rotate']> | undefined
  #unlisten: (() => Promise<void>) | undefined

  constructor(deps: VaultDeps, ring: KeyRing, nonce: NonceSource) {
    this.#db = deps.db
    this.#clock = deps.clock
    this.#ring = ring
    this.#nonce = nonce
    this.#maker = new DataKeyMaker(ring, deps.random, deps.clock)
    const fetch = (ids: readonly number[]) => fetchDataKeys(deps.db, ring, ids, nonce)
    this.#cache = new KeyCache(fetch, deps.cachedKeysMax ?? cachedKeysMaxDefault)
  }

  async start(): Promise<void> {
    // The key of the look-up hashes is a data key: changing the master key must not change what a hash is.
    this.#lookup = lookupHasher((await this.#serverDataKey('lookup-hash')).derive('chancery look-up hashes 1'))
    this.#unlisten = await this.#db.listen(destroyedKeyChannel, (payload) => {
      if (payload === '') this.#cache.forgetAll()
      else this.#cache.destroyed(Number(payload))
      // Few, and seldom destroyed: asking again is the simplest way to be right.
      this.#serverKeys.clear()
    })
  }

  async createKey(db: Db, kind: KeyKind, label = ''): Promise<SealingKey> {
    const row = { id: await this.#maker.id(db), kind, label }
    const bytes = this.#maker.bytes()
    if (!(await this.#maker.store(db, row, bytes))) {
      throw new Error(`There is a server key '${label}' already. Take it with serverKey('${label}').`)
    }
    return this.#made(row.id, bytes)
  }

  async draftKey(kind: KeyKind, label = ''): Promise<DraftKey> {
    const row = { id: await this.#maker.id(this.#db), kind, label }
    const bytes = this.#maker.bytes()
    const save = async (db: Db = this.#db): Promise<void> => {
      if (!(await this.#maker.store(db, row, bytes))) throw new Error(`There is a server key '${label}' already.`)
    }
    return { key: new DataKey(row.id, bytes, this.#nonce), save }
  }

  async key(id: number, db?: Db): Promise<SealingKey> {
    if (db === undefined) return this.#cache.get(id)
    const known = this.#cache.peek(id)
    if (known !== undefined) return known
    // Not cached: the transaction may have made it, and be rolled back.
    const found = (await fetchDataKeys(db, this.#ring, [id], this.#nonce)).get(id)
    if (found instanceof DataKey) return found
    throw found ?? new KeyUnavailable(id, 'missing')
  }

  async keys(ids: readonly number[], db?: Db): Promise<Map<number, SealingKey>> {
    const wanted = [...new Set(ids)]
    const answers = await Promise.allSettled(wanted.map((id) => this.key(id, db)))
    const found = new Map<number, SealingKey>()
    for (const [at, answer] of answers.entries()) {
      if (answer.status === 'fulfilled') found.set(wanted[at]!, answer.value)
      else if (!(answer.reason instanceof KeyUnavailable || answer.reason instanceof SealBroken)) throw answer.reason
    }
    return found
  }

  async storedKeys(ids: readonly number[]): Promise<Set<number>> {
    return new Set(await storedDataKeyIds(this.#db, ids))
  }

  async destroyKey(db: Db, id: number): Promise<void> {
    this.#cache.doubt(id)
    await destroyDataKey(db, id, this.#clock.nowMs())
  }

  serverKey(label: string): Promise<SealingKey> {
    return this.#serverDataKey(label)
  }

  lookupHash(domain: string, value: string): Buffer {
    return this.#lookup!(domain, value)
  }

  rotate(): ReturnType<Vault['rotate']> {
    this.#rotation ??= rotateKeyEncryptionKeys({ db: this.#db, ring: this.#ring, clock: this.#clock }).finally(() => {
      this.#rotation = undefined
    })
    return this.#rotation
  }

  rewrapMaster(masterKey: Buffer): Promise<void> {
    return this.#ring.rewrap(this.#db, masterKey)
  }

  async close(): Promise<void> {
    await this.#unlisten?.()
    this.#unlisten = undefined
  }

  #serverDataKey(label: string): Promise<DataKey> {
    const known = this.#serverKeys.get(label)
    if (known !== undefined) return known
    const found = this.#findOrMakeServerKey(label).catch((error: unknown) => {
      this.#serverKeys.delete(label)
      throw error
    })
    this.#serverKeys.set(label, found)
    return found
  }

  async #findOrMakeServerKey(label: string): Promise<DataKey> {
    const stored = await serverDataKey(this.#db, label)
    if (stored !== undefined) return dataKeyOf(this.#db, this.#ring, stored, this.#nonce)
    const id = await this.#maker.id(this.#db)
    const bytes = this.#maker.bytes()
    if (await this.#maker.store(this.#db, { id, kind: 'server', label }, bytes)) return this.#made(id, bytes)
    // Another process was faster.
    const theirs = await serverDataKey(this.#db, label)
    if (theirs === undefined) throw new Error(`The server key '${label}' went while it was asked for. Ask again.`)
    return dataKeyOf(this.#db, this.#ring, theirs, this.#nonce)
  }

  // Not cached: were the caller's transaction rolled back, a cache would hide that nobody can ever read what it sealed.
  #made(id: number, bytes: Buffer): DataKey {
    const key = new DataKey(id, bytes, this.#nonce)
    bytes.fill(0)
    return key
  }
}
