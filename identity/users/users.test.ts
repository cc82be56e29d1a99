import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemRandom as random, type Vault } from '#platform/api.ts'
import { createVault } from '#platform/index.ts'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { createUsers } from './users.ts'

const clock = { nowMs: () => 1_700_000_000_000, sleep: (ms: number) => sleep(ms).then(() => undefined) }

let database: TestDatabase
let vault: Vault

beforeAll(async () => {
  database = await testDatabase({ poolSize: 8 })
  vault = await createVault({ db: database.postgres, masterKey: randomBytes(32), random, clock })
})
afterAll(async () => {
  await vault.close()
  await database.dispose()
})

/** As another process would see it: the same tables, an empty memory. */
const directory = () => createUsers({ db: database.postgres, vault, clock, serverName: 'test' })

it('gives everybody one id, whoever asks at the same time', async () => {
  const names = Array.from({ length: 50 }, (_, n) => `@crowd${n}:${n % 2 === 0 ? 'test' : 'elsewhere.example'}`)
  const answers = await Promise.all([directory(), directory(), directory()].map((users) => users.ensure(names)))
  const ids = answers.map((answer) => names.map((name) => answer.get(name)!.id))
  expect(new Set(ids[0]).size).toBe(50)
  expect(ids[1]).toEqual(ids[0])
  expect(ids[2]).toEqual(ids[0])
  expect(answers[0]!.get('@crowd0:test')!.isLocal).toBe(true)
  expect(answers[0]!.get('@crowd1:elsewhere.example')!.isLocal).toBe(false)
})

it('finds by id and by Matrix id, peeks only into memory, and leaves out what is not there', async () => {
  const made = (await directory().ensure(['@ada:test'])).get('@ada:test')!
  const users = directory()
  expect(users.peek(made.id)).toBeUndefined()
  expect(await users.byId(made.id)).toEqual(made)
  expect(users.peek(made.id)).toEqual(made)
  expect(users.peekByMatrixId('@ada:test')).toEqual(made)
  expect(await users.byMatrixId('@nobody:test')).toBeUndefined()
  expect([...(await users.byIds([made.id, 2 ** 31 - 1])).keys()]).toEqual([made.id])
  expect([...(await users.byMatrixIds(['@nobody:test', '@ada:test'])).keys()]).toEqual(['@ada:test'])
})

it('makes one key a person at first need, also when many need it at once', async () => {
  const person = (await directory().ensure(['@late:elsewhere.example'])).get('@late:elsewhere.example')!
  const keys = await Promise.all([directory(), directory(), directory()].map((users) => users.keyOf(person.id)))
  expect(new Set(keys.map((key) => key.id)).size).toBe(1)
  const sealed = keys[0]!.seal('test', 'x', Buffer.from('words'))
  expect(keys[2]!.open('test', 'x', sealed).toString()).toBe('words')
  const stored = await database.postgres.rows(`select 1 from data_key where kind = 'person'`)
  expect(stored).toHaveLength(1)
  const many = await directory().keysOf([person.id, person.id])
  expect([...many.values()].map((key) => key.id)).toEqual([keys[0]!.id])
  await expect(directory().keyOf(2 ** 31 - 1)).rejects.toThrow('does not exist')
})
