import type { User, Users } from '#identity/api.ts'
import { limits } from '#platform/api.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { searchable } from './searchable.ts'

type Deps = { profiles: Pick<Profiles, 'many' | 'onChanged'>; users: Pick<Users, 'byIds' | 'activePage'> }

export type FoundPerson = {
  readonly userId: number
  readonly matrixId: string
  readonly displayName: string | undefined
  readonly avatarUrl: string | undefined
}

/** `name` is the display name as it is compared. */
export type IndexedPerson = FoundPerson & { readonly name: string }

const batch = 1_000

/**
 * The people of this server with their names, in memory as far as they fit: names lie sealed in the database and cannot
 * be compared there. People beyond that are read page by page for each search.
 */
export class PeopleIndex {
  readonly #deps: Deps
  readonly #max: number
  readonly #people = new Map<number, IndexedPerson>()
  readonly #changed = new Set<number>()
  /** Everybody up to this id was taken in. */
  #last = 0
  #refreshing: Promise<void> | undefined

  constructor(deps: Deps, max: number = limits.peopleIndexedMax) {
    this.#deps = deps
    this.#max = max
    deps.profiles.onChanged((userId) => {
      // An account may be made for somebody who was known before, as a person who is banned somewhere.
      if (userId <= this.#last) this.#changed.add(userId)
    })
  }

  /** Everybody, in portions. Accounts that were closed since may be among them. */
  async *everybody(): AsyncGenerator<Iterable<IndexedPerson>> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
    yield this.#people.values()
    for (let last = this.#last; this.#people.size >= this.#max; ) {
      const users = await this.#deps.users.activePage(last, batch)
      yield await this.#indexed(users)
      if (users.length < batch) return
      last = users.at(-1)?.id ?? last
    }
  }

  async #refresh(): Promise<void> {
    const changed = [...this.#changed]
    this.#changed.clear()
    if (changed.length > 0) {
      const users = await this.#deps.users.byIds(changed)
      for (const person of await this.#indexed([...users.values()].filter((user) => user.isLocal)))
        this.#people.set(person.userId, person)
    }
    while (this.#people.size < this.#max) {
      const users = await this.#deps.users.activePage(this.#last, Math.min(batch, this.#max - this.#people.size))
      for (const person of await this.#indexed(users)) this.#people.set(person.userId, person)
      this.#last = users.at(-1)?.id ?? this.#last
      if (users.length < batch) return
    }
  }

  async #indexed(users: readonly User[]): Promise<IndexedPerson[]> {
    const profiles = await this.#deps.profiles.many(users.map((user) => user.id))
    return users.map(({ id, matrixId }) => {
      const { displayname, avatar_url } = profiles.get(id) ?? {}
      const displayName = typeof displayname === 'string' ? displayname : undefined
      const avatarUrl = typeof avatar_url === 'string' ? avatar_url : undefined
      return { userId: id, matrixId, displayName, avatarUrl, name: searchable(displayName ?? '') }
    })
  }
}
