import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { CommitUnknown, DatabaseError } from '../postgres/errors.ts'
import { SealBroken } from '../vault/errors.ts'
import type { Vault } from '../vault/types.ts'
import { createVault } from '../vault/vault.ts'
import { createBlobs } from './blobs.ts'
import { BlobMissing, BlobTooLarge } from './errors.ts'
import { chunkBytes, sealedChunkBytes } from './layout.ts'
import type { BlobRef, Blobs } from './types.ts'

const random = {
  bytes: (count: number) => randomBytes(count),
  token: (n: number) => randomBytes(n).toString('base64url'),
}
const clock = { nowMs: () => 1_700_000_000_000, sleep: (ms: number) => sleep(ms).then(() => {}) }
const maxBytes = 10_000_000

let database: TestDatabase
let vault: Vault
let folder: string
let blobs: Blobs

beforeAll(async () => {
  database = await testDatabase()
  vault = await createVault({ db: database.postgres, masterKey: randomBytes(32), random, clock })
  folder = await mkdtemp(join(tmpdir(), 'chancery-blobs-'))
  blobs = await createBlobs({ folder, vault, random })
})
afterAll(async () => {
  await vault.close()
  await database.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

function write(bytes: Uint8Array, pieceBytes = 16_384) {
  return blobs.write(pieces(bytes, pieceBytes), { maxBytes })
}

function pathOf(blob: BlobRef): string {
  return join(folder, blob.id.slice(0, 2), `${blob.id}.${blob.keyId}`)
}

async function filesOf(where: string): Promise<string[]> {
  const entries = await readdir(where, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function failureOf(stream: Readable): Promise<unknown> {
  return buffer(stream).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Sizes around the borders of chunks, and of the runs of chunks that one read takes. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.tuple(fc.constantFrom(1, 2, 4, 5, 8), fc.integer({ min: -2, max: 2 })).map(([n, d]) => n * chunkBytes + d),
)

describe('a blob', () => {
  it('comes back as it was, of any size, in pieces of any size, and over any range', async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.integer({ min: 500, max: 200_000 }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -2, max: 2 })), {
          minLength: 2,
          maxLength: 6,
        }),
        async (sizeBytes, pieceBytes, points) => {
          const bytes = randomBytes(sizeBytes)
          const blob = await write(bytes, pieceBytes)
          expect(blob.sizeBytes).toBe(sizeBytes)
          expect(blob.sha256.equals(createHash('sha256').update(bytes).digest())).toBe(true)
          expect(await blobs.size(blob)).toBe(sizeBytes)
          expect((await buffer(blobs.read(blob))).equals(bytes)).toBe(true)
          // Borders of chunks, give or take two bytes, and any place at all.
          const marks = points.flatMap(([part, delta]) => [
            Math.floor(part * sizeBytes),
            Math.round((part * sizeBytes) / chunkBytes) * chunkBytes + delta,
          ])
          const sound = marks.map((mark) => Math.min(sizeBytes, Math.max(0, mark)))
          for (const start of sound) {
            for (const end of sound.filter((mark) => mark >= start)) {
              const part = await buffer(blobs.read(blob, { start, end }))
              expect(part.equals(bytes.subarray(start, end))).toBe(true)
            }
          }
          await blobs.remove(blob)
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)

  it('refuses a range that does not lie in it', async () => {
    const blob = await write(randomBytes(10))
    expect(await failureOf(blobs.read(blob, { start: 0, end: 11 }))).toBeInstanceOf(RangeError)
    expect(await failureOf(blobs.read(blob, { start: 5, end: 4 }))).toBeInstanceOf(RangeError)
    expect(await failureOf(blobs.read(blob, { start: -1, end: 4 }))).toBeInstanceOf(RangeError)
    expect((await buffer(blobs.read(blob, { start: 10, end: 10 }))).length).toBe(0)
  })

  it('that is missing is said to be missing, and no id leads out of the folder', async () => {
    const blob = await write(randomBytes(10))
    await blobs.remove(blob)
    await blobs.remove(blob)
    expect(await failureOf(blobs.read(blob))).toBeInstanceOf(BlobMissing)
    await expect(blobs.size({ id: '../../etc/passwd', keyId: blob.keyId })).rejects.toBeInstanceOf(BlobMissing)
  })

  it('whose key was destroyed cannot be read', async () => {
    const blob = await write(randomBytes(10))
    await vault.destroyKey(database.postgres, blob.keyId)
    expect(await failureOf(blobs.read(blob))).toMatchObject({ state: 'destroyed' })
  })
})

describe('an altered file', () => {
  it('is refused wherever a bit was flipped, and the stream ends with SealBroken', async () => {
    const blob = await write(randomBytes(2 * chunkBytes + 100))
    const sound = await readFile(pathOf(blob))
    const place = fc.oneof(
      fc.integer({ min: 0, max: sound.length - 1 }),
      // Header, format byte, nonce and tags at the borders.
      fc
        .tuple(fc.constantFrom(0, 8, 8 + sealedChunkBytes, 8 + 2 * sealedChunkBytes), fc.integer({ min: -17, max: 13 }))
        .map(([border, delta]) => Math.max(0, border + delta)),
    )
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const altered = Buffer.from(sound)
        altered[at]! ^= 1 << bit
        await writeFile(pathOf(blob), altered)
        expect(await failureOf(blobs.read(blob))).toBeInstanceOf(SealBroken)
      }),
      { numRuns: 60 },
    )
    await writeFile(pathOf(blob), sound)
    expect(await failureOf(blobs.read(blob))).toBeUndefined()
  })

  it('gives the sound chunks before a broken one, and not a byte of it', async () => {
    const bytes = randomBytes(6 * chunkBytes)
    const blob = await write(bytes)
    const altered = await readFile(pathOf(blob))
    altered[8 + 5 * sealedChunkBytes + 1000]! ^= 1
    await writeFile(pathOf(blob), altered)
    expect(
      (await buffer(blobs.read(blob, { start: 0, end: 5 * chunkBytes }))).equals(bytes.subarray(0, 5 * chunkBytes)),
    ).toBe(true)
    expect(await failureOf(blobs.read(blob, { start: 5 * chunkBytes, end: 5 * chunkBytes + 1 }))).toBeInstanceOf(
      SealBroken,
    )
    await expect(blobs.size(blob)).rejects.toBeInstanceOf(SealBroken)
  })

  it('is refused when it was cut off, at a border too, or lengthened', async () => {
    const lengths = (full: number) => [0, 7, 8, 20, 36, 37, 8 + sealedChunkBytes, 8 + sealedChunkBytes + 29, full - 1]
    for (const sizeBytes of [2 * chunkBytes, 2 * chunkBytes + 1]) {
      const blob = await write(randomBytes(sizeBytes))
      const sound = await readFile(pathOf(blob))
      for (const length of [...lengths(sound.length), 8 + 2 * sealedChunkBytes]) {
        if (length === sound.length) continue
        await writeFile(pathOf(blob), sound)
        await truncate(pathOf(blob), length)
        expect(await failureOf(blobs.read(blob)), `cut to ${length}`).toBeInstanceOf(SealBroken)
        await expect(blobs.size(blob)).rejects.toBeInstanceOf(SealBroken)
      }
      await writeFile(pathOf(blob), Buffer.concat([sound, sound.subarray(8, 8 + sealedChunkBytes)]))
      expect(await failureOf(blobs.read(blob))).toBeInstanceOf(SealBroken)
    }
  })

  it('is refused when its chunks were swapped, or it stands in the place of another', async () => {
    const [one, two] = [await write(randomBytes(3 * chunkBytes)), await write(randomBytes(3 * chunkBytes))]
    const sound = await readFile(pathOf(one))
    const chunk = (n: number) => sound.subarray(8 + n * sealedChunkBytes, 8 + (n + 1) * sealedChunkBytes)
    await writeFile(pathOf(one), Buffer.concat([sound.subarray(0, 8), chunk(1), chunk(0), chunk(2)]))
    expect(await failureOf(blobs.read(one))).toBeInstanceOf(SealBroken)
    await rename(pathOf(two), pathOf(one))
    expect(await failureOf(blobs.read(one))).toBeInstanceOf(SealBroken)
    // Not even under the key that it was sealed with.
    await writeFile(join(folder, one.id.slice(0, 2), `${one.id}.${two.keyId}`), await readFile(pathOf(one)))
    expect(await failureOf(blobs.read({ id: one.id, keyId: two.keyId }))).toBeInstanceOf(SealBroken)
  })
})

