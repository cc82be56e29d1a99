import { Readable } from 'node:stream'
import {
  type Blobs,
  type Logger,
  limits,
  type PictureType,
  type Postgres,
  pictureTypeOf,
  Recent,
  refuse,
  type Sandbox,
  SandboxFailed,
  type SandboxFailure,
  signatureBytes,
} from '#platform/api.ts'
import { insertThumbnail, type ThumbnailName, thumbnailRow } from '../store/media-thumbnails.ts'
import { isThumbnailType } from './content-types.ts'
import type { Media, MediaFile } from './media.ts'
import type { Quotas } from './quotas.ts'
import { type Box, boxFor } from './thumbnail-boxes.ts'

type Deps = {
  postgres: Postgres
  blobs: Pick<Blobs, 'write'>
  media: Pick<Media, 'read'>
  sandbox: Pick<Sandbox, 'shrink'>
  quotas: Pick<Quotas, 'takeThumbnail'>
  logger: Logger
}

/** `original`: the file itself is small enough, and is of this type. */
export type Thumbnail =
  | { readonly kind: 'made'; readonly bytes: Buffer; readonly contentType: string; readonly etag: string }
  | { readonly kind: 'original'; readonly contentType: string }

/**
 * Smaller pictures of pictures: made at the first wish, in the sandbox, and stored like the files that they are of. What
 * a file is, is told by its bytes; what its sender called it does not count.
 */
export class Thumbnails {
  readonly #deps: Deps
  /** By name; who comes while one is made gets the same. */
  readonly #making = new Map<string, Promise<Thumbnail>>()
  /** Files that could not be opened, so that asking again costs nothing. */
  readonly #failed = new Recent<string, SandboxFailure>(limits.thumbnailFailuresInMemoryMax)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Throws M_UNKNOWN for what has no thumbnail, M_TOO_LARGE, or M_LIMIT_EXCEEDED when too many wait for theirs. */
  async of(file: MediaFile, wish: Box & { animated: boolean }): Promise<Thumbnail> {
    const type = pictureTypeOf(await this.#bytes(file, Math.min(signatureBytes, file.sizeBytes)))
    if (type === undefined) throw noThumbnail()
    if (file.sizeBytes > limits.thumbnailSourceBytesMax) throw tooLarge()
    const { width, height, method } = boxFor(wish)
    const name = { mediaId: file.id, width, height, method, isAnimated: wish.animated && mayMove(type) }
    const key = JSON.stringify(name)
    try {
      return await (this.#making.get(key) ?? this.#begin(key, () => this.#find(file, type, name)))
    } catch (error) {
      if (!(error instanceof SandboxFailed)) throw error
      if (error.failure === 'unavailable') return originalInstead(file, type)
      throw this.#refusal(error.failure, file)
    }
  }

  #begin(key: string, make: () => Promise<Thumbnail>): Promise<Thumbnail> {
    const making = make().finally(() => this.#making.delete(key))
    this.#making.set(key, making)
    return making
  }

  async #find(file: MediaFile, type: PictureType, name: ThumbnailName): Promise<Thumbnail> {
    const row = await thumbnailRow(this.#deps.postgres, name)
    if (row === undefined) return this.#make(file, type, name)
    if (row.blobId === null || row.blobKeyId === null) return { kind: 'original', contentType: type }
    const kept = { ...file, blob: { id: row.blobId, keyId: row.blobKeyId } }
    const bytes = await this.#bytes(kept, row.sizeBytes)
    return { kind: 'made', bytes, contentType: pictureTypeOf(bytes) ?? type, etag: etagOf(name) }
  }

  async #make(file: MediaFile, type: PictureType, name: ThumbnailName): Promise<Thumbnail> {
    const known = this.#failed.get(file.id)
    if (known !== undefined) throw new SandboxFailed(known)
    const { width, height, isAnimated: animated } = name
    const wish = { width, height, method: name.method as Box['method'], animated }
    try {
      const picture = await this.#deps.sandbox.shrink(() => this.#bytes(file, file.sizeBytes), wish)
      if (picture === 'original') {
        await insertThumbnail(this.#deps.postgres, name, { blobId: null, blobKeyId: null, sizeBytes: 0 })
        return { kind: 'original', contentType: type }
      }
      await this.#keep(name, picture.bytes)
      return { kind: 'made', bytes: picture.bytes, contentType: picture.contentType, etag: etagOf(name) }
    } catch (error) {
      if (error instanceof SandboxFailed) this.#remember(file, error.failure)
      throw error
    }
  }

  /** A thumbnail that cannot be kept is given all the same: another was faster, or the file has just been removed. */
  async #keep(name: ThumbnailName, bytes: Buffer): Promise<void> {
    const { blobs, logger, postgres, quotas } = this.#deps
    try {
      await blobs.write(Readable.from([bytes]), {
        maxBytes: limits.thumbnailBytesMax,
        keep: (blob, saveKey) =>
          postgres.transaction(async (tx) => {
            const row = { blobId: blob.id, blobKeyId: blob.keyId, sizeBytes: blob.sizeBytes }
            if (!(await insertThumbnail(tx, name, row))) throw new NotNeeded()
            await saveKey(tx)
            await quotas.takeThumbnail(tx, blob.sizeBytes)
          }),
      })
    } catch (error) {
      if (!(error instanceof NotNeeded)) logger.warn('media.thumbnail_not_kept', { bytes: bytes.length, error })
    }
  }

  #remember(file: MediaFile, failure: SandboxFailure): void {
    if (failure !== 'busy' && failure !== 'unavailable') this.#failed.set(file.id, failure)
  }

  #refusal(failure: SandboxFailure, file: MediaFile): Error {
    if (failure === 'too-large') return tooLarge()
    if (failure === 'busy') {
      return refuse('M_LIMIT_EXCEEDED', 'Too many pictures are being made smaller. Try again in a moment.', {
        fields: { retry_after_ms: limits.thumbnailRetryMs },
      })
    }
    if (failure !== 'unreadable') {
      this.#deps.logger.warn('media.picture_broke_sandbox', { state: failure, bytes: file.sizeBytes })
    }
    return noThumbnail()
  }

  async #bytes(file: MediaFile, end: number): Promise<Buffer> {
    return whole(await this.#deps.media.read(file, { start: 0, end }))
  }
}

class NotNeeded extends Error {}

/** What stands in for a thumbnail where pictures cannot be opened: the picture itself, if it is not too much. */
function originalInstead(file: MediaFile, type: PictureType): Thumbnail {
  if (!isThumbnailType(type)) throw noThumbnail()
  if (file.sizeBytes > limits.thumbnailOriginalBytesMax) throw tooLarge()
  return { kind: 'original', contentType: type }
}

function mayMove(type: PictureType): boolean {
  return type === 'image/gif' || type === 'image/webp' || type === 'image/png'
}

function etagOf({ mediaId, width, height, method, isAnimated }: ThumbnailName): string {
  return `"${mediaId}-${width}x${height}-${method}${isAnimated ? '-animated' : ''}"`
}

async function whole(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

function noThumbnail(): Error {
  return refuse('M_UNKNOWN', 'There is no preview of this kind of file. Download the file itself.', { status: 400 })
}

function tooLarge(): Error {
  return refuse('M_TOO_LARGE', 'The picture is too large for a preview. Download the file itself.')
}
