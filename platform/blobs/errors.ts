/** More bytes came than the writer allowed. Nothing of them is kept. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge'
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super(`The file is larger than the ${maxBytes} bytes that are allowed. Send a smaller one.`)
    this.maxBytes = maxBytes
  }
}

/** A row names a file that is not there. */
export class BlobMissing extends Error {
  override readonly name = 'BlobMissing'
  readonly blobId: string

  constructor(blobId: string) {
    super(`The stored file ${blobId} is missing. Restore it from the backup that belongs to this data.`)
    this.blobId = blobId
  }
}
