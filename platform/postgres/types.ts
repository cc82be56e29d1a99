/** A statement with a name: each connection parses and plans it once. Make it with `sql()` at module level. */
export interface Sql {
  readonly name: string
  readonly text: string
}

/**
 * What runs statements: the pool, or one transaction of it. Code that takes a `Db` works inside and outside of a
 * transaction alike.
 *
 * Columns come back as: `int8` a JavaScript number (a value beyond ±(2^53−1) throws), `int8[]` likewise, `bytea` a
 * Buffer, `json` and `jsonb` parsed, `timestamptz` a Date, `numeric` a string. Parameters: a Buffer for `bytea`, an
 * array for a PostgreSQL array, any other object becomes JSON (an array for a `json` column must be stringified by the
 * caller).
 *
 * Every failure is a `DatabaseError`.
 */
export interface Db {
  rows<R>(statement: Sql | string, values?: readonly unknown[]): Promise<R[]>
  /** At most one row; more than one is a broken promise of the statement and throws. */
  row<R>(statement: Sql | string, values?: readonly unknown[]): Promise<R | undefined>
  /** The number of rows that were inserted, changed or deleted. */
  run(statement: Sql | string, values?: readonly unknown[]): Promise<number>
}

/**
 * A `Db` inside BEGIN … COMMIT. Statements that do not need one another's answer may be started together
 * (`Promise.all`): they travel in one round trip and run in the order in which they were started.
 */
export interface Tx extends Db {
  readonly isTransaction: true
}

/** Something that opens transactions. */
export interface Transactions {
  /**
   * BEGIN, `work`, COMMIT. An error in `work` rolls back and is thrown on. `CommitUnknown` is thrown when the
   * connection died during COMMIT, so that the transaction may or may not have happened; whoever writes settles it by
   * its own idempotency key.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

/**
 * One connection kept aside for one steady user, the log's writer for example. Its transactions run one after another
 * in the order of their calls. A connection that broke is replaced by the next call.
 */
export interface Dedicated extends Db, Transactions {
  close(): Promise<void>
}

export interface Postgres extends Db, Transactions {
  /**
   * Hears NOTIFY on a channel until the returned function is called. Delivery is a hint, never a promise: after a
   * broken connection was replaced, `onNotice` is called once with an empty payload, because notices may have been
   * missed.
   */
  listen(channel: string, onNotice: (payload: string) => void): Promise<() => Promise<void>>
  notify(channel: string, payload: string): Promise<void>
  dedicated(): Promise<Dedicated>
  close(): Promise<void>
}

/** Where a PostgreSQL is: a URL for yours, a socket folder for the embedded one. */
export type PostgresAddress =
  | { readonly url: string }
  | { readonly socketFolder: string; readonly port: number; readonly user: string; readonly database: string }

/** PostgreSQL keeps 63 bytes of a name; a longer one would silently become another's. */
const statementNameBytesMax = 63

/** A named, prepared statement; a constant at module level in a store file. The name is unique in the whole server. */
export function sql(name: string, text: string): Sql {
  if (Buffer.byteLength(name) > statementNameBytesMax) {
    throw new Error(`The statement name "${name}" is longer than ${statementNameBytesMax} bytes. Shorten it.`)
  }
  return Object.freeze({ name, text })
}
