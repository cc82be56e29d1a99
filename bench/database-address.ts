import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'

/** The role of Chancery in the PostgreSQL that it runs itself. */
const user = 'chancery'

/**
 * Where the PostgreSQL listens that a running Chancery keeps in its data directory, as its pid file tells
 * (https://www.postgresql.org/docs/current/storage-file-layout.html: port in line 4, socket folder in line 5).
 */
export function databaseAddress(dataFolder: string): pg.ClientConfig {
  const file = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' }).find((name) =>
    /(^|\/)postmaster\.pid$/.test(name),
  )
  if (file === undefined) throw new Error(`No PostgreSQL runs in ${dataFolder}.`)
  const lines = readFileSync(join(dataFolder, file), 'utf8').split('\n')
  return { host: lines[4] as string, port: Number(lines[3]), user, database: 'postgres' }
}
