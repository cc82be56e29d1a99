import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { Rate, type RateResult } from './rate.ts'

export type CommitsResult = RateResult & {
  /** What was asked for. */
  readonly wanted: number
  /** What PostgreSQL had free. */
  readonly connections: number
}

const wantedConnections = [1, 16, 64]
/** What a bare commit stores. */
export const yardstick = { rowBytes: 1_000, insert: 'INSERT INTO yardstick (words) VALUES ($1)' } as const
const warmUpMs = 300

/**
 * The yardstick: how many one-row durable commits a second the PostgreSQL gives to that many connections, with nothing
 * between. Works in a database of its own, which is dropped again.
 */
export class Commits {
  readonly #address: pg.ClientConfig
  readonly #shapes = wantedConnections.map((wanted) => ({ wanted, connections: wanted, rate: new Rate() }))

  constructor(address: pg.ClientConfig) {
    this.#address = address
  }

  async round(seconds: number): Promise<void> {
    await inOwnDatabase(this.#address, async (address, admin) => {
      for (const shape of this.#shapes) {
        shape.connections = Math.min(shape.connections, await freeConnections(admin))
        await commitOn(address, shape.connections, seconds, shape.rate)
      }
    })
  }

  results(): CommitsResult[] {
    return this.#shapes.map(({ wanted, connections, rate }) => ({ wanted, connections, ...rate.result() }))
  }
}

/** A database with the table of the yardstick, which is dropped when the work is done. */
export async function inOwnDatabase(
  address: pg.ClientConfig,
  work: (address: pg.ClientConfig, admin: pg.Client) => Promise<void>,
): Promise<void> {
  const database = `chancery_bench_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client(address)
  await admin.connect()
  try {
    await admin.query(`CREATE DATABASE ${database}`)
    const own = withDatabase(address, database)
    const maker = new pg.Client(own)
    await maker.connect()
    await maker.query(
      'CREATE TABLE yardstick (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words bytea NOT NULL)',
    )
    await maker.end()
    await work(own, admin)
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await admin.end()
  }
}

function withDatabase(address: pg.ClientConfig, database: string): pg.ClientConfig {
  if (address.connectionString === undefined) return { ...address, database }
  const url = new URL(address.connectionString)
  url.pathname = `/${database}`
  return { ...address, connectionString: url.href }
}

/** A few are left to the server, which goes on living meanwhile. */
async function freeConnections(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ free: number }>(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int - 2 AS free`,
  )
  return Math.max(1, rows[0]?.free ?? 1)
}

async function commitOn(address: pg.ClientConfig, connections: number, seconds: number, rate: Rate): Promise<void> {
  const clients = Array.from({ length: connections }, () => new pg.Client(address))
  await Promise.all(clients.map((client) => client.connect()))
  try {
    await insertFor(clients, warmUpMs)
    const startMs = performance.now()
    const times = await insertFor(clients, seconds * 1_000)
    rate.add(times, performance.now() - startMs)
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

async function insertFor(clients: readonly pg.Client[], forMs: number): Promise<number[]> {
  const times: number[] = []
  const untilMs = performance.now() + forMs
  const insert = { name: 'yardstick', text: yardstick.insert, values: [randomBytes(yardstick.rowBytes)] }
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < untilMs) {
        const sentMs = performance.now()
        await client.query(insert)
        times.push(performance.now() - sentMs)
      }
    }),
  )
  return times
}
