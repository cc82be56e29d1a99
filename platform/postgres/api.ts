export { CommitUnknown, DatabaseError, isLost } from './errors.ts'
export type { Db, Dedicated, Postgres, PostgresAddress, Sql, Transactions, Tx } from './types.ts'
export { sql } from './types.ts'
