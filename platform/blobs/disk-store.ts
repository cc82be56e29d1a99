import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeSynced } from '../data-directory/durable-write.ts'
import type { BlobObject, BlobStore } from './types.ts'

const incomingName = 'incoming'
const fanOutName = /^[0-9a-f]{2}$/
const fileMode = 0o600
const folderMode = 0o700

/**
 * Files `ab/abcd….key` in 256 folders, by the first two characters of the name. A file is written in `incoming`, flushed,
 * renamed into its place, and the place flushed: it is there whole or not at all. `incoming` is emptied at the start, so
 * a folder serves one process.
 */
export async function createDiskStore(folder: string): Promise<BlobStore> {
  const incoming = join(folder, incomingName)
  await mkdir(folder, { recursive: true, mode: folderMode })
  await rm(incoming, { recursive: true, force: true })
  await mkdir(incoming, { mode: folderMode })
  await syncFolder(folder)
  return new DiskStore(folder, incoming)
}

class DiskStore implements BlobStore {
  readonly #folder: string
  readonly #incoming: string
  readonly #made = new Map<string, Promise<void>>()

  constructor(folder: string, incoming: string) {
    this.#folder = folder
    this.#incoming = incoming
  }

  async put(name: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const early = join(this.#incoming, name)
    const place = this.#place(name)
    try {
      await writeSynced(await open(early, 'wx', fileMode), chunks)
      await this.#makeFolder(name)
      await rename(early, place)
      await syncFolder(join(place, '..'))
    } catch (error) {
      await rm(early, { force: true })
      await rm(place, { force: true })
      throw error
    }
  }

  async open(name: string): Promise<BlobObject | undefined> {
    try {
      const handle = await open(this.#place(name), 'r')
      const { size } = await handle.stat()
      return {
        sizeBytes: size,
        close: () => handle.close(),
        async range(offset, lengthBytes) {
          const bytes = Buffer.allocUnsafe(lengthBytes)
          let filled = 0
          while (filled < lengthBytes) {
            const { bytesRead } = await handle.read(bytes, filled, lengthBytes - filled, offset + filled)
            if (bytesRead === 0) break
            filled += bytesRead
          }
          return bytes.subarray(0, filled)
        },
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async delete(name: string): Promise<void> {
    await rm(this.#place(name), { force: true })
  }

  async *names(): AsyncIterable<string> {
    for (const folder of await readdir(this.#folder)) {
      if (fanOutName.test(folder)) yield* await readdir(join(this.#folder, folder))
    }
  }

  #place(name: string): string {
    return join(this.#folder, name.slice(0, 2), name)
  }

  /** Once in the life of the process for each folder, also when it exists: an earlier process may not have flushed it. */
  #makeFolder(name: string): Promise<void> {
    const short = name.slice(0, 2)
    let made = this.#made.get(short)
    if (made === undefined) {
      made = mkdir(join(this.#folder, short), { recursive: true, mode: folderMode }).then(() =>
        syncFolder(this.#folder),
      )
      made.catch(() => this.#made.delete(short))
      this.#made.set(short, made)
    }
    return made
  }
}
