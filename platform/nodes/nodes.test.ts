import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Nodes, silentLogger, systemClock } from '#platform/api.ts'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { createNodes } from './nodes.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.dispose())

/** A clock whose sleep ends when the test says so. */
function steps() {
  let wake: () => void = () => undefined
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      wake = resolve
      if (signal?.aborted === true) resolve()
      signal?.addEventListener('abort', () => resolve())
    })
  const clock = { nowMs: systemClock.nowMs, sleep }
  return { clock, look: () => wake() }
}

async function server() {
  const line = await database.postgres.dedicated()
  const { clock, look } = steps()
  const nodes = await createNodes({ postgres: database.postgres, line, clock, logger: silentLogger })
  const [died, over] = [[] as number[], new AbortController()]
  nodes.onDeath(async (_, id) => died.push(id))
  return { nodes, line, look, died, over, start: () => nodes.run(over.signal) }
}

const alive = async () =>
  (await database.postgres.rows<{ id: number }>('select id from node order by id')).map(({ id }) => id)
const backendOf = (nodes: Nodes) =>
  database.postgres.row<{ pid: number }>("select pid from pg_locks where locktype = 'advisory' and objid = $1", [
    nodes.id,
  ])

/** As when its machine is lost: nothing says goodbye. */
async function loses(nodes: Nodes): Promise<void> {
  const { pid } = (await backendOf(nodes)) ?? {}
  await database.postgres.rows('select pg_terminate_backend($1)', [pid])
  await expect.poll(() => backendOf(nodes)).toBeUndefined()
}

test('a server that dies is found out by another, once, at its second look', async () => {
  const [one, other] = [await server(), await server()]
  expect(await alive()).toEqual([one.nodes.id, other.nodes.id])
  const running = one.start()
  await loses(other.nodes)
  await expect
    .poll(() => {
      one.look()
      return one.died
    })
    .toEqual([other.nodes.id])
  expect(await alive()).toEqual([one.nodes.id])
  one.over.abort()
  await running
  expect(await alive()).toEqual([])
  await Promise.all([one.line.close(), other.line.close()])
})

test('a server that only lost its connection is back before anybody takes its work away', async () => {
  const [one, other] = [await server(), await server()]
  const running = [one.start(), other.start()]
  await loses(other.nodes)
  await expect
    .poll(() => {
      other.look()
      return backendOf(other.nodes)
    })
    .toBeDefined()
  for (let n = 0; n < 3; n++) {
    one.look()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect([one.died, await alive()]).toEqual([[], [one.nodes.id, other.nodes.id]])
  for (const each of [one, other]) each.over.abort()
  await Promise.all(running)
  await Promise.all([one.line.close(), other.line.close()])
})
