import { Readable } from 'node:stream'
import { assertGrant, type Grant, type Principal } from '#access/api.ts'
import {
  BlobMissing,
  type BlobRef,
  type Blobs,
  BlobTooLarge,
  type Clock,
  KeyUnavailable,
  type Limits,
  type Logger,
  limits,
  type Postgres,
  type Random,
  refuse,
  SealBroken,
  type SealingKey,
  type Tx,
  type Vault,
} from '#platform/api.ts'
import { deleteMedia, insertMedia, lockMedia, type MediaRow, mediaIdsOf, mediaRow } from '../store/media.ts'
import { forgetPendingBefore, forgetPendingOf, insertPending, pendingRow, takePending } from '../store/media-pending.ts'
import { deleteThumbnailsOf } from '../store/media-thumbnails.ts'
import { Arrivals } from './arrivals.ts'
import { withoutPath } from './content-disposition.ts'
import { contentTypeFrom } from './content-types.ts'
import { inWords, type Quotas } from './quotas.ts'
import type { ByteRange } from './ranges.ts'
import type { MediaSettings } from './settings.ts'

type Deps = {
  postgres: Postgres
  blobs: Pick<Blobs, 'read' | 'remove' | 'write'>
  vault: Pick<Vault, 'destroyKey' | 'key'>
  random: Random
  clock: Clock
  logger: Logger
  quotas: Quotas
  limits: Pick<Limits, 'mediaPendingMax' | 'mediaPendingMs'>
  settings: Pick<MediaSettings, 'fileBytesMax' | 'isOpen'>
}

export type Upload = {
  readonly bytes: Readable
  readonly contentType: string | undefined
  readonly fileName: string | undefined
  /** What the sender announced, if anything. */
  readonly sizeBytes: number | undefined
  readonly signal: AbortSignal
  /** Kept in this room: only its people read it. */
  readonly roomId?: number
}

/** A stored file, without its bytes. */
export type MediaFile = {
  readonly id: string
  readonly sizeBytes: number
  readonly contentType: string
  readonly fileName: string | undefined
  /** May be read without signing in. */
  readonly isOpen: boolean
  /** The room whose people alone may read it. */
  readonly roomId: number | undefined
  readonly blob: { readonly id: string; readonly keyId: number }
}

/** 144 random bits: an id cannot be guessed, and a file is read only by people who were sent its address. */
const idBytes = 18
const idForm = /^[A-Za-z0-9_-]{1,255}$/
const nameBytesMax = 255
/** Files that are removed in one transaction. */
const removedAtOnce = 100

/**
 * Files that people share. Bytes are encrypted while they arrive; file, key and row stand or fall together. Name and
 * type are sealed under the key of the file, so that they die with it.
 */
export class Media {
  readonly #deps: Deps
  readonly #arrivals: Arrivals

  constructor(deps: Deps) {
    this.#deps = deps
    this.#arrivals = new Arrivals(deps)
  }

  get fileBytesMax(): number {
    return this.#deps.settings.fileBytesMax
  }

  /** Stores a file and answers its id. Nothing of it stays when it is too large or the sender leaves. */
  async upload(grant: Grant, upload: Upload): Promise<string> {
    assertGrant(grant, 'media.upload')
    const id = this.#deps.random.token(idBytes)
    await this.#receive(id, grant.subject.userId, upload, async () => {})
    return id
  }

