import { Readable } from 'node:stream'
import { FileAnswer, JsonBytes } from '#platform/api.ts'

/** JSON that was put together as text. */
export function jsonText(text: string): JsonBytes {
  return new JsonBytes(Buffer.from(text))
}

/** JSON too large to be put together at once. What fails before the first piece is answered as an error. */
export async function jsonStream(pieces: AsyncGenerator<string>): Promise<FileAnswer> {
  const first = await pieces.next()
  async function* all() {
    if (first.done !== true) yield first.value
    yield* pieces
  }
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new FileAnswer(Readable.from(all()), headers)
}
