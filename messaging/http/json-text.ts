import { JsonBytes } from '#platform/api.ts'

/** JSON that was put together as text. */
export function jsonText(text: string): JsonBytes {
  return new JsonBytes(Buffer.from(text))
}