  /** An address for a file that comes later, and until when it is waited for. */
  async reserve(grant: Grant): Promise<{ id: string; expiresTs: number }> {
    assertGrant(grant, 'media.upload')
    const { clock, postgres, random } = this.#deps
    const nowTs = clock.nowMs()
    const row = {
      id: random.token(idBytes),
      ownerId: grant.subject.userId,
      expiresTs: nowTs + this.#deps.limits.mediaPendingMs,
    }
    if (await insertPending(postgres, row, { nowTs, most: this.#deps.limits.mediaPendingMax })) return row
    throw refuse(
      'M_LIMIT_EXCEEDED',
      `Too many of your uploads have been announced and not sent. Send one of them, or wait until they lapse.`,
      { fields: { retry_after_ms: limits.mediaPendingRetryMs } },
    )
  }

  /** Stores the file of an address that `reserve` gave to the same person. */
  async uploadReserved(grant: Grant, id: string, upload: Upload): Promise<void> {
    assertGrant(grant, 'media.upload')
    const { clock, postgres } = this.#deps
    const pending = await pendingRow(postgres, id)
    if (pending === undefined) throw (await this.find(id)) === undefined ? unknownAddress() : alreadyThere()
    if (pending.ownerId !== grant.subject.userId) {
      throw refuse('M_FORBIDDEN', 'This address was given to somebody else. Ask for one of your own.')
    }
    if (pending.expiresTs <= clock.nowMs()) throw unknownAddress()
    await this.#receive(id, grant.subject.userId, upload, async (tx) => {
      if (!(await takePending(tx, id))) throw alreadyThere()
      await this.#arrivals.tell(tx, id)
    })
  }

  /** A picture that the server fetched for a preview; it belongs to nobody. */
  async keepPicture(bytes: Buffer, contentType: string): Promise<string> {
    const id = this.#deps.random.token(idBytes)
    await this.#store(id, null, { bytes: Readable.from([bytes]), about: { contentType } })
    return id
  }

  async find(id: string): Promise<MediaFile | undefined> {
    if (!idForm.test(id)) return undefined
    const row = await mediaRow(this.#deps.postgres, id)
    if (row === undefined) return undefined
    const { contentType, fileName } = await this.#about(row)
    const { sizeBytes, isOpen, roomId } = row
    return {
      id,
      sizeBytes,
      contentType,
      fileName,
      isOpen,
      roomId: roomId ?? undefined,
      blob: { id: row.blobId, keyId: row.blobKeyId },
    }
  }

  /** Like `find`; a file that was announced is waited for. Throws M_NOT_YET_UPLOADED when it does not come in time. */
  async findOrWait(id: string, wait: { timeoutMs: number; signal: AbortSignal }): Promise<MediaFile | undefined> {
    const found = await this.find(id)
    if (found !== undefined || !idForm.test(id)) return found
    const { clock, postgres } = this.#deps
    const pending = await pendingRow(postgres, id)
    // Not announced, or arrived between the two looks.
    if (pending === undefined) return this.find(id)
    if (pending.expiresTs <= clock.nowMs()) return undefined
    const timeoutMs = Math.min(wait.timeoutMs, limits.mediaWaitMsMax)
    const arrived = await this.#arrivals.wait(id, () => this.find(id), { timeoutMs, signal: wait.signal })
    if (arrived !== undefined) return arrived
    throw refuse('M_NOT_YET_UPLOADED', 'The file has been announced and has not been uploaded yet. Try again later.')
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

  /** Removes a file with its thumbnails; false when there is none. Its keys die, so no copy of its bytes can be read. */
  async remove(grant: Grant<Principal>, id: string): Promise<boolean> {
    assertGrant(grant, 'media.delete')
    return idForm.test(id) && (await this.#removeAll([id])) === 1
  }

  /** Removes everything that a person has uploaded, when she is erased. Answers how many files went. */
  async removeAllOf(userId: number): Promise<number> {
    const { postgres } = this.#deps
    await forgetPendingOf(postgres, userId)
    for (let removed = 0; ; ) {
      const ids = await mediaIdsOf(postgres, userId, removedAtOnce)
      if (ids.length === 0) return removed
      removed += await this.#removeAll(ids)
    }
  }

  /** What the server decides to remove: it kept it for a preview, or it belongs to what is erased. */
  async discard(ids: readonly string[]): Promise<void> {
    await this.#removeAll(ids)
  }

  /** Announced addresses whose time is long over; an upload that began in time may still end. */
  forgetPending(): Promise<number> {
    return forgetPendingBefore(this.#deps.postgres, this.#deps.clock.nowMs() - limits.uploadTimeoutMs)
  }

  async #removeAll(ids: readonly string[]): Promise<number> {
    const { blobs, logger, postgres, quotas, vault } = this.#deps
    let gone: BlobRef[] = []
    const removed = await postgres.transaction(async (tx) => {
      const rows = await lockMedia(tx, ids)
      const thumbnails = await deleteThumbnailsOf(tx, ids)
      await deleteMedia(tx, ids)
      gone = [...rows, ...thumbnails].flatMap(({ blobId, blobKeyId }) =>
        blobId === null || blobKeyId === null ? [] : [{ id: blobId, keyId: blobKeyId }],
      )
      for (const { keyId } of gone) await vault.destroyKey(tx, keyId)
      await quotas.giveBack(tx, rows, thumbnails)
      return rows.length
    })
    // Without their keys they are noise; what cannot be removed now is swept later.
    for (const blob of gone) {
      await blobs.remove(blob).catch((error) => logger.warn('media.file_not_removed', { key: blob.keyId, error }))
    }
    return removed
  }

  async #receive(id: string, ownerId: number, upload: Upload, also: (tx: Tx) => Promise<void>): Promise<void> {
    const { postgres, quotas, settings } = this.#deps
    if ((upload.sizeBytes ?? 0) > settings.fileBytesMax) throw tooLarge(settings.fileBytesMax)
    const about = aboutOf(upload)
    await quotas.check(postgres, ownerId, upload.sizeBytes ?? 0)
    try {
      const { bytes, signal, roomId } = upload
      await this.#store(id, ownerId, { bytes, about, signal, also, ...(roomId !== undefined && { roomId }) })
    } catch (error) {
      if (error instanceof BlobTooLarge) throw tooLarge(settings.fileBytesMax)
      throw brokenOff(upload) ?? error
    }
  }

  async #store(
    id: string,
    ownerId: number | null,
    file: { bytes: Readable; about: About; signal?: AbortSignal; also?: (tx: Tx) => Promise<void>; roomId?: number },
  ): Promise<void> {
    const { blobs, clock, postgres, quotas, settings } = this.#deps
    await blobs.write(file.bytes, {
      maxBytes: settings.fileBytesMax,
      ...(file.signal === undefined ? {} : { signal: file.signal }),
      keep: (blob, saveKey, key) =>
        postgres.transaction(async (tx) => {
          await file.also?.(tx)
          await saveKey(tx)
          await insertMedia(tx, {
            id,
            ownerId,
            roomId: file.roomId ?? null,
            blobId: blob.id,
            blobKeyId: blob.keyId,
            sizeBytes: blob.sizeBytes,
            isOpen: settings.isOpen && ownerId !== null && file.roomId === undefined,
            sealed: sealAbout(key, id, { ...file.about, blobId: blob.id }),
            createdTs: clock.nowMs(),
          })
          await quotas.take(tx, ownerId, blob.sizeBytes)
        }),
    })
  }

  async #about(row: MediaRow): Promise<About> {
    try {
      const key = await this.#deps.vault.key(row.blobKeyId)
      const about = JSON.parse(key.open('media', row.id, row.sealed).toString('utf8')) as SealedAbout
      if (about.blobId !== row.blobId) throw new SealBroken('media', row.id, key.id)
      return about
    } catch (error) {
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

function tooLarge(bytesMax: number): Error {
  return refuse('M_TOO_LARGE', `The file is larger than the ${inWords(bytesMax)} that are allowed. Send a smaller one.`)
}

function unknownAddress(): Error {
  return refuse('M_NOT_FOUND', 'This address was not given out, or its time is over. Ask for a new one.')
}

function alreadyThere(): Error {
  return refuse('M_CANNOT_OVERWRITE_MEDIA', 'A file has already been uploaded under this address. Ask for a new one.')
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
