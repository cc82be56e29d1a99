import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import type { Postgres } from '../postgres/types.ts'
import { KeyUnavailable, SealBroken, WrongMasterKey } from './errors.ts'
import type { SealingKey, Vault } from './types.ts'
import { createVault } from './vault.ts'

const random = {
  bytes: (count: number) => randomBytes(count),
  token: (n: number) => randomBytes(n).toString('base64url'),
}
const clock = { nowMs: () => 1_700_000_000_000, sleep: (ms: number) => sleep(ms).then(() => {}) }
const masterKey = randomBytes(32)
const plain = Buffer.from('the minister arrives at nine')

let database: TestDatabase
let db: Postgres
const open: Vault[] = []

async function newVault(more: { masterKey?: Buffer; cachedKeysMax?: number; db?: Postgres } = {}): Promise<Vault> {
  const vault = await createVault({ db, masterKey, random, clock, ...more })
  open.push(vault)
  return vault
}

beforeAll(async () => {
  database = await testDatabase({ poolSize: 8 })
  db = database.postgres
})
afterEach(async () => {
  for (const vault of open.splice(0)) await vault.close()
})
afterAll(() => database.dispose())

/** A database face that counts the statements of one name. */
function counting(name: string): { db: Postgres; count(): number } {
  let seen = 0
  const rows: Postgres['rows'] = (statement, values) => {
    if (typeof statement !== 'string' && statement.name === name) seen += 1
    return db.rows(statement, values)
  }
  const face = Object.assign(Object.create(db) as Postgres, {
    rows,
    row: db.row.bind(db),
    run: db.run.bind(db),
    transaction: db.transaction.bind(db),
    listen: db.listen.bind(db),
  })
  return { db: face, count: () => seen }
}

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('data keys', () => {
  it('are found again by another process with the same master key', async () => {
    const sealed = await db.transaction(async (tx) => {
      const key = await (await newVault()).createKey(tx, 'room')
      return { id: key.id, bytes: key.seal('event.content', '$one', plain) }
    })
    const key = await (await newVault()).key(sealed.id)
    expect(key.open('event.content', '$one', sealed.bytes)).toEqual(plain)
  })

  it('are not there when the transaction was rolled back', async () => {
    const vault = await newVault()
    let id = 0
    const attempt = db.transaction(async (tx) => {
      id = (await vault.createKey(tx, 'room')).id
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    await expect(vault.key(id)).rejects.toMatchObject({ name: 'KeyUnavailable', state: 'missing' })
  })

  it('come in one query when many are asked for at once, and whoever asks again joins', async () => {
    const vault = await newVault()
    const ids: number[] = []
    for (let n = 0; n < 20; n += 1) ids.push((await vault.createKey(db, 'room')).id)
    const seen = counting('data_key_by_ids')
    const other = await newVault({ db: seen.db })
    const answers = await Promise.all([...ids.map((id) => other.key(id)), other.keys(ids), other.keys(ids)])
    expect((answers[20] as Map<number, SealingKey>).size).toBe(20)
    expect(seen.count()).toBe(1)
    await other.keys(ids)
    expect(seen.count()).toBe(1)
  })

  it('are forgotten in the order of their last use when there are too many, and stay usable for who holds them', async () => {
    const maker = await newVault()
    const [first, second, third] = [
      await maker.createKey(db, 'room'),
      await maker.createKey(db, 'room'),
      await maker.createKey(db, 'room'),
    ]
    const seen = counting('data_key_by_ids')
    const vault = await newVault({ db: seen.db, cachedKeysMax: 2 })
    const held = await vault.key(first.id)
    await vault.key(second.id)
    await vault.key(first.id)
    await vault.key(third.id)
    expect(seen.count()).toBe(3)
    await vault.key(first.id)
    expect(seen.count()).toBe(3)
    await vault.key(second.id)
    expect(seen.count()).toBe(4)
    expect(held.open('p', 's', first.seal('p', 's', plain))).toEqual(plain)
  })

  it('that are moved to another row, or altered, are refused, and nothing else breaks', async () => {
    const vault = await newVault()
    const [one, two, three] = [
      await vault.createKey(db, 'room'),
      await vault.createKey(db, 'room'),
      await vault.createKey(db, 'person'),
    ]
    await db.run('update data_key set wrapped = (select wrapped from data_key where id = $1) where id = $2', [
      one.id,
      two.id,
    ])
    await db.run(`update data_key set kind = 'room' where id = $1`, [three.id])
    await expect(vault.key(two.id)).rejects.toBeInstanceOf(SealBroken)
    await expect(vault.key(three.id)).rejects.toBeInstanceOf(SealBroken)
    expect([...(await vault.keys([one.id, two.id, three.id])).keys()]).toEqual([one.id])
    await db.run('delete from data_key where id = any($1::bigint[])', [[two.id, three.id]])
  })

  it('for server secrets are one a label, also when two processes ask at once', async () => {
    const vaults = [await newVault(), await newVault(), await newVault()]
    const keys = await Promise.all(
      vaults.flatMap((vault) => [vault.serverKey('sessions'), vault.serverKey('sessions')]),
    )
    expect(new Set(keys.map((key) => key.id)).size).toBe(1)
    const sealed = keys[0]!.seal('p', 's', plain)
    for (const key of keys) expect(key.open('p', 's', sealed)).toEqual(plain)
    expect((await vaults[0]!.serverKey('signing')).id).not.toBe(keys[0]!.id)
    await expect(vaults[0]!.createKey(db, 'server', 'sessions')).rejects.toThrow("serverKey('sessions')")
  })
})

describe('destroying a key', () => {
  it('makes it unreadable for everybody and says that it was on purpose', async () => {
    const here = await newVault()
    const there = await newVault()
    const { id } = await here.createKey(db, 'room')
    await here.key(id)
    await there.key(id)
    await db.transaction((tx) => here.destroyKey(tx, id))
    await expect(here.key(id)).rejects.toThrow('was destroyed on purpose')
    await expect.poll(() => refusal(there.key(id))).toBeInstanceOf(KeyUnavailable)
    expect(await here.storedKeys([id])).toEqual(new Set())
    expect(await db.row('select kind, destroyed_ts from destroyed_key where id = $1', [id])).toEqual({
      kind: 'room',
      destroyed_ts: 1_700_000_000_000,
    })
  })

  it('leaves nothing in the cache when somebody asks while it is not committed yet', async () => {
    const vault = await newVault()
    const { id } = await vault.createKey(db, 'room')
    await db.transaction(async (tx) => {
      await vault.destroyKey(tx, id)
      expect((await vault.key(id)).id).toBe(id)
    })
    await expect(vault.key(id)).rejects.toMatchObject({ state: 'destroyed' })
  })

  it('answers those who asked just before', async () => {
    const maker = await newVault()
    const { id } = await maker.createKey(db, 'room')
    const vault = await newVault()
    const asked = refusal(vault.key(id))
    await vault.destroyKey(db, id)
    expect([undefined, 'destroyed']).toContain(((await asked) as KeyUnavailable | undefined)?.state)
    await expect(vault.key(id)).rejects.toMatchObject({ state: 'destroyed' })
  })

  it('that is rolled back leaves the key as it was', async () => {
    const vault = await newVault()
    const { id } = await vault.createKey(db, 'room')
    const attempt = db.transaction(async (tx) => {
      await vault.destroyKey(tx, id)
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect((await vault.key(id)).id).toBe(id)
  })
})

describe('the master key', () => {
  it('that does not belong to the database is refused in a sentence', async () => {
    await newVault()
    await expect(newVault({ masterKey: randomBytes(32) })).rejects.toBeInstanceOf(WrongMasterKey)
    await expect(newVault({ masterKey: randomBytes(31) })).rejects.toThrow('32 bytes')
  })

  it('can be changed, and look-up hashes stay what they were', async () => {
    await using own = await testDatabase()
    const vault = await createVault({ db: own.postgres, masterKey, random, clock })
    const key = await vault.createKey(own.postgres, 'room')
    const hash = vault.lookupHash('alias', '#cabinet:gov.example')
    const next = randomBytes(32)
    await vault.rewrapMaster(next)
    await vault.rotate()
    await vault.close()
    await expect(createVault({ db: own.postgres, masterKey, random, clock })).rejects.toBeInstanceOf(WrongMasterKey)
    const again = await createVault({ db: own.postgres, masterKey: next, random, clock })
    expect((await again.key(key.id)).open('p', 's', key.seal('p', 's', plain))).toEqual(plain)
    expect(again.lookupHash('alias', '#cabinet:gov.example')).toEqual(hash)
    expect(again.lookupHash('address', '#cabinet:gov.example')).not.toEqual(hash)
    await again.close()
  })

  it('founds one hierarchy when several processes start at once', async () => {
    await using own = await testDatabase({ poolSize: 8 })
    const vaults = await Promise.all([1, 2, 3].map(() => createVault({ db: own.postgres, masterKey, random, clock })))
    expect(await own.postgres.rows('select id from key_encryption_key')).toHaveLength(1)
    for (const vault of vaults) await vault.close()
  })
})

describe('rotation', () => {
  it('moves every key while others read and create keys, here and in another process', async () => {
    const vault = await newVault()
    const other = await newVault()
    const sealed = new Map<number, Buffer>()
    const make = async (by: Vault) => {
      await db.transaction(async (tx) => {
        const key = await by.createKey(tx, 'room')
        sealed.set(key.id, key.seal('p', String(key.id), plain))
      })
    }
    for (let n = 0; n < 700; n += 20) await Promise.all(Array.from({ length: 20 }, () => make(vault)))
    let isRunning = true
    let reads = 0
    const worker = async (by: Vault) => {
      while (isRunning) {
        await make(by)
        const uncached = await newVault({ cachedKeysMax: 1 })
        const ids = [...sealed.keys()].slice(-50)
        for (const [id, key] of await uncached.keys(ids)) {
          expect(key.open('p', String(id), sealed.get(id)!)).toEqual(plain)
          reads += 1
        }
        open.splice(open.indexOf(uncached), 1)
        await uncached.close()
      }
    }
    const workers = [worker(vault), worker(other)]
    const before = await db.row<{ id: number }>('select max(id) as id from key_encryption_key')
    const [one, joined] = await Promise.all([vault.rotate(), vault.rotate()])
    const two = await other.rotate()
    isRunning = false
    await Promise.all(workers)
    expect(joined).toEqual(one)
    expect(one.rewrapped).toBeGreaterThanOrEqual(700)
    expect(two.keyEncryptionKey).toBeGreaterThan(one.keyEncryptionKey)
    expect(reads).toBeGreaterThan(0)
    const kept = await db.rows<{ id: number }>('select id from key_encryption_key')
    expect(kept).toEqual([{ id: two.keyEncryptionKey }])
    expect(two.keyEncryptionKey).toBeGreaterThan(before!.id)
    const fresh = await newVault()
    const all = await fresh.keys([...sealed.keys()])
    expect(all.size).toBe(sealed.size)
    for (const [id, key] of all) expect(key.open('p', String(id), sealed.get(id)!)).toEqual(plain)
  })

  it('that was interrupted goes on at the next call, without a further key', async () => {
    const vault = await newVault()
    const key = await vault.createKey(db, 'room')
    // The first step happened, and the process died.
    const stop = new Error('killed')
    let transactions = 0
    const dying = Object.assign(Object.create(db) as Postgres, {
      rows: db.rows.bind(db),
      row: db.row.bind(db),
      run: db.run.bind(db),
      listen: db.listen.bind(db),
      transaction: async <T>(work: (tx: never) => Promise<T>) => {
        transactions += 1
        if (transactions === 3) throw stop
        return db.transaction(work as never) as Promise<T>
      },
    })
    await expect((await newVault({ db: dying })).rotate()).rejects.toBe(stop)
    expect(await db.rows('select id from key_encryption_key')).toHaveLength(2)
    const next = await newVault()
    const made = await next.createKey(db, 'room')
    expect((await next.key(key.id)).id).toBe(key.id)
    const { keyEncryptionKey, rewrapped } = await next.rotate()
    expect(rewrapped).toBeGreaterThan(0)
    expect(await db.rows('select id from key_encryption_key')).toEqual([{ id: keyEncryptionKey }])
    expect((await (await newVault()).keys([key.id, made.id])).size).toBe(2)
    // A key made by a process that has not heard of the rotation goes under the new one too.
    const late = await vault.createKey(db, 'room')
    expect((await next.key(late.id)).open('p', 's', late.seal('p', 's', plain))).toEqual(plain)
  })

  it('leaves an altered key as it is, tells its id, and moves all others', async () => {
    const vault = await newVault()
    const [good, bad] = [await vault.createKey(db, 'room'), await vault.createKey(db, 'room')]
    await db.run(`update data_key set wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) where id = $1`, [
      bad.id,
    ])
    await expect(vault.rotate()).rejects.toThrow(`altered and stay as they are: ${bad.id}.`)
    expect((await (await newVault()).key(good.id)).id).toBe(good.id)
    await vault.destroyKey(db, bad.id)
    await vault.rotate()
    expect(await db.rows('select id from key_encryption_key')).toHaveLength(1)
  })
})

it('keeps no key readable in the database', async () => {
  const known: Buffer[] = []
  const watched = {
    ...random,
    bytes(count: number) {
      const bytes = randomBytes(count)
      if (count === 32) known.push(Buffer.from(bytes))
      return bytes
    },
  }
  await using own = await testDatabase()
  const vault = await createVault({ db: own.postgres, masterKey, random: watched, clock })
  await vault.createKey(own.postgres, 'room')
  await vault.createKey(own.postgres, 'person')
  await vault.rotate()
  await vault.close()
  const stored = await own.postgres.rows<{ row: string }>(
    'select k::text as row from key_encryption_key k union all select d::text from data_key d',
  )
  const text = stored.map(({ row }) => row).join('\n')
  expect(stored).toHaveLength(4)
  expect(known).toHaveLength(5)
  for (const secret of [...known, masterKey]) expect(text).not.toContain(secret.toString('hex'))
})
