import { isUserId } from '#matrix/api.ts'
import type { Vault } from '#platform/api.ts'

/**
 * A state key as it may lie readable in the database: empty and user ids as they are; anything else could be words that
 * somebody wrote, and becomes a keyed hash that differs from room to room. The key itself is in the sealed event.
 */
export function storedStateKey(vault: Pick<Vault, 'lookupHash'>, roomMatrixId: string, stateKey: string): string {
  if (stateKey === '' || isUserId(stateKey)) return stateKey
  return `h:${vault.lookupHash(`state_key ${roomMatrixId}`, stateKey).toString('base64url')}`
}