describe('writing', () => {
  it('leaves nothing when there is too much, the source fails, the sender leaves, or the row is refused', async () => {
    const before = await filesOf(folder)
    const keys = () => database.postgres.row<{ count: number }>(`select count(*) from data_key where kind = 'file'`)
    const keysBefore = await keys()
    const big = randomBytes(200_000)
    await expect(blobs.write(pieces(big, 1000), { maxBytes: 199_999 })).rejects.toBeInstanceOf(BlobTooLarge)
    async function* failing() {
      yield big
      throw new Error('the line broke')
    }
    await expect(blobs.write(failing(), { maxBytes })).rejects.toThrow('the line broke')
    const refused = blobs.write(pieces(big, 1000), {
      maxBytes,
      keep: (_blob, saveKey) =>
        database.postgres.transaction(async (tx) => {
          await saveKey(tx)
          throw new Error('no room for it')
        }),
    })
    await expect(refused).rejects.toThrow('no room for it')
    expect(await filesOf(folder)).toEqual(before)
    expect(await keys()).toEqual(keysBefore)
  })

  it('ends at the signal also when the source never says another word, and leaves the stream alone', async () => {
    const before = await filesOf(folder)
    const silent = new Readable({ read() {} })
    silent.push('the beginning')
    const leaving = new AbortController()
    const writing = blobs.write(silent, { maxBytes, signal: leaving.signal })
    setTimeout(() => leaving.abort(new Error('the client left')), 30)
    await expect(writing).rejects.toThrow('the client left')
    expect(silent.destroyed).toBe(false)
    expect(await filesOf(folder)).toEqual(before)
    await expect(blobs.write(silent, { maxBytes, signal: leaving.signal })).rejects.toThrow('the client left')
  })

  it('takes exactly what is allowed', async () => {
    const blob = await blobs.write(pieces(randomBytes(1000), 100), { maxBytes: 1000 })
    expect(await blobs.size(blob)).toBe(1000)
  })

  it('stores the key with the row of the owner, in one transaction', async () => {
    let seen = 0
    const blob = await blobs.write(pieces(randomBytes(1000), 100), {
      maxBytes,
      keep: async (kept, saveKey) => {
        expect((await stat(pathOf(kept))).size).toBe(1000 + 8 + 29)
        expect((await vault.storedKeys([kept.keyId])).size).toBe(0)
        await database.postgres.transaction(saveKey)
        seen += 1
      },
    })
    expect(seen).toBe(1)
    expect((await buffer(blobs.read(blob))).length).toBe(1000)
  })

  it('never puts a plain word on the disk, neither while it writes nor after', async () => {
    const canary = `kanarie${randomBytes(9).toString('hex')}`
    const bytes = Buffer.from(`${canary}\n`.repeat(20_000))
    let looked = 0
    const look = async () => {
      for (const file of await filesOf(folder)) expect((await readFile(file)).includes(canary)).toBe(false)
      looked += 1
    }
    async function* watched() {
      for await (const piece of pieces(bytes, 100_000)) {
        yield piece
        await look()
      }
    }
    const blob = await blobs.write(watched(), { maxBytes })
    await look()
    expect(looked).toBeGreaterThan(4)
    expect((await buffer(blobs.read(blob))).equals(bytes)).toBe(true)
  })
})

