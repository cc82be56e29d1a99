/** How server and child speak: the lengths of head and body (4 bytes each), the head in JSON, the body. */
export type Frame<Head> = { readonly head: Head; readonly body: Buffer }

const lengthsBytes = 8

export function frame(head: object, body: Uint8Array): Buffer[] {
  const json = Buffer.from(JSON.stringify(head))
  const lengths = Buffer.alloc(lengthsBytes)
  lengths.writeUInt32BE(json.length, 0)
  lengths.writeUInt32BE(body.length, 4)
  return [lengths, json, Buffer.from(body.buffer, body.byteOffset, body.length)]
}

/** Puts frames together from what arrives. */
export class FrameReader<Head> {
  readonly #bytesMax: number
  #pieces: Buffer[] = []
  #sizeBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** The frame that is whole with this piece, if one is; there is never more than one under way. Throws past the bound. */
  take(piece: Buffer): Frame<Head> | undefined {
    this.#pieces.push(piece)
    this.#sizeBytes += piece.length
    if (this.#sizeBytes < lengthsBytes) return undefined
    if (this.#pieces[0]!.length < lengthsBytes) this.#pieces = [Buffer.concat(this.#pieces)]
    const [headBytes, bodyBytes] = [this.#pieces[0]!.readUInt32BE(0), this.#pieces[0]!.readUInt32BE(4)]
    const wholeBytes = lengthsBytes + headBytes + bodyBytes
    if (wholeBytes > this.#bytesMax || this.#sizeBytes > wholeBytes) throw new Error('A frame is not what it says.')
    if (this.#sizeBytes < wholeBytes) return undefined
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#sizeBytes = 0
    const bodyAt = lengthsBytes + headBytes
    return { head: JSON.parse(whole.toString('utf8', lengthsBytes, bodyAt)) as Head, body: whole.subarray(bodyAt) }
  }
}
