import type { Users } from '#identity/api.ts'
import type { Db } from '#platform/api.ts'
import type { PeopleSearchScope } from '../ports.ts'
import { acquaintedRows } from '../store/acquaintances.ts'
import type { FoundPerson, IndexedPerson, PeopleIndex } from './people-index.ts'
import { searchWords } from './searchable.ts'

type Deps = {
  db: Db
  index: Pick<PeopleIndex, 'everybody'>
  users: Pick<Users, 'activeAmong'>
  /** Whom a search finds. */
  peopleSearch: PeopleSearchScope
}

type Candidate = { readonly person: IndexedPerson; readonly rank: number; readonly sortName: string }

/** So many of the closest are asked about at once. */
const portion = 200

/**
 * People of this server by name or user id, for writing to them.
 * https://spec.matrix.org/v1.19/client-server-api/#user-directory
 */
export class PeopleSearch {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Those whose name or id holds every word of the term, the closest first; whoever asks is not among them. */
  async search(asker: number, term: string, limit: number): Promise<{ people: FoundPerson[]; limited: boolean }> {
    const candidates = await this.#candidates(asker, searchWords(term))
    const people: FoundPerson[] = []
    for (let start = 0; start < candidates.length && people.length <= limit; start += portion) {
      const next = candidates.slice(start, start + portion).map(({ person }) => person)
      const shown = await this.#shown(
        asker,
        next.map((person) => person.userId),
      )
      people.push(...next.filter((person) => shown.has(person.userId)))
    }
    return { people: people.slice(0, limit), limited: people.length > limit }
  }

  async #candidates(asker: number, words: readonly string[]): Promise<Candidate[]> {
    const found: Candidate[] = []
    for await (const people of this.#deps.index.everybody()) {
      for (const person of people) {
        const rank = person.userId === asker ? undefined : rankOf(person.name, person.matrixId.toLowerCase(), words)
        if (rank === undefined) continue
        found.push({ person, rank, sortName: person.name === '' ? person.matrixId.slice(1) : person.name })
      }
    }
    return found.sort(closestFirst)
  }

  /** Those who can be written to, and whom the asker may find. */
  async #shown(asker: number, userIds: readonly number[]): Promise<Set<number>> {
    const { db, users, peopleSearch } = this.#deps
    const active = await users.activeAmong(userIds)
    return peopleSearch === 'everybody' ? active : acquaintedRows(db, asker, [...active])
  }
}

/** 0: every word begins a word of the name or the user name; 1: the words are somewhere; undefined: one is missing. */
export function rankOf(name: string, matrixId: string, words: readonly string[]): number | undefined {
  const starts = [...name.split(/[\s'’.,()-]+/), name, matrixId, matrixId.slice(1)]
  let rank = 0
  for (const word of words) {
    if (starts.some((start) => start.startsWith(word))) continue
    if (!name.includes(word) && !matrixId.includes(word)) return undefined
    rank = 1
  }
  return rank
}

function closestFirst(a: Candidate, b: Candidate): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  if (a.sortName !== b.sortName) return a.sortName < b.sortName ? -1 : 1
  return a.person.matrixId < b.person.matrixId ? -1 : 1
}
