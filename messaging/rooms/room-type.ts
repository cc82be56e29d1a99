import type { JsonValue } from '#matrix/api.ts'
import type { Vault } from '#platform/api.ts'

/**
 * The type of a room as it may lie readable in the database: a space is one for everybody to know; any other type is a word
 * that somebody wrote, and becomes a keyed hash. Null for a room without a type.
 */
export function storedRoomType(vault: Pick<Vault, 'lookupHash'>, type: JsonValue | undefined): string | null {
  if (typeof type !== 'string' || type === '') return null
  return type === 'm.space' ? type : `h:${vault.lookupHash('room_type', type).toString('base64url')}`
}
