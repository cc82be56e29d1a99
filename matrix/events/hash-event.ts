import { hash } from 'node:crypto'
import { encodeBase64 } from '../base64.ts'
import { canonicalJson } from '../json/canonical.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { addSignature, type SigningKey } from '../signing/signing.ts'
import { eventIdOf, eventIdOfSignedText, hashedText, signedText } from './hash.ts'
import type { Pdu, Signatures } from './pdu.ts'

export type SignedEvent = {
  readonly pdu: Pdu
  readonly eventId: string
  /** Bytes of the whole event as canonical JSON, for `eventSizeProblem`. */
  readonly canonicalSize: number
}

/**
 * Finishes an event that this server makes: content hash, signature, id. The input stays as it is; other servers'
 * signatures on it are kept.
 *
 * One walk writes the whole event for the content hash; a second writes the redacted one, which is both what is
 * signed and what the id hashes. The size of the finished event follows from the first text by arithmetic.
 */
export function hashAndSign(pdu: Pdu, version: RoomVersion, serverName: string, key: SigningKey): SignedEvent {
  const whole = hashedText(pdu)
  const hashes = { sha256: hash('sha256', whole, 'base64').slice(0, -1) }
  const hashed: Pdu = { ...pdu, hashes }
  const text = signedText(hashed, version)
  const signature = encodeBase64(key.sign(Buffer.from(text)))
  hashed.signatures = addSignature(pdu.signatures, serverName, key.keyId, signature) as Signatures
  const eventId = version.eventIds === 'in-event' ? eventIdOf(hashed, version) : eventIdOfSignedText(text, version)
  const canonicalSize =
    Buffer.byteLength(whole) + keySize('hashes', hashes) + keySize('signatures', hashed.signatures) + unsignedSize(pdu)
  return { pdu: hashed, eventId, canonicalSize }
}

function unsignedSize(pdu: Pdu): number {
  return pdu.unsigned === undefined ? 0 : keySize('unsigned', pdu.unsigned)
}

/** The key with quotes, colon, value, and the comma that parts it from its neighbour. */
function keySize(key: string, value: object): number {
  return key.length + 4 + Buffer.byteLength(canonicalJson(value))
}
