import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { OutboundFailed } from './types.ts'

/** What readBody can undo. */
export const acceptedEncodings = 'gzip, deflate, br'

type Bounds = { readonly bytesMax: number; readonly whenLarger: 'refuse' | 'cut' }

/** The body with its compression undone. Leaving early destroys the stream, and with it the connection. */
export async function readBody(response: IncomingMessage, { bytesMax, whenLarger }: Bounds): Promise<Buffer> {
  const decoder = decoderFor(response.headers['content-encoding'])
  const plain: AsyncIterable<Buffer> =
    decoder === undefined ? response : pipeline(counted(response, bytesMax), decoder, () => {})
  const pieces: Buffer[] = []
  let sizeBytes = 0
  for await (const piece of plain) {
    const room = bytesMax - sizeBytes
    pieces.push(piece.subarray(0, room))
    if (piece.length > room) {
      if (whenLarger === 'refuse') throw new OutboundFailed('too-large')
      break
    }
    sizeBytes += piece.length
  }
  return Buffer.concat(pieces)
}

/** What arrives is bounded as well: there are compressed streams without end that unfold into nothing. */
async function* counted(response: IncomingMessage, bytesMax: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    sizeBytes += piece.length
    if (sizeBytes > bytesMax) throw new OutboundFailed('too-large')
    yield piece
  }
}

function decoderFor(encoding = 'identity') {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    case 'identity':
    case '':
      return undefined
    default:
      throw new OutboundFailed('bad-answer')
  }
}
