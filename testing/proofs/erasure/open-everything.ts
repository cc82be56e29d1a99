import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type pg from 'pg'
import type { Db } from '#platform/api.ts'
import { chunkBytes, header, sealedChunkBytes } from '#platform/blobs/layout.ts'
import { sealOverheadBytes } from '#platform/vault/cipher.ts'
import { unwrapDataKey } from '#platform/vault/data-keys.ts'
import { KeyRing } from '#platform/vault/key-ring.ts'
import { type DataKeyRow, dataKeysByIds } from '#platform/vault/store/data-keys.ts'

export type Thief = { readonly database: pg.Client; readonly masterKey: Buffer; readonly dataFolder: string }
export type Opened = { readonly place: string; readonly keyId: number; readonly plain: Buffer }

type Keys = ReadonlyMap<number, KeyObject>

const headBytes = 13
const tagBytes = 16

/**
 * Whoever has the database, the files and the master key: opens every sealed value with every key that there is. AES-GCM is AES
 * in counter mode and a proof that nothing was altered; leaving out the proof, nobody has to know what the value was sealed for.
 * `isWanted` says of which plain bytes to tell.
 */
export async function openEverything(thief: Thief, isWanted: (plain: Buffer) => boolean): Promise<Opened[]> {
  const keys = await allKeys(thief)
  const opened: Opened[] = []
  for (const { place, sealed } of await sealedValues(thief.database)) {
    for (const [keyId, key] of keys) {
      const plain = opens(key, sealed)
      if (isWanted(plain)) opened.push({ place, keyId, plain })
    }
  }
  return [...opened, ...openedFiles(thief.dataFolder, keys, isWanted)]
}

async function allKeys({ database, masterKey }: Thief): Promise<Keys> {
  const rows = async <T>(statement: Parameters<Db['rows']>[0], values: readonly unknown[] = []) => {
    const text = typeof statement === 'string' ? statement : statement.text
    return (await database.query(text, [...values])).rows as T[]
  }
  const db = { rows, row: async <T>(...ask: Parameters<typeof rows>) => (await rows<T>(...ask))[0] } as unknown as Db
  const never = () => {
    throw new Error('A thief seals nothing.')
  }
  const ring = new KeyRing(masterKey, { bytes: never, token: never }, never)
  await ring.reload(db)
  const ids = (await rows<{ id: string }>('select id from data_key')).map(({ id }) => Number(id))
  const keys = new Map<number, KeyObject>()
  for (const row of await dataKeysByIds(db, ids)) {
    const whole: DataKeyRow = { ...row, id: Number(row.id) }
    keys.set(whole.id, createSecretKey(await unwrapDataKey(db, ring, whole)))
  }
  return keys
}

/** What begins like something sealed. */
async function sealedValues(database: pg.Client): Promise<{ place: string; sealed: Buffer }[]> {
  const { rows: columns } = await database.query<{ table: string; column: string }>(
    `select table_name as "table", column_name as "column" from information_schema.columns
     where table_schema = 'public' and data_type = 'bytea'`,
  )
  const found: { place: string; sealed: Buffer }[] = []
  for (const { table, column } of columns) {
    const { rows } = await database.query<{ sealed: Buffer }>(
      `select "${column}" as sealed from "${table}" where length("${column}") > ${sealOverheadBytes}`,
    )
    for (const { sealed } of rows) if (sealed[0] === 1) found.push({ place: `${table}.${column}`, sealed })
  }
  return found
}

function opens(key: KeyObject, sealed: Buffer): Buffer {
  const counter = Buffer.concat([sealed.subarray(1, headBytes), Buffer.from([0, 0, 0, 2])])
  return createDecipheriv('aes-256-ctr', key, counter).update(sealed.subarray(headBytes, sealed.length - tagBytes))
}

function openedFiles(dataFolder: string, keys: Keys, isWanted: (plain: Buffer) => boolean): Opened[] {
  const folder = join(dataFolder, 'blobs')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.flatMap((entry) => {
    const keyId = Number(basename(entry.name).split('.')[1])
    const key = keys.get(keyId)
    if (key === undefined) return []
    const stored = readFileSync(join(entry.parentPath, entry.name))
    const parts: Buffer[] = []
    for (let at = header.length; at < stored.length; at += sealedChunkBytes) {
      parts.push(opens(key, stored.subarray(at, at + chunkBytes + sealOverheadBytes)))
    }
    const plain = Buffer.concat(parts)
    return isWanted(plain) ? [{ place: 'file', keyId, plain }] : []
  })
}
