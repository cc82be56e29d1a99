import { isRole, roleCatalogue } from '#access/api.ts'
import type { Db } from '#platform/api.ts'
import type { Profiles } from '../api.ts'
import { accountPage, type PersonRow } from '../store/account.ts'
import { usernameOf } from '../users/usernames.ts'

/** Rows read at once while a search looks for names, which are sealed and so cannot be found by the database. */
const searchBatch = 500

export type Person = {
  readonly userId: number
  readonly matrixId: string
  readonly displayName: string
  readonly isAdmin: boolean
  readonly isDeactivated: boolean
  readonly createdTs: number
  readonly lastSeenTs: number | undefined
}

export interface People {
  /**
   * The accounts of this server in the order in which they were made.
   *
   * @param search part of the display name or the Matrix id, in any case; empty finds everybody
   * @param after `next` of the page before
   */
  page(search: string, after: number, limit: number): Promise<{ people: Person[]; next: number | undefined }>
}

export function createPeople({ db, profiles }: { db: Db; profiles: Pick<Profiles, 'displayNames'> }): People {
  async function present(rows: readonly PersonRow[]): Promise<Person[]> {
    const names = await profiles.displayNames(rows.map((row) => row.userId))
    return rows.map((row) => ({
      userId: row.userId,
      matrixId: row.matrixId,
      displayName: names.get(row.userId) ?? usernameOf(row.matrixId),
      isAdmin: isRole(row.role) && roleCatalogue[row.role].isAdmin,
      isDeactivated: row.deactivatedTs !== null,
      createdTs: row.createdTs,
      lastSeenTs: row.lastSeenTs ?? undefined,
    }))
  }

  async function page(search: string, after: number, limit: number) {
    const wanted = search.trim().toLowerCase()
    const batchSize = wanted === '' ? limit + 1 : searchBatch
    const found: Person[] = []
    let last = after
    for (;;) {
      const rows = await accountPage(db, last, batchSize)
      for (const person of await present(rows)) {
        if (`${person.displayName}\n${person.matrixId}`.toLowerCase().includes(wanted)) found.push(person)
      }
      if (found.length > limit) return { people: found.slice(0, limit), next: found[limit - 1]!.userId }
      if (rows.length < batchSize) return { people: found, next: undefined }
      last = rows.at(-1)!.userId
    }
  }

  return { page }
}
