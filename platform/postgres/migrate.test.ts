import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { migrate } from './migrate.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await testDatabase()
  await database.postgres.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  folder = await mkdtemp(join(tmpdir(), 'chancery-migrations-'))
  await write('0001-tree.sql', 'CREATE TABLE tree (id int); CREATE TABLE leaf (id int)')
})
afterEach(async () => {
  await database.dispose()
  await rm(folder, { recursive: true })
})

const write = (name: string, text: string) => writeFile(join(folder, name), text)
const run = () => migrate(database.postgres, folder)
const tables = async () =>
  (
    await database.postgres.rows<{ t: string }>(
      "SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    )
  ).map(({ t }) => t)

it('applies what is new, in order, once', async () => {
  await write('0010-root.sql', 'ALTER TABLE tree ADD root int')
  expect(await run()).toEqual(['0001-tree.sql', '0010-root.sql'])
  expect(await run()).toEqual([])
  await write('0011-bark.sql', 'CREATE TABLE bark (id int)')
  expect(await run()).toEqual(['0011-bark.sql'])
  expect(await tables()).toEqual(['bark', 'leaf', 'migration', 'tree'])
})

it('lets servers start at once', async () => {
  const done = await Promise.all([run(), run(), run()])
  expect(done.flat()).toEqual(['0001-tree.sql'])
})

it('keeps nothing of one that fails', async () => {
  await write('0002-bark.sql', 'CREATE TABLE bark (id int); SELECT 1/0')
  await expect(run()).rejects.toThrow(/0002-bark\.sql failed and nothing of it was kept/)
  expect(await tables()).toEqual(['leaf', 'migration', 'tree'])
})

it('refuses a database of a newer version', async () => {
  await write('0002-bark.sql', 'CREATE TABLE bark (id int)')
  await run()
  await rm(join(folder, '0002-bark.sql'))
  await expect(run()).rejects.toThrow(/made by a newer version of Chancery \(it knows 0002-bark\.sql/)
})

it('refuses a file that was changed after it was applied', async () => {
  await run()
  await write('0001-tree.sql', 'CREATE TABLE tree (id bigint)')
  await expect(run()).rejects.toThrow(/in another wording/)
})

it('refuses two files with one number, and names that are none', async () => {
  await write('0001-bush.sql', 'SELECT 1')
  await expect(run()).rejects.toThrow(/have the number 0001/)
  await rm(join(folder, '0001-bush.sql'))
  await write('2-bush.sql', 'SELECT 1')
  await expect(run()).rejects.toThrow(/no migration's name/)
})
