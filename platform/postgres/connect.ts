import pg from 'pg'
import { clientConfig, dbOver, transactionOn } from './connection.ts'
import { createDedicated } from './dedicated.ts'
import { databaseError, isLost } from './errors.ts'
import { createListener } from './listener.ts'
import type { Dedicated, Postgres, PostgresAddress, Sql, Tx } from './types.ts'

/** More connections than this do not make two cores faster; they make PostgreSQL's memory grow. */
const poolSizeDefault = 8
/** An idle connection costs PostgreSQL 2 to 10 MB; rare peaks give theirs back. */
const idleTimeoutMs = 60_000

const notifyStatement: Sql = { name: 'postgres_notify', text: 'SELECT pg_notify($1, $2)' }

export type ConnectOptions = {
  readonly address: PostgresAddress
  readonly poolSize?: number
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string
}

/** Opens a pool. Nothing is connected before the first statement; `checkServerSettings` is a good first one. */
export function connect(options: ConnectOptions): Postgres {
  const config = clientConfig(options.address, options.applicationName ?? 'chancery')
  const pool = new pg.Pool({ ...config, max: options.poolSize ?? poolSizeDefault, idleTimeoutMillis: idleTimeoutMs })
  // An idle connection that breaks is taken out of the pool by `pg`; its next user gets a new one.
  pool.on('error', () => {})
  const listener = createListener(config)
  const kept = new Set<Dedicated>()
  let closing: Promise<void> | undefined

  /** Lends a connection. One that broke does not go back: the next user would meet it before the pool has noticed. */
  async function withClient<T>(work: (client: pg.PoolClient, onLost: () => void) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error) => {
      throw databaseError(error, 'connect')
    })
    // While a client is out of the pool its break is reported by the statement that waits on it.
    const ignore = () => {}
    client.on('error', ignore)
    let isBroken = false
    try {
      return await work(client, () => {
        isBroken = true
      })
    } catch (error) {
      isBroken ||= isLost(error)
      throw error
    } finally {
      client.off('error', ignore)
      client.release(isBroken)
    }
  }

  function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return withClient((client, onLost) => transactionOn(client, work, onLost))
  }

  async function closeAll(): Promise<void> {
    await Promise.all([listener.close(), ...[...kept].map((one) => one.close())])
    await pool.end()
  }

  // Not `pool.query`: that throws a connection away after every error, a violated constraint included.
  const face = dbOver({
    query: (statement) =>
      withClient((client, onLost) =>
        client.query(statement).catch((error) => {
          if (databaseError(error, '').isConnectionLost) onLost()
          throw error
        }),
      ),
  })
  return {
    ...face,
    transaction,
    listen: listener.listen,
    async notify(channel, payload) {
      await face.rows(notifyStatement, [channel, payload])
    },
    async dedicated() {
      const one = await createDedicated(config, () => kept.delete(one))
      kept.add(one)
      return one
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}
