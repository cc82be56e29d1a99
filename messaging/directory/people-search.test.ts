import { describe, expect, it } from 'vitest'
import type { User } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { PeopleSearch } from './people-search.ts'

const people: [id: number, name: string, profile: JsonObject, isLocal: boolean, isActive: boolean][] = [
  [1, 'ada', { displayname: 'Ada Lovelace' }, true, true],
  [2, 'grace', { displayname: 'Grace Hopper' }, true, true],
  [3, 'zoe', { displayname: 'Zoë Müller', avatar_url: 'mxc://example.org/z' }, true, true],
  [4, 'gone', { displayname: 'Ada Gone' }, true, false],
  [5, 'far', { displayname: 'Ada Far' }, false, true],
  [6, 'nada', {}, true, true],
]

const search = new PeopleSearch({
  profiles: { everybody: async () => new Map(people.map(([id, , profile]) => [id, profile])) },
  users: {
    byIds: async (ids) =>
      new Map<number, User>(
        people
          .filter(([id]) => ids.includes(id))
          .map(([id, name, , isLocal]) => [id, { id, matrixId: `@${name}:example.org`, isLocal, createdMs: 0 }]),
      ),
    isActive: async (id) => people.find(([other]) => other === id)?.[4] ?? false,
  },
})

const found = async (term: string, limit = 10, asker = 2) => {
  const answer = await search.search(asker, term, limit)
  return [answer.people.map((person) => person.matrixId.slice(1, -'example.org'.length - 1)), answer.limited]
}

describe('PeopleSearch', () => {
  it('puts those first whose name begins with the word, and leaves out the closed and the foreign', async () => {
    expect(await found('ada')).toEqual([['ada', 'nada'], false])
  })

  it('knows no case and no accents, and wants every word', async () => {
    expect(await found('ZOE mull')).toEqual([['zoe'], false])
    expect(await found('zoe hopper')).toEqual([[], false])
    expect(await found('@zoe:example.org')).toEqual([['zoe'], false])
  })

  it('offers everybody but the asker for an empty term, and says when there are more', async () => {
    expect(await found('')).toEqual([['ada', 'nada', 'zoe'], false])
    expect(await found('', 2)).toEqual([['ada', 'nada'], true])
    expect(await found('grace')).toEqual([[], false])
  })
})
