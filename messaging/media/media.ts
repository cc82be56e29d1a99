import { Readable } from 'node:stream'
import { assertGrant, type Grant } from '#access/api.ts'
import {
  BlobMissing,
  type Blobs,
  BlobTooLarge,
  type Clock,
  KeyUnavailable,
  limits,
  type Postgres,
  type Random,
  refuse,
  SealBroken,
  type SealingKey,
  type Vault,
} from '#platform/api.ts'
import { insertMedia, type MediaRow, mediaRow } from '../store/media.ts'
import { withoutPath } from './content-disposition.ts'
import { contentTypeFrom } from './content-types.ts'
import type { ByteRange } from './ranges.ts'

type Deps = {
  postgres: Postgres
  blobs: Pick<Blobs, 'read' | 'write'>
  vault: Pick<Vault, 'key'>
  random: Random
  clock: Clock
}

export type Upload = {
  readonly bytes: Readable
  readonly contentType: string | undefined
  readonly fileName: string | undefined
  readonly signal: AbortSignal
}

/** A stored file, without its bytes. */
export type MediaFile = {
  readonly id: string
  readonly sizeBytes: number
  readonly contentType: string
  readonly fileName: string | undefined
  readonly blob: { readonly id: string; readonly keyId: number }
}

/** 144 random bits: an id cannot be guessed, and a file is read only by people who were sent its address. */
const idBytes = 18
const idForm = /^[A-Za-z0-9_-]{1,255}$/
const nameBytesMax = 255

/**
 * Files that people share. Bytes are encrypted while they arrive; file, key and row stand or fall together. Name and
 * type are sealed under the key of the file, so that they die with it.
 */
export class Media {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Stores a file and answers its id. Nothing of it stays when it is too large or the sender leaves. */
  async upload(grant: Grant, upload: Upload): Promise<string> {
    assertGrant(grant, 'media.upload')
    const ownerId = grant.subject.userId
    const { blobs, clock, postgres, random } = this.#deps
    const id = random.token(idBytes)
    const about = aboutOf(upload)
    try {
      await blobs.write(upload.bytes, {
        maxBytes: limits.mediaBytesMax,
        signal: upload.signal,
        keep: (blob, saveKey, key) =>
          postgres.transaction(async (tx) => {
            await saveKey(tx)
            await insertMedia(tx, {
              id,
              ownerId,
              blobId: blob.id,
              blobKeyId: blob.keyId,
              sizeBytes: blob.sizeBytes,
              sealed: sealAbout(key, id, { ...about, blobId: blob.id }),
              createdTs: clock.nowMs(),
            })
          }),
      })
    } catch (error) {
      if (error instanceof BlobTooLarge) throw tooLarge()
      throw brokenOff(upload) ?? error
    }
    return id
  }

  async find(id: string): Promise<MediaFile | undefined> {
    if (!idForm.test(id)) return undefined
    const row = await mediaRow(this.#deps.postgres, id)
    if (row === undefined) return undefined
    const { contentType, fileName } = await this.#about(row)
    return { id, sizeBytes: row.sizeBytes, contentType, fileName, blob: { id: row.blobId, keyId: row.blobKeyId } }
  }

  /**
   * The bytes. The first piece is opened before this resolves, so that a file that is missing or was altered is refused
   * in words; damage further on cuts the answer off.
   */
  async read(file: MediaFile, range: ByteRange): Promise<Readable> {
    const stream = this.#deps.blobs.read(file.blob, range)
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    try {
      const first = await pieces.next()
      return Readable.from(continued(first, pieces), { objectMode: false })
    } catch (error) {
      throw unreadable(error)
    }
  }

  async #about(row: MediaRow): Promise<About> {
    try {
      const key = await this.#deps.vault.key(row.blobKeyId)
      const about = JSON.parse(key.open('media', row.id, row.sealed).toString('utf8')) as SealedAbout
      if (about.blobId !== row.blobId) throw new SealBroken('media', row.id, key.id)
      return about
    } catch (error) {
      if (error instanceof KeyUnavailable) throw unreadable(error)
      throw unreadable(error)
    }
  }
}

type About = { readonly contentType: string; readonly fileName?: string }

/** The blob is named again, so that a row that was pointed at another file's bytes is found out. */
type SealedAbout = About & { readonly blobId: string }

function aboutOf(upload: Upload): About {
  const contentType = contentTypeFrom(upload.contentType)
  const fileName = withoutPath(upload.fileName ?? '')
  if (Buffer.byteLength(fileName) > nameBytesMax) {
    throw refuse('M_INVALID_PARAM', `The name of a file has at most ${nameBytesMax} bytes. Shorten it.`)
  }
  return fileName === '' ? { contentType } : { contentType, fileName }
}

function sealAbout(key: SealingKey, id: string, about: SealedAbout): Buffer {
  return key.seal('media', id, Buffer.from(JSON.stringify(about)))
}

async function* continued(
  first: IteratorResult<Buffer>,
  pieces: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  try {
    for (let step = first; step.done !== true; step = await pieces.next()) yield step.value
  } finally {
    await pieces.return?.()
  }
}

/** Why an upload did not come to its end, when that is neither its size nor a defect. */
function brokenOff({ bytes, signal }: Upload): Error | undefined {
  if (signal.reason === 'stopping') {
    return refuse('CHANCERY_STOPPING', 'The server is stopping. Send the file again in a moment.')
  }
  if (!signal.aborted && !bytes.errored && !bytes.readableAborted) return undefined
  return refuse('M_UNKNOWN', 'The connection was closed before the whole file had arrived. Send it again.', {
    status: 400,
  })
}

export function tooLarge(): Error {
  const mebibytes = Math.floor(limits.mediaBytesMax / 2 ** 20)
  return refuse('M_TOO_LARGE', `The file is larger than the ${mebibytes} MiB that are allowed. Send a smaller one.`)
}

function unreadable(error: unknown): unknown {
  if (error instanceof SealBroken) {
    return refuse('CHANCERY_UNREADABLE', 'This file was changed or damaged on the server and is not shown.', {
      cause: error,
    })
  }
  if (error instanceof BlobMissing || error instanceof KeyUnavailable) {
    return refuse('M_NOT_FOUND', 'This file is not on the server any more.', { cause: error })
  }
  return error
}
