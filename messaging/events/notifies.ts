import type { Pdu } from '#matrix/api.ts'
import { relationOf } from './stored-event.ts'

const notifyingTypes = new Set([
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
  'm.call.invite',
])

/**
 * Whether an event notifies people whose push rules are the default ones, so that unread counts are differences of one
 * running count. https://spec.matrix.org/v1.19/client-server-api/#predefined-rules
 */
export function notifies(pdu: Pdu): boolean {
  if (pdu.state_key !== undefined) return pdu.type === 'm.room.tombstone' && pdu.state_key === ''
  if (!notifyingTypes.has(pdu.type)) return false
  if (pdu.content.msgtype === 'm.notice') return false
  return relationOf(pdu.content)?.type !== 'm.replace'
}
