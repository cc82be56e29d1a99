import type { Writable } from 'node:stream'
import type { CustomTypesConfig } from 'pg'
import pg from 'pg'
import { CommitUnknown, DatabaseError, databaseError, isLost } from './errors.ts'
import type { Db, PostgresAddress, Sql, Tx } from './types.ts'

const int8Oid = 20
const int8ArrayOid = 1016
const parseTextArray = pg.types.getTypeParser(1009 as number as 25, 'text') as unknown as (
  text: string,
) => (string | null)[]

/** Ids and positions are far below 2^53; a number that is not must fail loudly, never be rounded. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error('An int8 column holds a number beyond 2^53−1.')
  return value
}

/** Parsers of one client. The global ones of `pg` stay untouched: other libraries in this process use them too. */
const types: CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === int8Oid) return safeInteger
      if (oid === int8ArrayOid) {
        return (text: string) => parseTextArray(text).map((item) => (item === null ? null : safeInteger(item)))
      }
    }
    return pg.types.getTypeParser(oid, format as 'text')
  },
} as CustomTypesConfig

/** How long a connection may take to open before it counts as lost. */
const connectTimeoutMs = 10_000
/** A transaction that does nothing for this long has been forgotten; its locks must not outlive it. */
const idleInTransactionTimeoutMs = 60_000

/** What `pg` is told about every connection, in a pool or alone. */
export function clientConfig(address: PostgresAddress, applicationName: string): pg.ClientConfig {
  const where =
    'url' in address
      ? { connectionString: address.url }
      : { host: address.socketFolder, port: address.port, user: address.user, database: address.database }
  return {
    ...where,
    types,
    // Statements that are started together share a round trip, see `Tx`.
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    application_name: applicationName,
  }
}

/**
 * Statements that are started in one turn of the event loop leave in one write: each write wakes PostgreSQL, and that costs more
 * than most statements.
 */
export function writeTogether(client: pg.ClientBase): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

type Runner = { query(config: pg.QueryConfig): Promise<pg.QueryResult> }

async function query(
  runner: Runner,
  statement: Sql | string,
  values: readonly unknown[] = [],
): Promise<pg.QueryResult> {
  const isNamed = typeof statement !== 'string'
  const text = isNamed ? statement.text : statement
  try {
    return await runner.query(
      isNamed ? { name: statement.name, text, values: values as unknown[] } : { text, values: values as unknown[] },
    )
  } catch (error) {
    throw databaseError(error, isNamed ? statement.name : text.slice(0, 60))
  }
}

/** The face of `Db` over anything that runs a query. */
export function dbOver(runner: Runner): Db {
  return {
    async rows<R>(statement: Sql | string, values?: readonly unknown[]) {
      return (await query(runner, statement, values)).rows as R[]
    },
    async row<R>(statement: Sql | string, values?: readonly unknown[]) {
      const { rows } = await query(runner, statement, values)
      if (rows.length > 1) {
        const name = typeof statement === 'string' ? statement.slice(0, 60) : statement.name
        throw new Error(`"${name}" gave ${rows.length} rows where at most one is possible.`)
      }
      return rows[0] as R | undefined
    },
    async run(statement: Sql | string, values?: readonly unknown[]) {
      return (await query(runner, statement, values)).rowCount ?? 0
    },
  }
}

/**
 * One transaction on a connection that nobody else uses meanwhile. BEGIN is not waited for: it travels with the first
 * statement. Afterwards the connection is free again, or lost, which `onLost` tells.
 */
export async function transactionOn<T>(
  client: pg.ClientBase,
  work: (tx: Tx) => Promise<T>,
  onLost: () => void,
): Promise<T> {
  const face = dbOver({
    query(config) {
      writeTogether(client)
      return (client as Runner).query(config)
    },
  })
  let isOpen = true
  const guard = <A extends unknown[], R>(run: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (!isOpen) throw new Error('A statement was started on a transaction that has ended.')
      return run(...args)
    }
  }
  const tx = { rows: guard(face.rows), row: guard(face.row), run: guard(face.run), isTransaction: true } as Tx
  writeTogether(client)
  const begun = query(client as Runner, 'BEGIN')
  begun.catch(() => {})
  let result: T
  try {
    result = await work(tx)
    await begun
  } catch (error) {
    isOpen = false
    // Only a lost connection refuses a ROLLBACK.
    await query(client as Runner, 'ROLLBACK').catch(onLost)
    throw error
  }
  isOpen = false
  await commit(client).catch((error) => {
    if (isLost(error)) onLost()
    throw error
  })
  return result
}

async function commit(client: pg.ClientBase): Promise<void> {
  let result: pg.QueryResult
  try {
    result = await query(client as Runner, 'COMMIT')
  } catch (error) {
    if (isLost(error)) throw new CommitUnknown(error)
    throw error
  }
  // PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK and no error: somebody swallowed one.
  if (result.command !== 'COMMIT') {
    throw new DatabaseError('The transaction was rolled back, because a statement in it had failed.', {
      sqlState: '25P02',
      isConnectionLost: false,
    })
  }
}
