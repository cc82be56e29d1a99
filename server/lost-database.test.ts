import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Postgres, sql } from '#platform/api.ts'
import { connect } from '#platform/index.ts'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let outside: Postgres
let alice: TownPerson
let room: string
beforeAll(async () => {
  town = await startTown()
  alice = await town.person('alice')
  room = await alice.createRoom()
  outside = connect({ address: { ...town.database.address, database: 'postgres' } as never, poolSize: 1 })
})
afterAll(async () => {
  await outside.close()
  await town[Symbol.asyncDispose]()
})

const name = () => (town.database.address as { database: string }).database
const open = (isOpen: boolean) =>
  outside.run(sql(`test_open_${isOpen}`, `alter database ${name()} allow_connections ${isOpen}`))
const cut = sql('test_cut', 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1')

it('a town whose database is cut off says so to everybody, and goes on when it is back', async () => {
  await open(false)
  await outside.rows(cut, [name()])
  const asked: [string, string, object?][] = [
    ['PUT', `${roomPath(room)}/send/m.room.message/cut`, { msgtype: 'm.text', body: 'cut' }],
    ['GET', `${roomPath(room)}/messages?dir=b`],
    ['POST', '/createRoom', {}],
    ['GET', '/devices'],
    ['GET', '/sync'],
    ['PUT', `/user/${encodeURIComponent(alice.id)}/account_data/org.example.type`, { a: 1 }],
    [
      'POST',
      '/login',
      { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'alice' }, password: townPassword },
    ],
  ]
  for (const [method, path, body] of asked) {
    const answer = await fetch(`${town.url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const { errcode } = (await answer.json()) as { errcode?: string }
    expect([path, answer.status, errcode]).toEqual([path, 503, 'CHANCERY_UNAVAILABLE'])
  }
  await open(true)
  await alice.send(room, 'm.room.message', { msgtype: 'm.text', body: 'cut' }, 'cut')
  const { chunk } = await alice.messages(room)
  expect(chunk.filter(({ content }) => content.body === 'cut')).toHaveLength(1)
})
