import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { CommitUnknown } from '../postgres/errors.ts'
import type { Random } from '../random.ts'
import type { SealingKey, Vault } from '../vault/types.ts'
import { createDiskStore } from './disk-store.ts'
import { BlobMissing, BlobTooLarge } from './errors.ts'
import {
  checkHeader,
  chunkBytes,
  chunkOffset,
  cutOff,
  header,
  type Layout,
  layoutOf,
  openChunk,
  sealChunk,
  sealedChunkBytes,
} from './layout.ts'
import type { BlobObject, BlobRange, BlobRef, BlobStore, Blobs, BlobWriteOptions, WrittenBlob } from './types.ts'

// The order of a write, so that a crash at any point leaves nothing that cannot be found:
//   1. draw the key's id and make the key in memory; 2. write and flush the file, named by its id and its key's id;
//   3. in the caller's transaction: the key's row and the row that owns the blob.
// A crash before 3 commits leaves a file whose key is not stored: nobody can read it and `sweep` removes it. There is
// never a row without its file, because the file is on the disk before the row. A removal goes the other way: destroy the
// key in the transaction that deletes the owner, then remove the file; a crash between leaves, again, a file without key.

type Vaulted = Pick<Vault, 'draftKey' | 'key' | 'storedKeys'>

/** Sealed blobs in a folder of the disk that belongs to this process alone. */
export async function createBlobs(deps: { folder: string; vault: Vaulted; random: Random }): Promise<Blobs> {
  const store = await createDiskStore(deps.folder)
  return createBlobsOn({ store, vault: deps.vault, random: deps.random })
}

export function createBlobsOn(deps: { store: BlobStore; vault: Vaulted; random: Random }): Blobs {
  return new SealedBlobs(deps.store, deps.vault, deps.random)
}

const idBytes = 16
const idForm = /^[0-9a-f]{32}$/
const nameForm = /^([0-9a-f]{32})\.(\d+)$/
/** How many chunks one read of the store takes. */
const chunksPerRead = 4
const sweepNames = 500

class SealedBlobs implements Blobs {
  readonly #store: BlobStore
  readonly #vault: Vaulted
  readonly #random: Random
  /** Names whose key may be stored any moment now; `sweep` leaves them alone. */
  readonly #unsettled = new Set<string>()

  constructor(store: BlobStore, vault: Vaulted, random: Random) {
    this.#store = store
    this.#vault = vault
    this.#random = random
  }

  async write(
    source: Readable | AsyncIterable<Uint8Array>,
    { maxBytes, signal, keep }: BlobWriteOptions,
  ): Promise<WrittenBlob> {
    signal?.throwIfAborted()
    const draft = await this.#vault.draftKey('file')
    const id = this.#random.bytes(idBytes).toString('hex')
    const name = nameOf({ id, keyId: draft.key.id })
    const meter: Meter = { sizeBytes: 0, maxBytes, hash: createHash('sha256') }
    let isFateKnown = true
    this.#unsettled.add(name)
    try {
      await this.#store.put(name, sealedChunks(draft.key, id, until(source, signal), meter))
      const blob = { id, keyId: draft.key.id, sizeBytes: meter.sizeBytes, sha256: meter.hash.digest() }
      try {
        await (keep === undefined ? draft.save() : keep(blob, draft.save, draft.key))
      } catch (error) {
        // A COMMIT of unknown fate may have stored the row: then the file stays, and a later sweep knows.
        isFateKnown = !(error instanceof CommitUnknown)
        if (isFateKnown) await this.#store.delete(name)
        throw error
      }
      return blob
    } finally {
      if (isFateKnown) this.#unsettled.delete(name)
    }
  }

  read(blob: BlobRef, range?: BlobRange): Readable {
    const plain = this.#plain(blob, range)
    return Readable.from(plain, { objectMode: false, highWaterMark: chunkBytes })
  }

