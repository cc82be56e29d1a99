import type { Clock, Db, Postgres, SealingKey, Vault } from '#platform/api.ts'
import type { User, Users } from '../api.ts'
import { accountByUserId } from '../store/account.ts'
import { insertMissingUsers, setUserKey, type UserRow, usersByIds, usersByMatrixIds } from '../store/users.ts'
import { serverNameOf } from './usernames.ts'

/** People kept in memory; each takes about 400 bytes. Who came in first goes out first, so that a peek writes nothing. */
const usersInMemoryMax = 20_000
/** Ids asked for in one query. */
const batchMax = 1_000

export type UsersDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'createKey' | 'key' | 'keys'>
  readonly clock: Clock
  readonly serverName: string
}

/** A row of `users` never changes except for its key, so what is in memory is never stale. */
export function createUsers({ db, vault, clock, serverName }: UsersDeps): Users {
  const byId = new Map<number, User>()
  const byMatrixId = new Map<string, User>()
  const keyIds = new Map<number, number>()

  function keep(row: UserRow): User {
    if (row.keyId !== null) keyIds.set(row.id, row.keyId)
    const known = byId.get(row.id)
    if (known !== undefined) return known
    const user: User = Object.freeze({
      id: row.id,
      matrixId: row.matrixId,
      isLocal: row.isLocal,
      createdMs: row.createdTs,
    })
    byId.set(user.id, user)
    byMatrixId.set(user.matrixId, user)
    if (byId.size > usersInMemoryMax) {
      const oldest: User = byId.values().next().value!
      byId.delete(oldest.id)
      byMatrixId.delete(oldest.matrixId)
      keyIds.delete(oldest.id)
    }
    return user
  }

  async function collect<K>(
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
    for (let start = 0; start < missing.length; start += batchMax) {
      const rows = await read(db, missing.slice(start, start + batchMax))
      for (const user of rows.map(keep)) found.set(nameOf(user), user)
    }
    return found
  }

  const byIds = (ids: readonly number[]) => collect(ids, byId, usersByIds, (user) => user.id)
  const byMatrixIds = (ids: readonly string[]) => collect(ids, byMatrixId, usersByMatrixIds, (user) => user.matrixId)

  async function ensure(matrixIds: readonly string[]): Promise<Map<string, User>> {
    const found = await byMatrixIds(matrixIds)
    const missing = [...new Set(matrixIds)].filter((matrixId) => !found.has(matrixId))
    if (missing.length === 0) return found
    for (let start = 0; start < missing.length; start += batchMax) {
      const batch = missing.slice(start, start + batchMax)
      const rows = batch.map((matrixId) => ({ matrixId, isLocal: serverNameOf(matrixId) === serverName }))
      await insertMissingUsers(db, rows, clock.nowMs())
    }
    for (const [matrixId, user] of await byMatrixIds(missing)) found.set(matrixId, user)
    return found
  }

  /** Makes the key of somebody who has none. Of two who try at once both get the key of the one who was first. */
  async function makeKey(userId: number): Promise<SealingKey> {
    const made = await db
      .transaction(async (tx) => {
        const key = await vault.createKey(tx, 'person', `user ${userId}`)
        if (await setUserKey(tx, userId, key.id)) return key
        throw new KeyExists()
      })
      .catch((error: unknown) => {
        if (error instanceof KeyExists) return undefined
        throw error
      })
    if (made !== undefined) {
      keyIds.set(userId, made.id)
      return made
    }
    const [row] = await usersByIds(db, [userId])
    if (row?.keyId == null) throw new Error(`User ${userId} does not exist, so there is no key of theirs.`)
    keyIds.set(userId, row.keyId)
    return vault.key(row.keyId)
  }

  async function keysOf(userIds: readonly number[]): Promise<Map<number, SealingKey>> {
    const people = [...new Set(userIds)]
    const unknown = people.filter((userId) => !keyIds.has(userId))
    const found = new Map<number, number>()
    for (let start = 0; start < unknown.length; start += batchMax) {
      for (const row of await usersByIds(db, unknown.slice(start, start + batchMax))) {
        keep(row)
        if (row.keyId !== null) found.set(row.id, row.keyId)
      }
    }
    for (const userId of people) {
      const keyId = keyIds.get(userId)
      if (keyId !== undefined) found.set(userId, keyId)
    }
    const keys = await vault.keys([...found.values()])
    const answer = new Map<number, SealingKey>()
    for (const userId of people) {
      const keyId = found.get(userId)
      const key = keyId === undefined ? await makeKey(userId) : keys.get(keyId)
      // The key of an erased person is gone for good; who asks finds nothing under that id.
      if (key !== undefined) answer.set(userId, key)
    }
    return answer
  }

  async function keyOf(userId: number): Promise<SealingKey> {
    const keyId = keyIds.get(userId)
    if (keyId !== undefined) return vault.key(keyId)
    const [row] = await usersByIds(db, [userId])
    if (row?.keyId == null) return makeKey(userId)
    keep(row)
    return vault.key(row.keyId)
  }

  async function isActive(userId: number): Promise<boolean> {
    const account = await accountByUserId(db, userId)
    return account !== undefined && account.deactivatedTs === null
  }

  return {
    peek: (id) => byId.get(id),
    peekByMatrixId: (matrixId) => byMatrixId.get(matrixId),
    byId: async (id) => byId.get(id) ?? (await byIds([id])).get(id),
    byMatrixId: async (matrixId) => byMatrixId.get(matrixId) ?? (await byMatrixIds([matrixId])).get(matrixId),
    byIds,
    byMatrixIds,
    ensure,
    keyOf,
    keysOf,
    isActive,
  }
}

/** Rolls the transaction back in which a second key would have been made. */
class KeyExists extends Error {}
