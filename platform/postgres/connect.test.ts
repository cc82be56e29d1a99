import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { connect } from './connect.ts'
import { CommitUnknown, type DatabaseError, databaseError, isLost } from './errors.ts'
import { type Postgres, sql } from './types.ts'

let database: TestDatabase
let postgres: Postgres

beforeAll(async () => {
  database = await testDatabase()
  postgres = database.postgres
  await postgres.run('CREATE TABLE note (id bigint PRIMARY KEY, words text)')
})
afterAll(() => database.dispose())

const failure = async (promise: Promise<unknown>): Promise<DatabaseError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error) => error,
  )

/** Ends other connections of this test's database, as a failover or an administrator would. */
const terminateOthers = (where = 'true') =>
  postgres.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${where}`)

it('gives values back as what they are', async () => {
  const row = await postgres.row(
    sql(
      'test_values',
      'SELECT $1::bytea AS bytes, $2::jsonb AS json, $3::int8 AS big, $4::int8[] AS bigs, $5::text AS nothing',
    ),
    [Buffer.from([0, 255]), { a: [1, null] }, Number.MAX_SAFE_INTEGER, [1, 2], null],
  )
  expect(row).toEqual({
    bytes: Buffer.from([0, 255]),
    json: { a: [1, null] },
    big: Number.MAX_SAFE_INTEGER,
    bigs: [1, 2],
    nothing: null,
  })
})

it('fails rather than round a number', async () => {
  await expect(postgres.row('SELECT 9007199254740993::int8 AS big')).rejects.toThrow(/beyond 2\^53/)
})

it('gives undefined for no row, and refuses a second one', async () => {
  expect(await postgres.row('SELECT 1 WHERE false')).toBeUndefined()
  await expect(postgres.row('SELECT generate_series(1, 2)')).rejects.toThrow(/at most one/)
})

it('counts what changed', async () => {
  expect(await postgres.run('INSERT INTO note SELECT generate_series(1000, 1004)')).toBe(5)
  expect(await postgres.run('DELETE FROM note WHERE id > $1', [1001])).toBe(3)
})

it('never repeats a value in an error', async () => {
  const secret = 'a-word-that-somebody-wrote'
  await postgres.run('INSERT INTO note VALUES (1, $1)', [secret])
  const duplicate = await failure(postgres.run('INSERT INTO note VALUES (1, $1)', [secret]))
  const misfit = await failure(postgres.rows(sql('test_misfit', 'SELECT $1::int'), [secret]))
  expect(duplicate).toMatchObject({ sqlState: '23505', constraint: 'note_pkey', isConnectionLost: false })
  expect(misfit).toMatchObject({ sqlState: '22P02', isConnectionLost: false })
  for (const error of [duplicate, misfit]) {
    const all = [error.message, error.stack, JSON.stringify(error), String((error as Error).cause)].join()
    expect(all).not.toContain(secret)
  }
  expect(misfit.message).toContain('test_misfit')
})

it('keeps what committed and drops what threw', async () => {
  await postgres.transaction((tx) => tx.run('INSERT INTO note VALUES (10)'))
  const thrown = new Error('no')
  const refused = postgres.transaction(async (tx) => {
    await tx.run('INSERT INTO note VALUES (11)')
    throw thrown
  })
  await expect(refused).rejects.toBe(thrown)
  expect(await postgres.rows('SELECT id FROM note WHERE id IN (10, 11)')).toEqual([{ id: 10 }])
})

it('runs statements that were started together in their order', async () => {
  await postgres.transaction(async (tx) => {
    const [, changed, rows] = await Promise.all([
      tx.run('INSERT INTO note VALUES (20)'),
      tx.run("UPDATE note SET words = 'x' WHERE id = $1", [20]),
      tx.rows('SELECT words FROM note WHERE id = 20'),
    ])
    expect([changed, rows]).toEqual([1, [{ words: 'x' }]])
  })
})

it('says so when a swallowed error turned COMMIT into ROLLBACK', async () => {
  const swallowed = postgres.transaction(async (tx) => {
    await tx.run('INSERT INTO note VALUES (30)')
    await tx.run('SELECT 1/0').catch(() => {})
  })
  expect(await failure(swallowed)).toMatchObject({ sqlState: '25P02' })
  expect(await postgres.row('SELECT 1 FROM note WHERE id = 30')).toBeUndefined()
})

it('refuses statements on a transaction that is over', async () => {
  let kept: { run(text: string): Promise<number> } | undefined
  await postgres.transaction(async (tx) => {
    kept = tx
  })
  await expect(kept?.run('DELETE FROM note')).rejects.toThrow(/has ended/)
})

it('knows a COMMIT whose fate is unknown', async () => {
  await postgres.run(`
    CREATE TABLE fatal (id int);
    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER fatal_die AFTER INSERT ON fatal DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION die()`)
  const error = await failure(postgres.transaction((tx) => tx.run('INSERT INTO fatal VALUES (1)')))
  expect(error).toBeInstanceOf(CommitUnknown)
  expect(error.isConnectionLost).toBe(true)
  expect(await postgres.row('SELECT 1 AS one')).toEqual({ one: 1 })
})

it('reports a connection that is lost in a transaction, and goes on with a new one', async () => {
  const broken = postgres.transaction(async (tx) => {
    const pid = await tx.row<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await terminateOthers(`pid = ${pid?.pid}`)
    await tx.row('SELECT 1')
  })
  const error = await failure(broken)
  expect(error).toMatchObject({ isConnectionLost: true })
  expect(error).not.toBeInstanceOf(CommitUnknown)
  expect(await postgres.transaction((tx) => tx.row('SELECT 2 AS two'))).toEqual({ two: 2 })
})

it('survives the loss of every idle connection', async () => {
  await Promise.all([1, 2, 3].map(() => postgres.rows('SELECT pg_sleep(0.05)')))
  await terminateOthers()
  await wait(50)
  expect(await postgres.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('hears notices, also after its connection was replaced', async () => {
  const heard: string[] = []
  const unlisten = await postgres.listen('test channel', (payload) => heard.push(payload))
  await postgres.notify('test channel', 'first')
  await vi.waitFor(() => expect(heard).toEqual(['first']))
  await terminateOthers()
  await vi.waitFor(() => expect(heard).toEqual(['first', '']), 5_000)
  await postgres.notify('test channel', 'second')
  await vi.waitFor(() => expect(heard).toEqual(['first', '', 'second']))
  await unlisten()
  await postgres.notify('test channel', 'third')
  await wait(50)
  expect(heard).toHaveLength(3)
})

it('keeps one connection aside, in turns, and replaces it when it breaks', async () => {
  const aside = await postgres.dedicated()
  const pidOf = async () => (await aside.row<{ pid: number }>('SELECT pg_backend_pid() AS pid'))?.pid
  const pid = await pidOf()
  const order: number[] = []
  await Promise.all(
    [1, 2, 3].map((n) =>
      aside.transaction(async (tx) => {
        order.push(n)
        await tx.rows('SELECT pg_sleep(0.01)')
        order.push(n)
      }),
    ),
  )
  expect(order).toEqual([1, 1, 2, 2, 3, 3])
  expect(await pidOf()).toBe(pid)
  const broken = aside.transaction(async (tx) => {
    await terminateOthers(`pid = ${pid}`)
    await tx.rows('SELECT 1')
  })
  expect(await failure(broken)).toMatchObject({ isConnectionLost: true })
  expect(await pidOf()).not.toBe(pid)
  await aside.close()
  expect(await failure(aside.rows('SELECT 1'))).toMatchObject({ isConnectionLost: true })
})

it('says that it cannot connect', async () => {
  const nowhere = connect({ address: { url: 'postgres://nobody@127.0.0.1:1/none' } })
  expect(await failure(nowhere.rows('SELECT 1'))).toMatchObject({ isConnectionLost: true })
  expect(await failure(nowhere.transaction(async () => {}))).toMatchObject({ isConnectionLost: true })
  await nowhere.close()
})

it('knows the other ways in which a database cannot be asked', () => {
  const full = Object.assign(new Error('sorry, too many clients already'), { severity: 'FATAL', code: '53300' })
  const unnamed = Object.assign(new Error('getaddrinfo EAI_AGAIN db'), { code: 'EAI_AGAIN' })
  const noneFree = new Error('timeout exceeded when trying to connect')
  for (const raw of [full, unnamed, noneFree]) expect(isLost(databaseError(raw, 'connect'))).toBe(true)
  const taken = Object.assign(new Error('duplicate key'), { severity: 'ERROR', code: '23505' })
  for (const other of [databaseError(taken, 'insert'), new Error('x')]) expect(isLost(other)).toBe(false)
})

it('refuses a name that PostgreSQL would cut', () => {
  expect(() => sql('x'.repeat(64), 'SELECT 1')).toThrow(/longer than 63/)
})