  async size(blob: BlobRef): Promise<number> {
    return this.#withObject(blob, async (object, key, layout) => {
      const last = layout.chunks - 1
      openChunk(key, blob.id, last, layout, await object.range(chunkOffset(last), sealedChunkBytes))
      return layout.sizeBytes
    })
  }

  async remove(blob: BlobRef): Promise<void> {
    if (idForm.test(blob.id)) await this.#store.delete(nameOf(blob))
  }

  async sweep(): Promise<{ removed: number }> {
    let removed = 0
    let names: string[] = []
    for await (const name of this.#store.names()) {
      if (!this.#unsettled.has(name) && nameForm.test(name)) names.push(name)
      if (names.length < sweepNames) continue
      removed += await this.#sweepNames(names)
      names = []
    }
    return { removed: removed + (await this.#sweepNames(names)) }
  }

  async #sweepNames(names: readonly string[]): Promise<number> {
    if (names.length === 0) return 0
    const keyIdOf = (name: string) => Number(nameForm.exec(name)![2])
    const stored = await this.#vault.storedKeys(names.map(keyIdOf))
    const orphans = names.filter((name) => !stored.has(keyIdOf(name)))
    for (const name of orphans) await this.#store.delete(name)
    return orphans.length
  }

  async *#plain(blob: BlobRef, range: BlobRange | undefined): AsyncGenerator<Buffer> {
    const object = await this.#open(blob)
    try {
      const key = await this.#vault.key(blob.keyId)
      const layout = await checkedLayout(blob, object)
      const { start, end } = checkedRange(range, layout.sizeBytes)
      const first = Math.min(Math.floor(start / chunkBytes), layout.chunks - 1)
      const last = Math.max(first, Math.ceil(end / chunkBytes) - 1)
      for (let run = first; run <= last; run += chunksPerRead) {
        const count = Math.min(chunksPerRead, last - run + 1)
        const sealed = await object.range(chunkOffset(run), count * sealedChunkBytes)
        for (let index = run; index < run + count; index += 1) {
          const at = (index - run) * sealedChunkBytes
          const plain = openChunk(key, blob.id, index, layout, sealed.subarray(at, at + sealedChunkBytes))
          const base = index * chunkBytes
          const wanted = plain.subarray(Math.max(0, start - base), Math.max(0, end - base))
          if (wanted.length > 0) yield wanted
        }
      }
    } finally {
      await object.close()
    }
  }

  async #withObject<T>(
    blob: BlobRef,
    work: (object: BlobObject, key: SealingKey, layout: Layout) => Promise<T>,
  ): Promise<T> {
    const object = await this.#open(blob)
    try {
      return await work(object, await this.#vault.key(blob.keyId), await checkedLayout(blob, object))
    } finally {
      await object.close()
    }
  }

  async #open(blob: BlobRef): Promise<BlobObject> {
    const object = idForm.test(blob.id) ? await this.#store.open(nameOf(blob)) : undefined
    if (object === undefined) throw new BlobMissing(blob.id)
    return object
  }
}

type Meter = { sizeBytes: number; readonly maxBytes: number; readonly hash: Hash }

function nameOf(blob: BlobRef): string {
  return `${blob.id}.${blob.keyId}`
}

async function checkedLayout(blob: BlobRef, object: BlobObject): Promise<Layout> {
  const layout = layoutOf(blob.id, blob.keyId, object.sizeBytes)
  const head = await object.range(0, header.length)
  if (head.length < header.length) throw cutOff(blob.id, blob.keyId)
  checkHeader(blob.id, blob.keyId, head)
  return layout
}

function checkedRange(range: BlobRange | undefined, sizeBytes: number): BlobRange {
  if (range === undefined) return { start: 0, end: sizeBytes }
  const { start, end } = range
  const isSound = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end
  if (!isSound || end > sizeBytes) {
    throw new RangeError(`The range ${start} to ${end} does not lie in a file of ${sizeBytes} bytes.`)
  }
  return range
}

/** Header and sealed chunks. Which chunk is the last is known only when no byte follows, so each waits for the next. */
async function* sealedChunks(
  key: SealingKey,
  blobId: string,
  source: AsyncIterable<Uint8Array>,
  meter: Meter,
): AsyncGenerator<Buffer> {
  yield header
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let filled = 0
  let index = 0
  for await (const piece of source) {
    meter.sizeBytes += piece.length
    if (meter.sizeBytes > meter.maxBytes) throw new BlobTooLarge(meter.maxBytes)
    meter.hash.update(piece)
    for (let at = 0; at < piece.length; ) {
      if (filled === chunkBytes) {
        yield sealChunk(key, blobId, index, false, chunk)
        index += 1
        filled = 0
      }
      const taken = piece.subarray(at, at + chunkBytes - filled)
      chunk.set(taken, filled)
      filled += taken.length
      at += taken.length
    }
  }
  yield sealChunk(key, blobId, index, true, chunk.subarray(0, filled))
  chunk.fill(0)
}

/**
 * The source until the signal, also when the source never says another word. A stream is left as it is, not destroyed:
 * it may be a request whose sender still deserves an answer.
 */
async function* until(
  source: Readable | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> =
    source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source[Symbol.asyncIterator]()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const abort = () => aborted.reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted.promise])
      if (step.done === true) return
      yield step.value
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    // Not awaited: a source that hangs would hold this too.
    if (iterator.return !== undefined) void iterator.return().then(undefined, () => {})
  }
}