describe('what a crash leaves', () => {
  it('is swept: half files at the start, files without a stored key by the sweep; what is kept stays', async () => {
    const own = await mkdtemp(join(tmpdir(), 'chancery-blobs-'))
    const first = await createBlobs({ folder: own, vault, random })
    const kept = await first.write(pieces(randomBytes(1000), 100), { maxBytes })
    // Killed in the middle of a file.
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    async function* hanging() {
      yield randomBytes(200_000)
      await held
    }
    const half = first.write(hanging(), { maxBytes }).catch((error: unknown) => error)
    await expect.poll(() => readdir(join(own, 'incoming'))).toHaveLength(1)
    // Killed between file and row: the fate of the COMMIT is never learnt, so the writer may not remove the file.
    const lost = new CommitUnknown(new DatabaseError('gone', { isConnectionLost: true }))
    const unsettled = first.write(pieces(randomBytes(10), 10), { maxBytes, keep: () => Promise.reject(lost) })
    await expect(unsettled).rejects.toBe(lost)
    expect(await first.sweep()).toEqual({ removed: 0 })

    const second = await createBlobs({ folder: own, vault, random })
    expect(await readdir(join(own, 'incoming'))).toEqual([])
    expect(await second.sweep()).toEqual({ removed: 1 })
    expect((await filesOf(own)).length).toBe(1)
    expect(await second.size(kept)).toBe(1000)
    // Killed between the destruction of the key and the removal of the file.
    await vault.destroyKey(database.postgres, kept.keyId)
    expect(await second.sweep()).toEqual({ removed: 1 })
    release()
    await half
    await rm(own, { recursive: true, force: true })
  })
})
