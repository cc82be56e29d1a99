import type { Db } from '../postgres/types.ts'

export type KeyKind = 'room' | 'person' | 'file' | 'server'

/** A data key, unwrapped. It stays usable for as long as somebody holds it, whatever the vault's cache forgets. */
export interface SealingKey {
  readonly id: number
  /**
   * AES-256-GCM under a random nonce. `purpose` says what the bytes are ('event.content'), `subject` whose they are: a
   * stable id that is known before the row is inserted, never a position or a table. Neither is stored in the result,
   * which is 29 bytes longer than `plain`. `purpose` must not hold U+0000.
   */
  seal(purpose: string, subject: string, plain: Uint8Array): Buffer
  /** The plain bytes. Throws SealBroken when the bytes were altered, or sealed for another purpose, subject or key. */
  open(purpose: string, subject: string, sealed: Uint8Array): Buffer
  /** 32 bytes that are this key's alone and tell nothing of it, for keyed hashes. About 30 µs: keep them. */
  derive(use: string): Buffer
}

/** A key whose row is not stored yet: what it seals becomes readable for others when `save` has been committed. */
export interface DraftKey {
  readonly key: SealingKey
  save(db?: Db): Promise<void>
}

export interface Vault {
  /** Makes a data key and stores it wrapped, in the caller's transaction. */
  createKey(db: Db, kind: KeyKind, label?: string): Promise<SealingKey>
  /** Makes a data key with its id, and stores nothing: for long work that must end before the row exists. */
  draftKey(kind: KeyKind, label?: string): Promise<DraftKey>
  /**
   * Throws KeyUnavailable (destroyed or missing), or SealBroken when the stored key was altered. Inside a transaction `db` is
   * that transaction: a second connection for the key could wait for ever for one that waits for this one.
   */
  key(id: number, db?: Db): Promise<SealingKey>
  /** Like `key` for many, in one query. What is destroyed, missing or altered is absent from the map. */
  keys(ids: readonly number[], db?: Db): Promise<Map<number, SealingKey>>
  /** Which of these ids have a stored key now, asked of the database and not of the cache. */
  storedKeys(ids: readonly number[]): Promise<Set<number>>
  /** Deletes the wrapped key in the caller's transaction and records its id. What it sealed can never be read again. */
  destroyKey(db: Db, id: number): Promise<void>
  /** One data key per kind of server secret, made on first need. */
  serverKey(label: string): Promise<SealingKey>
  /** HMAC-SHA-256 under a key of its own, for exact look-ups of what is stored sealed. 32 bytes. */
  lookupHash(domain: string, value: string): Buffer
  /**
   * Makes a new key-encryption key and re-wraps every data key under it, in batches, while others read and create keys.
   * An interrupted rotation is taken up by the next call, which then makes no further key.
   */
  rotate(): Promise<{ keyEncryptionKey: number; rewrapped: number }>
  /** Wraps the key-encryption keys under another master key, in one transaction; `masterKey` is 32 bytes. */
  rewrapMaster(masterKey: Buffer): Promise<void>
  /** Stops listening for keys that other processes destroy. */
  close(): Promise<void>
}
