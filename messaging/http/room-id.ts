import { isRoomId } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'

/** The text as a room id, or M_INVALID_PARAM. */
export function requireRoomId(text: string): string {
  if (!isRoomId(text)) throw refuse('M_INVALID_PARAM', 'This is no room id. A room id begins with an exclamation mark.')
  return text
}
