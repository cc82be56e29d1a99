import type { Readable } from 'node:stream'
import type { Db } from '../postgres/types.ts'
import type { SealingKey } from '../vault/types.ts'

/** Where a blob is: both are stored in the row that owns it. */
export type BlobRef = { readonly id: string; readonly keyId: number }

/** `sha256` is of the plain bytes (32 bytes): whoever stores it seals it, because it tells known files from unknown. */
export type WrittenBlob = BlobRef & { readonly sizeBytes: number; readonly sha256: Buffer }

/** The bytes from `start` up to, not including, `end`. */
export type BlobRange = { readonly start: number; readonly end: number }

export type BlobWriteOptions = {
  readonly maxBytes: number
  readonly signal?: AbortSignal
  /**
   * Called when the file is safely on the disk. Open a transaction, call `saveKey(tx)` and insert the row that owns the
   * blob, so that file, key and row stand or fall together; what the row tells of the file is sealed with `key`, the
   * file's own. Left out: the key is stored at once, by itself.
   */
  readonly keep?: (blob: WrittenBlob, saveKey: (db: Db) => Promise<void>, key: SealingKey) => Promise<void>
}

export interface Blobs {
  /** Encrypts and stores inline. Throws BlobTooLarge, the signal's reason, or whatever the source threw. */
  write(source: Readable | AsyncIterable<Uint8Array>, options: BlobWriteOptions): Promise<WrittenBlob>
  /** The plain bytes. Destroyed with SealBroken at the first chunk that was altered, BlobMissing when there is no file. */
  read(blob: BlobRef, range?: BlobRange): Readable
  /** Plain size in bytes, proven by opening the last chunk. */
  size(blob: BlobRef): Promise<number>
  /** Removes the file, if it is there. Destroy its key first, in the transaction that deletes the owning row. */
  remove(blob: BlobRef): Promise<void>
  /** Removes files whose key is not stored: what a crash left between file and row, or between key and file. */
  sweep(): Promise<{ removed: number }>
}

/** Where sealed bytes lie. The disk is one; an object store with atomic put, range get and delete is another. */
export interface BlobStore {
  /** Stores all chunks under `name` or, on any failure, nothing. Durable when it resolves. */
  put(name: string, chunks: AsyncIterable<Buffer>): Promise<void>
  /** Opens for reads at an offset; undefined when there is no such object. */
  open(name: string): Promise<BlobObject | undefined>
  delete(name: string): Promise<void>
  /** Every stored name, in no order. */
  names(): AsyncIterable<string>
}

export interface BlobObject {
  readonly sizeBytes: number
  /** Exactly `lengthBytes` bytes from `offset`, fewer only where the object ends. */
  range(offset: number, lengthBytes: number): Promise<Buffer>
  close(): Promise<void>
}
