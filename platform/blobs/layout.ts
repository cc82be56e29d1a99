import { sealOverheadBytes } from '../vault/cipher.ts'
import { SealBroken } from '../vault/errors.ts'
import type { SealingKey } from '../vault/types.ts'

// A stored blob: 8 bytes of header, then chunks of 64 KiB plain, each sealed by itself under the blob's own key. The last
// chunk is shorter or just as long, and is the only one of an empty blob. What a chunk is bound to says the blob, its
// place and whether it is the last, so that chunks can be neither swapped, nor repeated, nor cut off.

export const chunkBytes = 65_536
export const sealedChunkBytes = chunkBytes + sealOverheadBytes
/** 'CHBLOB', the version, and the chunk size as a power of two. */
export const header = Buffer.from([...Buffer.from('CHBLOB'), 1, 16])

const purpose = 'blob.chunk'

export type Layout = { readonly sizeBytes: number; readonly chunks: number }

function subject(blobId: string, index: number, isLast: boolean): string {
  return `${blobId} chunk ${index}${isLast ? ' (last)' : ''}`
}

export function sealChunk(key: SealingKey, blobId: string, index: number, isLast: boolean, plain: Uint8Array): Buffer {
  return key.seal(purpose, subject(blobId, index, isLast), plain)
}

export function openChunk(key: SealingKey, blobId: string, index: number, layout: Layout, sealed: Uint8Array): Buffer {
  return key.open(purpose, subject(blobId, index, index === layout.chunks - 1), sealed)
}

/** What a stored length means. The length itself is proven when the last chunk opens. */
export function layoutOf(blobId: string, keyId: number, storedBytes: number): Layout {
  const body = storedBytes - header.length
  const chunks = Math.ceil(body / sealedChunkBytes)
  const lastBytes = body - (chunks - 1) * sealedChunkBytes - sealOverheadBytes
  if (chunks < 1 || lastBytes < 0 || (lastBytes === 0 && chunks > 1)) throw cutOff(blobId, keyId)
  return { sizeBytes: (chunks - 1) * chunkBytes + lastBytes, chunks }
}

export function checkHeader(blobId: string, keyId: number, bytes: Buffer): void {
  if (!bytes.equals(header)) {
    const reason = `The stored file ${blobId} does not begin as one of this version does`
    throw new SealBroken(purpose, blobId, keyId, { reason })
  }
}

export function cutOff(blobId: string, keyId: number): SealBroken {
  return new SealBroken(purpose, blobId, keyId, { reason: `The stored file ${blobId} was cut off or lengthened` })
}

export function chunkOffset(index: number): number {
  return header.length + index * sealedChunkBytes
}
