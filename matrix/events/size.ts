import { canonicalBytes } from '../json/canonical.ts'
import { type JsonObject, ownKey } from '../json/json.ts'
import type { Pdu } from './pdu.ts'

/** The whole event as canonical JSON, signatures included. https://spec.matrix.org/v1.19/client-server-api/#size-limits */
export const eventBytesMax = 65_536

/** Each of the keys that other servers index. */
export const eventKeyBytesMax = 255

const boundedKeys = ['sender', 'room_id', 'state_key', 'type', 'event_id'] as const

/** In a sentence why the event is too large, or undefined. `canonicalSize` (bytes) spares writing the event again. */
export function eventSizeProblem(pdu: Pdu, canonicalSize = canonicalBytes(pdu).length): string | undefined {
  for (const key of boundedKeys) {
    const value = ownKey(pdu as unknown as JsonObject, key)
    if (typeof value === 'string' && Buffer.byteLength(value) > eventKeyBytesMax) {
      return `${key} is too long. At most ${eventKeyBytesMax} bytes are allowed.`
    }
  }
  if (canonicalSize <= eventBytesMax) return undefined
  return `The event is too large: ${canonicalSize} bytes, where at most ${eventBytesMax} are allowed. Send less at once.`
}

/** Thrown by `checkEventSize`. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge'
}

/** Throws EventTooLarge when the event breaks a limit. */
export function checkEventSize(pdu: Pdu, canonicalSize?: number): void {
  const problem = eventSizeProblem(pdu, canonicalSize)
  if (problem !== undefined) throw new EventTooLarge(problem)
}
