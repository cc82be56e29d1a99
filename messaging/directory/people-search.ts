import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { searchable, searchWords } from './searchable.ts'

type Deps = { profiles: Pick<Profiles, 'everybody'>; users: Pick<Users, 'byIds' | 'isActive'> }

export type FoundPerson = {
  readonly userId: number
  readonly matrixId: string
  readonly displayName: string | undefined
  readonly avatarUrl: string | undefined
}

type Candidate = FoundPerson & { readonly rank: number; readonly sortName: string }

/**
 * People of this server by name or user id, for writing to them. Names lie sealed in the database, so they are compared
 * in memory. https://spec.matrix.org/v1.19/client-server-api/#user-directory
 */
export class PeopleSearch {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Those whose name or id holds every word of the term, the closest first; whoever asks is not among them. */
  async search(asker: number, term: string, limit: number): Promise<{ people: FoundPerson[]; limited: boolean }> {
    const words = searchWords(term)
    const candidates = (await this.#candidates(words)).filter((one) => one.userId !== asker).sort(closestFirst)
    const people: FoundPerson[] = []
    for (const candidate of candidates) {
      if (!(await this.#deps.users.isActive(candidate.userId))) continue
      if (people.length === limit) return { people, limited: true }
      people.push(candidate)
    }
    return { people, limited: false }
  }

  async #candidates(words: readonly string[]): Promise<Candidate[]> {
    const profiles = await this.#deps.profiles.everybody()
    const people = await this.#deps.users.byIds([...profiles.keys()])
    const found: Candidate[] = []
    for (const [userId, profile] of profiles) {
      const person = people.get(userId)
      if (person?.isLocal !== true) continue
      const candidate = candidateOf(person, profile, words)
      if (candidate !== undefined) found.push(candidate)
    }
    return found
  }
}

function candidateOf(
  person: { id: number; matrixId: string },
  profile: JsonObject,
  words: readonly string[],
): Candidate | undefined {
  const displayName = typeof profile.displayname === 'string' ? profile.displayname : undefined
  const avatarUrl = typeof profile.avatar_url === 'string' ? profile.avatar_url : undefined
  const name = searchable(displayName ?? '')
  const rank = rankOf(name, person.matrixId.toLowerCase(), words)
  if (rank === undefined) return undefined
  const { id: userId, matrixId } = person
  return { userId, matrixId, displayName, avatarUrl, rank, sortName: name === '' ? matrixId.slice(1) : name }
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
  return a.matrixId < b.matrixId ? -1 : 1
}
