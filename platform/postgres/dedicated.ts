import pg from 'pg'
import { dbOver, transactionOn } from './connection.ts'
import { databaseError } from './errors.ts'
import type { Dedicated, Tx } from './types.ts'

/** Opens one connection that is kept for one user and replaced, by his next call, when it broke. */
export async function createDedicated(config: pg.ClientConfig, onClose: () => void): Promise<Dedicated> {
  let client: pg.Client | undefined
  let isClosed = false
  /** The end of the queue: each piece of work starts when the one before it is over. */
  let last: Promise<unknown> = Promise.resolve()

  async function ready(): Promise<pg.Client> {
    if (isClosed) throw databaseError(new Error('Client was closed and is not queryable'), 'connect')
    if (client !== undefined) return client
    const fresh = new pg.Client(config)
    const forget = () => {
      if (client === fresh) client = undefined
    }
    fresh.on('error', forget)
    fresh.on('end', forget)
    try {
      await fresh.connect()
    } catch (error) {
      throw databaseError(error, 'connect')
    }
    client = fresh
    return fresh
  }

  function inTurn<T>(work: (client: pg.Client, onLost: () => void) => Promise<T>): Promise<T> {
    const mine = last.then(async () => {
      const current = await ready()
      const onLost = () => {
        if (client === current) client = undefined
        current.end().catch(() => {})
      }
      try {
        return await work(current, onLost)
      } catch (error) {
        if (databaseError(error, 'dedicated').isConnectionLost) onLost()
        throw error
      }
    })
    last = mine.catch(() => {})
    return mine
  }

  const face = dbOver({ query: (statement) => inTurn((current) => current.query(statement)) })
  await ready()
  return {
    ...face,
    transaction<T>(work: (tx: Tx) => Promise<T>) {
      return inTurn((current, onLost) => transactionOn(current, work, onLost))
    },
    async close() {
      await last
      isClosed = true
      onClose()
      await client?.end().catch(() => {})
    },
  }
}
