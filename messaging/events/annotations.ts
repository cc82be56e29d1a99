import type { JsonObject, Pdu } from '#matrix/api.ts'
import type { Vault } from '#platform/api.ts'
import { relationOf } from './stored-event.ts'

/**
 * Under which a reaction stands, once for each person, event, type and key; undefined for what is no reaction.
 * https://spec.matrix.org/v1.19/client-server-api/#annotations-event-duplicates
 */
export function annotationHash(vault: Pick<Vault, 'lookupHash'>, roomId: string, pdu: Pdu): Buffer | undefined {
  const relation = relationOf(pdu.content)
  if (relation?.type !== 'm.annotation') return undefined
  const { key } = pdu.content['m.relates_to'] as JsonObject
  if (typeof key !== 'string') return undefined
  return vault.lookupHash(`annotation ${roomId}`, JSON.stringify([pdu.sender, pdu.type, relation.target, key]))
}
