import { StartRefused } from '../data-directory/start-refused.ts'
import type { Db, Sql } from './types.ts'

/** PostgreSQL 15 is the oldest whose SQL we use. */
const versionMin = 150_000

const settingsStatement: Sql = {
  name: 'postgres_settings',
  text: `SELECT current_setting('server_version_num')::int AS version,
       current_setting('server_version') AS version_text,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('server_encoding') AS encoding,
       current_setting('transaction_read_only') AS read_only`,
}

type Settings = {
  version: number
  version_text: string
  fsync: string
  full_page_writes: string
  synchronous_commit: string
  encoding: string
  read_only: string
}

/**
 * A PostgreSQL that cannot keep what it acknowledges, or that Chancery cannot run on. The message says what to change.
 */
export class UnfitPostgres extends StartRefused {
  override readonly name = 'UnfitPostgres'
}

/**
 * Refuses a PostgreSQL that may lose what it has acknowledged, whose text is not Unicode, or that is too old. All that
 * is wrong is said at once.
 */
export async function checkServerSettings(db: Db): Promise<void> {
  const settings = await db.row<Settings>(settingsStatement)
  if (settings === undefined) throw new UnfitPostgres('PostgreSQL did not tell its settings.')
  const wrong = [...durabilityFaults(settings), ...fitnessFaults(settings)]
  if (wrong.length > 0) throw new UnfitPostgres(wrong.join('\n'))
}

function* durabilityFaults(settings: Settings): Generator<string> {
  const consequence = 'a power cut could lose or break messages that were acknowledged'
  if (settings.fsync !== 'on') {
    yield `PostgreSQL runs with fsync = ${settings.fsync}: ${consequence}. Set fsync = on in postgresql.conf and ` +
      `restart it.`
  }
  if (settings.full_page_writes !== 'on') {
    yield `PostgreSQL runs with full_page_writes = off: ${consequence}. Set full_page_writes = on in postgresql.conf.`
  }
  // "local" is durable on the primary and asks nothing of replicas; "off" answers before anything is on the disk.
  if (settings.synchronous_commit === 'off') {
    yield `PostgreSQL runs with synchronous_commit = off: ${consequence}. Set synchronous_commit = on, also where ` +
      'the role or the database overrides it (ALTER ROLE … RESET synchronous_commit, ALTER DATABASE … RESET ' +
      'synchronous_commit).'
  }
}

function* fitnessFaults(settings: Settings): Generator<string> {
  if (settings.version < versionMin) {
    yield `PostgreSQL ${settings.version_text} is too old. Chancery needs version 15 or later; version 18 is best.`
  }
  if (settings.encoding !== 'UTF8') {
    yield `The database has the encoding ${settings.encoding}. Chancery needs UTF8: create one with ` +
      "CREATE DATABASE chancery ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL."
  }
  if (settings.read_only !== 'off') {
    yield 'PostgreSQL accepts no writes here (a replica, or default_transaction_read_only). Name the primary in ' +
      'DATABASE_URL.'
  }
}
