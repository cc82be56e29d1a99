/** Every endpoint of messaging, asked with wrong values of every kind: a Matrix error, and never a failure of the server. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Route } from '#platform/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let alice: TownPerson
let known: Record<string, string>

beforeAll(async () => {
  town = await startTown()
  const [first, bob] = await town.people('alice', 'bob')
  alice = first
  const room = await alice.createRoom({ preset: 'public_chat', room_alias_name: 'quay', name: 'Quay' })
  const eventId = await alice.say(room, 'a message')
  known = {
    roomId: room,
    roomIdOrAlias: room,
    roomAlias: '#quay:town.example',
    eventId,
    userId: alice.id,
    eventType: 'm.room.message',
    stateKey: '',
    type: 'm.x',
    tag: 'u.x',
    receiptType: 'm.read',
    relType: 'm.thread',
    kind: 'override',
    scope: 'global',
    user_id: bob.id,
  }
})
afterAll(() => town[Symbol.asyncDispose]())

const texts = [
  '',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '../..',
  'x'.repeat(300),
  'é'.repeat(200),
  '!',
  '$',
  '@',
  '#',
  '@:',
  '__proto__',
]
const more = [
  'constructor',
  '!x:y',
  '$x',
  '#x:y',
  '%',
  '%00',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'NaN',
  's0_0',
  's1_1',
]
const tokens = [
  's9007199254740991_0',
  's99_9007199254740991',
  't0',
  't-1',
  't9007199254740991',
  't-9007199254740991',
  'null',
]
const strings = [
  ...texts,
  ...more,
  ...tokens,
  '{',
  '[]',
  '{"room":7}',
  '{"limit":-1}',
  '{"types":[7]}',
  '{"types":["***"]}',
]
const values: unknown[] = [
  ...strings,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 60,
  [],
  {},
  [null],
  [{}],
  { a: { b: {} } },
  { 'm.relates_to': { rel_type: 'm.thread', event_id: '$\u0000' } },
  { membership: 'join' },
  { users: { '@x:y': '7' } },
]

/** The n-th choice of the run, spread over all that is tried. */
let turn = 0
function one<T>(list: readonly T[]): T {
  turn += 1
  return list[(turn * 7919) % list.length] as T
}

function pathOf(route: Route): string {
  const path = [route.path].flat()[0] ?? ''
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = turn % 3 === 0 ? one(strings) : (known[name] ?? one(strings))
    return encodeURIComponent(value.isWellFormed() ? value : 'x')
  })
}

function keysOf(schema: unknown): string[] {
  return Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})
}

function queryOf(route: Route): string {
  const query = new URLSearchParams()
  for (const name of keysOf(route.query)) if (one([0, 1, 1]) === 1) query.append(name, one(strings))
  if (query.has('timeout')) query.set('timeout', one(['abc', '-1', '0', '1.5', '5']))
  return query.size === 0 ? '' : `?${query}`
}

function bodyOf(route: Route): unknown {
  if (one([0, 1, 2, 3]) === 0) return one(values)
  const body: Record<string, unknown> = {}
  for (const name of keysOf(route.body)) {
    if (one([0, 1, 1]) === 1) body[name] = name in known && turn % 2 === 0 ? known[name] : one(values)
  }
  if (Object.keys(body).length === 0) return { [one(strings)]: one(values), type: one(values) }
  return body
}

it('answers every wrong request with an error of its own', { timeout: 120_000 }, async () => {
  const failed: string[] = []
  const routes = town.chancery.messaging.routes
  expect(routes.length).toBeGreaterThan(50)
  for (let round = 0; round < 12; round++) {
    const asked = routes.map(async (route) => {
      const path = pathOf(route) + queryOf(route)
      const body = route.method === 'GET' ? undefined : bodyOf(route)
      const answer = await alice.call(route.method, path, body === undefined ? {} : { body })
      const isError = answer.status >= 400
      if (answer.status >= 500 || (isError && typeof answer.json?.errcode !== 'string')) {
        failed.push(`${route.operation} ${path} ${JSON.stringify(body)} → ${answer.status} ${answer.text.slice(0, 99)}`)
      }
    })
    await Promise.all(asked)
  }
  expect(failed).toEqual([])
  // In a room of its own: among what was asked may have been to leave the first.
  expect(await alice.say(await alice.createRoom(), 'still here')).toMatch(/^\$/)
})

it('a text that cannot be stored is the fault of who sent it, wherever it stands', async () => {
  const nul = '\u0000'
  const version = await alice.call('POST', '/room_keys/version', { body: { algorithm: nul, auth_data: {} } })
  expect([version.status, version.json.errcode]).toEqual([400, 'M_INVALID_PARAM'])
  const lists = { all: { ranges: [[0, 9]], filters: { spaces: [`!${nul}:town.example`] } } }
  const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
  const sliding = await alice.call('POST', path, { body: { lists } })
  expect([sliding.status, sliding.json.errcode]).toEqual([400, 'M_INVALID_PARAM'])
})
