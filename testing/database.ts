import { randomBytes } from 'node:crypto'
import type { Postgres, PostgresAddress } from '#platform/api.ts'
// Not the whole of platform/: a test of one table need not load the web server.
import { connect } from '#platform/postgres/index.ts'

/** Where the run's PostgreSQL is told to the test processes, as JSON of its address. */
export const testPostgresVariable = 'CHANCERY_TEST_POSTGRES'

/** The database that every test's own is copied from: migrated, and empty. */
export const templateName = 'chancery_template'

export interface TestDatabase extends AsyncDisposable {
  readonly postgres: Postgres
  readonly address: PostgresAddress
  dispose(): Promise<void>
}

/**
 * A fresh database on a real PostgreSQL, with the whole schema and no rows, in about 50 ms. One a test file is usual,
 * one a test is affordable:
 *
 *     let database: TestDatabase
 *     beforeAll(async () => { database = await testDatabase() })
 *     afterAll(() => database.dispose())
 *
 *     it('keeps what was said', async () => {
 *       await using database = await testDatabase()      // or like this, for one test
 *       await database.postgres.run('INSERT …')
 *     })
 *
 * A second pool on the same database (a second server, a restart): `connect({ address: database.address })`; close it
 * before `dispose`.
 */
export async function testDatabase(options: { poolSize?: number } = {}): Promise<TestDatabase> {
  const server = serverAddress()
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${templateName}`)
  const address = { ...server, database: name }
  const postgres = connect({ address, poolSize: options.poolSize ?? 4, applicationName: 'chancery test' })
  let disposal: Promise<void> | undefined
  const dispose = () => {
    disposal ??= postgres.close().then(() => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    return disposal
  }
  return { postgres, address, dispose, [Symbol.asyncDispose]: dispose }
}

type SocketAddress = Extract<PostgresAddress, { socketFolder: string }>

function serverAddress(): SocketAddress {
  const text = process.env[testPostgresVariable]
  if (text === undefined) {
    throw new Error(
      'No test PostgreSQL runs. Run tests with "npx vitest run"; a program calls startTestPostgres() first.',
    )
  }
  return JSON.parse(text) as SocketAddress
}

async function onServer(server: SocketAddress, statement: string): Promise<void> {
  const admin = connect({ address: { ...server, database: 'postgres' }, poolSize: 1 })
  try {
    await admin.run(statement)
  } finally {
    await admin.close()
  }
}
