import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartRefused } from '../data-directory/start-refused.ts'
import { DatabaseError } from './errors.ts'
import type { Postgres, Tx } from './types.ts'

/** Any constant will do, as long as nothing else in the database takes the same one. */
const lockKey = 7_203_114

const createTable = `
CREATE TABLE IF NOT EXISTS migration (
  number int PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE migration IS 'Which numbered SQL files of the server made this schema.';
COMMENT ON COLUMN migration.checksum IS
  'SHA-256 of the file, hexadecimal. A file that was applied never changes again.';
`

type Migration = { readonly number: number; readonly name: string; readonly text: string; readonly checksum: string }
type Applied = { number: number; name: string; checksum: string }

/**
 * Brings the schema up to the numbered files of a folder (`0001-name.sql`), forward only, each in a transaction of its
 * own with the row that records it. Several servers may start at once: a lock lets one work and the others find it
 * done. Returns the names that were applied.
 */
export async function migrate(postgres: Postgres, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder)
  await postgres.transaction(async (tx) => {
    await lock(tx)
    await tx.run(createTable)
  })
  const done: string[] = []
  for (;;) {
    const name = await postgres.transaction((tx) => applyNext(tx, migrations))
    if (name === undefined) return done
    done.push(name)
  }
}

async function applyNext(tx: Tx, migrations: readonly Migration[]): Promise<string | undefined> {
  await lock(tx)
  const applied = await tx.rows<Applied>('SELECT number, name, checksum FROM migration ORDER BY number')
  checkApplied(applied, migrations)
  const next = migrations[applied.length]
  if (next === undefined) return undefined
  try {
    await tx.run(next.text)
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    throw new StartRefused(
      `The database could not be brought up to date: ${next.name} failed and nothing of it was kept. ` +
        `${error.message} Start the version that you used before, and report this.`,
      { cause: error },
    )
  }
  const values = [next.number, next.name, next.checksum]
  await tx.run('INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)', values)
  return next.name
}

/** What was applied must be the beginning of what we know, letter by letter. */
function checkApplied(applied: readonly Applied[], migrations: readonly Migration[]): void {
  for (const [index, row] of applied.entries()) {
    const known = migrations[index]
    if (known === undefined) {
      throw new StartRefused(
        `This database was made by a newer version of Chancery (it knows ${row.name}, this version does not). ` +
          'Start the newer version.',
      )
    }
    if (known.number !== row.number || known.checksum !== row.checksum) {
      throw new StartRefused(
        `The database was made by ${row.name} in another wording than this version of Chancery has (${known.name}). ` +
          'Start the version of Chancery that you used before, from an unchanged checkout.',
      )
    }
  }
}

async function lock(tx: Tx): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock($1)', [lockKey])
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const migrations: Migration[] = []
  for (const name of names) {
    const match = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)
    if (match === null) throw new Error(`${name} is no migration's name. Call it NNNN-name.sql.`)
    const number = Number(match[1])
    const before = migrations.at(-1)?.number ?? 0
    if (number <= before)
      throw new Error(`Two migrations have the number ${match[1]}. Give the later one the next number.`)
    const text = await readFile(join(folder, name), 'utf8')
    migrations.push({ number, name, text, checksum: createHash('sha256').update(text).digest('hex') })
  }
  return migrations
}
