import type { Subject } from '#access/api.ts'
import { type Clock, type Db, limits, type Postgres, type SealingKey, type Vault } from '#platform/api.ts'
import type { User, Users } from '../api.ts'
import { accountByUserId, activeAccountIds, activeAccountPage, guestAccountIds } from '../store/account.ts'
import { insertMissingUsers, type UserRow, usersByIds, usersByMatrixIds } from '../store/users.ts'
import { PersonKeys } from './keys.ts'
import { subjectOf } from './subject.ts'
import { serverNameOf } from './usernames.ts'

export type UsersDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'createKey' | 'key' | 'keys'>
  readonly clock: Clock
  readonly serverName: string
}

export function createUsers(deps: UsersDeps): Users {
  return new KnownUsers(deps)
}

/** A row of `users` never changes except for its key, so what is in memory is never stale. */
class KnownUsers implements Users {
  readonly #db: Postgres
  readonly #clock: Clock
  readonly #serverName: string
  readonly #keys: PersonKeys
  readonly #byId = new Map<number, User>()
  readonly #byMatrixId = new Map<string, User>()

  constructor({ db, vault, clock, serverName }: UsersDeps) {
    this.#db = db
    this.#clock = clock
    this.#serverName = serverName
    this.#keys = new PersonKeys(db, vault)
  }

  peek(id: number): User | undefined {
    return this.#byId.get(id)
  }

  peekByMatrixId(matrixId: string): User | undefined {
    return this.#byMatrixId.get(matrixId)
  }

  async byId(id: number): Promise<User | undefined> {
    return this.peek(id) ?? (await this.byIds([id])).get(id)
  }

  async byMatrixId(matrixId: string): Promise<User | undefined> {
    return this.peekByMatrixId(matrixId) ?? (await this.byMatrixIds([matrixId])).get(matrixId)
  }

  byIds(ids: readonly number[]): Promise<Map<number, User>> {
    return this.#collect(ids, this.#byId, usersByIds, (user) => user.id)
  }

  byMatrixIds(matrixIds: readonly string[]): Promise<Map<string, User>> {
    return this.#collect(matrixIds, this.#byMatrixId, usersByMatrixIds, (user) => user.matrixId)
  }

  async ensure(matrixIds: readonly string[]): Promise<Map<string, User>> {
    const found = await this.byMatrixIds(matrixIds)
    const missing = [...new Set(matrixIds)].filter((matrixId) => !found.has(matrixId))
    if (missing.length === 0) return found
    for (let start = 0; start < missing.length; start += limits.usersAtOnceMax) {
      const batch = missing.slice(start, start + limits.usersAtOnceMax)
      const rows = batch.map((matrixId) => ({ matrixId, isLocal: serverNameOf(matrixId) === this.#serverName }))
      await insertMissingUsers(this.#db, rows, this.#clock.nowMs())
    }
    for (const [matrixId, user] of await this.byMatrixIds(missing)) found.set(matrixId, user)
    return found
  }

  keyOf(userId: number): Promise<SealingKey> {
    return this.#keys.of(userId)
  }

  keysOf(userIds: readonly number[]): Promise<Map<number, SealingKey>> {
    return this.#keys.ofAll(userIds)
  }

  async isActive(userId: number): Promise<boolean> {
    const account = await accountByUserId(this.#db, userId)
    return account !== undefined && account.deactivatedTs === null
  }

  async subjectOf(userId: number, deviceId: string): Promise<Subject | undefined> {
    const account = await accountByUserId(this.#db, userId)
    if (account === undefined || account.deactivatedTs !== null) return undefined
    return subjectOf({ ...account, deviceId, id: 0 })
  }

  activeAmong(userIds: readonly number[]): Promise<Set<number>> {
    return activeAccountIds(this.#db, userIds)
  }

  guestsAmong(userIds: readonly number[]): Promise<Set<number>> {
    return guestAccountIds(this.#db, userIds)
  }

  async activePage(after: number, limit: number): Promise<User[]> {
    const ids = await activeAccountPage(this.#db, after, limit)
    const users = await this.byIds(ids)
    return ids.flatMap((id) => users.get(id) ?? [])
  }

  async #collect<K>(
    wanted: readonly K[],
    memory: ReadonlyMap<K, User>,
    read: (db: Db, missing: readonly K[]) => Promise<UserRow[]>,
    nameOf: (user: User) => K,
  ): Promise<Map<K, User>> {
    const found = new Map<K, User>()
    const missing: K[] = []
    for (const name of new Set(wanted)) {
      const user = memory.get(name)
      if (user === undefined) missing.push(name)
      else found.set(name, user)
    }
    for (let start = 0; start < missing.length; start += limits.usersAtOnceMax) {
      const rows = await read(this.#db, missing.slice(start, start + limits.usersAtOnceMax))
      for (const row of rows) {
        const user = this.#keep(row)
        found.set(nameOf(user), user)
      }
    }
    return found
  }

  #keep(row: UserRow): User {
    this.#keys.learn(row)
    const known = this.#byId.get(row.id)
    if (known !== undefined) return known
    const { id, matrixId, isLocal } = row
    const user: User = Object.freeze({ id, matrixId, isLocal })
    this.#byId.set(id, user)
    this.#byMatrixId.set(matrixId, user)
    if (this.#byId.size > limits.usersInMemoryMax) {
      const oldest = this.#byId.values().next().value!
      this.#byId.delete(oldest.id)
      this.#byMatrixId.delete(oldest.matrixId)
      this.#keys.forget(oldest.id)
    }
    return user
  }
}
