import { limits, type Postgres, type SealingKey, type Vault } from '#platform/api.ts'
import { setUserKey, type UserRow, usersByIds } from '../store/users.ts'

/** Rolls the transaction back in which a second key would have been made. */
class KeyExists extends Error {}

/** The data keys of people, each made at first need. */
export class PersonKeys {
  readonly #db: Postgres
  readonly #vault: Pick<Vault, 'createKey' | 'key' | 'keys'>
  readonly #keyIds = new Map<number, number>()

  constructor(db: Postgres, vault: Pick<Vault, 'createKey' | 'key' | 'keys'>) {
    this.#db = db
    this.#vault = vault
  }

  /** Remembers which key a row names. */
  learn(row: Pick<UserRow, 'id' | 'keyId'>): void {
    if (row.keyId !== null) this.#keyIds.set(row.id, row.keyId)
  }

  forget(userId: number): void {
    this.#keyIds.delete(userId)
  }

  async of(userId: number): Promise<SealingKey> {
    if (!this.#keyIds.has(userId)) await this.#find([userId])
    const keyId = this.#keyIds.get(userId)
    return keyId === undefined ? this.#make(userId) : this.#vault.key(keyId)
  }

  /** The key of an erased person is gone for good; who asks finds nothing under that id. */
  async ofAll(userIds: readonly number[]): Promise<Map<number, SealingKey>> {
    const people = [...new Set(userIds)]
    await this.#find(people.filter((userId) => !this.#keyIds.has(userId)))
    const named = people.map((userId) => ({ userId, keyId: this.#keyIds.get(userId) }))
    const keys = await this.#vault.keys(named.flatMap(({ keyId }) => keyId ?? []))
    const answer = new Map<number, SealingKey>()
    for (const { userId, keyId } of named) {
      const key = keyId === undefined ? await this.#make(userId) : keys.get(keyId)
      if (key !== undefined) answer.set(userId, key)
    }
    return answer
  }

  async #find(userIds: readonly number[]): Promise<void> {
    for (let start = 0; start < userIds.length; start += limits.usersAtOnceMax) {
      for (const row of await usersByIds(this.#db, userIds.slice(start, start + limits.usersAtOnceMax))) this.learn(row)
    }
  }

  /** Of two who try at once, both get the key of the one who was first. */
  async #make(userId: number): Promise<SealingKey> {
    try {
      const made = await this.#db.transaction(async (tx) => {
        const key = await this.#vault.createKey(tx, 'person')
        if (await setUserKey(tx, userId, key.id)) return key
        throw new KeyExists()
      })
      this.learn({ id: userId, keyId: made.id })
      return made
    } catch (error) {
      if (!(error instanceof KeyExists)) throw error
    }
    await this.#find([userId])
    const keyId = this.#keyIds.get(userId)
    if (keyId === undefined) throw new Error(`User ${userId} does not exist, so there is no key of theirs.`)
    return this.#vault.key(keyId)
  }
}
