import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

/** What means something in patterns of the database, or in those of clients, means nothing in a type. */
const types = ['m.room.message', 'org.a', 'org.a_b', 'org.axb', 'org.50%', 'org.50', 'org.\\a', 'org.ä']
const patterns = [...types, 'org.*', '*', '*.a*b', 'org.a_*', 'm.*.message', '*%', 'org.none']

type Filter = {
  types?: string[]
  not_types?: string[]
  senders?: string[]
  not_senders?: string[]
  contains_url?: boolean
  related_by_rel_types?: string[]
  related_by_senders?: string[]
}
type Said = {
  id: string
  type: string
  sender: string
  hasUrl: boolean
  relation?: string
  target?: string
  isState: boolean
}

/** The specification's words for filters, one event at a time. */
function passes(event: Said, all: readonly Said[], filter: Filter): boolean {
  const matches = (pattern: string) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
        .join('.*')}$`,
      'u',
    ).test(event.type)
  if (filter.types && !filter.types.some(matches)) return false
  if (filter.not_types?.some(matches)) return false
  if (filter.senders && !filter.senders.includes(event.sender)) return false
  if (filter.not_senders?.includes(event.sender)) return false
  if (filter.contains_url !== undefined && filter.contains_url !== event.hasUrl) return false
  const { related_by_rel_types: relations, related_by_senders: people } = filter
  if (relations === undefined && people === undefined) return true
  return all.some(
    (other) =>
      other.target === event.id &&
      (relations === undefined || relations.includes(other.relation ?? '')) &&
      (people === undefined || people.includes(other.sender)),
  )
}

async function talk(people: readonly TownPerson[], room: string): Promise<Said[]> {
  const said: Said[] = []
  for (let n = 0; n < 48; n += 1) {
    const who = people[n % people.length] as TownPerson
    const type = types[(n * 5) % types.length] as string
    const [hasUrl, isState] = [n % 4 === 0, n % 11 === 10]
    const target = n % 3 === 2 ? said[(n * 7) % said.length] : undefined
    const relation = ['m.thread', 'm.reference', 'org.own'][n % 3] as string
    const content = {
      body: `${n}`,
      ...(hasUrl && { url: 'mxc://town.example/x' }),
      ...(target && !isState && { 'm.relates_to': { rel_type: relation, event_id: target.id } }),
    }
    const id = isState ? await who.setState(room, 'org.state', content, `${n}`) : await who.send(room, type, content)
    const relates = target && !isState ? { relation, target: target.id } : {}
    said.push({ id, type: isState ? 'org.state' : type, sender: who.id, hasUrl, isState, ...relates })
  }
  return said
}

it('pages hold what a filter lets through, and nothing else, in either direction', async () => {
  const [alice, bob, carol] = [await town.person('fa'), await town.person('fb'), await town.person('fc')]
  const people = [alice, bob, carol]
  const room = await alice.createRoom({ preset: 'public_chat', power_level_content_override: { state_default: 0 } })
  for (const other of [bob, carol]) await other.join(room)
  const first = (await alice.messages(room, { limit: '1' })).chunk[0].event_id
  const said = await talk(people, room)
  const list = `/user/${encodeURIComponent(alice.id)}/account_data/m.ignored_user_list`
  const some = <T>(...all: T[]) => fc.option(fc.subarray(all, { maxLength: 3 }), { nil: undefined })
  const names = some(...people.map(({ id }) => id), '@nobody:town.example')
  const filters = fc.record(
    {
      types: some(...patterns),
      not_types: some(...patterns),
      senders: names,
      not_senders: names,
      contains_url: fc.option(fc.boolean(), { nil: undefined }),
      related_by_rel_types: some('m.thread', 'm.reference', 'org.own'),
      related_by_senders: names,
    },
    { requiredKeys: [] },
  )
  const asked = fc.record({
    filter: filters,
    ignored: fc.subarray([bob.id, carol.id]),
    limit: fc.nat({ max: 6 }),
    dir: fc.constantFrom('b', 'f'),
  })
  await fc.assert(
    fc.asyncProperty(asked, async ({ filter, ignored, limit, dir }) => {
      await alice.ok('PUT', list, { ignored_users: Object.fromEntries(ignored.map((id) => [id, {}])) })
      const found: string[] = []
      let from: string | undefined
      do {
        const query = {
          dir,
          limit: `${limit + 1}`,
          filter: JSON.stringify(filter),
          ...(from !== undefined && { from }),
        }
        const page = await alice.messages(room, query)
        found.push(...page.chunk.map((event) => event.event_id))
        from = page.end
      } while (from !== undefined)
      const told = said.filter(
        (event) => passes(event, said, filter) && (event.isState || !ignored.includes(event.sender)),
      )
      const expected = told.map(({ id }) => id)
      const known = new Set(said.map(({ id }) => id))
      expect(found.filter((id) => known.has(id))).toEqual(dir === 'f' ? expected : expected.toReversed())
      if (Object.values(filter).every((one) => one === undefined)) expect(found).toContain(first)
    }),
    { numRuns: 60 },
  )
})
