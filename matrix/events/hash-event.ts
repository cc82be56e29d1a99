import { hash } from 'node:crypto'
import { canonicalJson } from '../json/canonical.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { addSignature } from '../signing/signing.ts'
import { eventIdOf, eventIdOfSignedText, hashedText, signedText } from './hash.ts'
import type { Pdu } from './pdu.ts'

export type HashedEvent = {
  readonly pdu: Pdu
  readonly eventId: string
  /** Bytes of the whole event as canonical JSON once the signer has signed it, for `eventSizeProblem`. */
  readonly canonicalSize: number
}

/** Unpadded base64 of the 64 bytes of any signature has this length. */
const someSignature = 'A'.repeat(86)

/**
 * Finishes an event that this server makes, but for its signature: content hash and id. The id covers no signature, so
 * `signEvent` may follow at any time. The input stays as it is; other servers' signatures on it are kept.
 *
 * One walk writes the whole event for the content hash; a second writes the redacted one, which the id hashes. The size of
 * the finished event follows from the first text by arithmetic.
 */
export function hashEvent(pdu: Pdu, version: RoomVersion, signer: { serverName: string; keyId: string }): HashedEvent {
  const whole = hashedText(pdu)
  const hashes = { sha256: hash('sha256', whole, 'base64').slice(0, -1) }
  const hashed: Pdu = { ...pdu, hashes }
  const eventId =
    version.eventIds === 'in-event'
      ? eventIdOf(hashed, version)
      : eventIdOfSignedText(signedText(hashed, version), version)
  const signatures = addSignature(pdu.signatures, signer.serverName, signer.keyId, someSignature)
  const canonicalSize =
    Buffer.byteLength(whole) + keySize('hashes', hashes) + keySize('signatures', signatures) + unsignedSize(pdu)
  return { pdu: hashed, eventId, canonicalSize }
}

function unsignedSize(pdu: Pdu): number {
  return pdu.unsigned === undefined ? 0 : keySize('unsigned', pdu.unsigned)
}

/** The key with quotes, colon, value, and the comma that parts it from its neighbour. */
function keySize(key: string, value: object): number {
  return key.length + 4 + Buffer.byteLength(canonicalJson(value))
}
