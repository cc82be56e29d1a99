import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#matrix/api.ts'
import { PeopleIndex } from './people-index.ts'
import { PeopleSearch } from './people-search.ts'

const people: [id: number, name: string, profile: JsonObject, isLocal: boolean, isActive: boolean][] = [
  [1, 'ada', { displayname: 'Ada Lovelace' }, true, true],
  [2, 'grace', { displayname: 'Grace Hopper' }, true, true],
  [3, 'zoe', { displayname: 'Zoë Müller', avatar_url: 'mxc://example.org/z' }, true, true],
  [4, 'gone', { displayname: 'Ada Gone' }, true, false],
  [5, 'far', { displayname: 'Ada Far' }, false, true],
  [6, 'nada', {}, true, true],
]

/** Closed after the names were taken in. */
const closedSince = 4

const index = new PeopleIndex(
  {
    profiles: {
      many: async (ids) => new Map(people.filter(([id]) => ids.includes(id)).map(([id, , profile]) => [id, profile])),
      onChanged: () => undefined,
    },
    users: {
      byIds: async () => new Map(),
      activePage: async (after, limit) =>
        people
          .filter(([id, , , isLocal, isActive]) => id > after && isLocal && (isActive || id === closedSince))
          .slice(0, limit)
          .map(([id, name]) => ({ id, matrixId: `@${name}:example.org`, isLocal: true, createdMs: 0 })),
    },
  },
  2,
)

const search = new PeopleSearch({
  db: undefined as never,
  index,
  peopleSearch: 'everybody',
  users: {
    activeAmong: async (ids) =>
      new Set(people.filter(([id, , , , isActive]) => isActive && ids.includes(id)).map(([id]) => id)),
  },
})

const found = async (term: string, limit = 10, asker = 2) => {
  const answer = await search.search(asker, term, limit)
  return [answer.people.map((person) => person.matrixId.slice(1, -'example.org'.length - 1)), answer.limited]
}

describe('PeopleSearch', () => {
  it('finds those beyond what fits into memory, and puts those first whose name begins with the word, and leaves out the closed and the foreign', async () => {
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
