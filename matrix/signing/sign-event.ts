import { encodeBase64 } from '../base64.ts'
import { signedText } from '../events/hash.ts'
import type { Pdu, Signatures } from '../events/pdu.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { addSignature, type SigningKey, signatureOf, type VerifyKey, verifyBytes } from './signing.ts'

/**
 * Signatures of events cover the redacted event, so that they outlive a redaction.
 * https://spec.matrix.org/v1.19/server-server-api/#signing-events
 */

/** A copy with the signature added. The event must carry its content hash already: `hashEvent`. */
export function signEvent(pdu: Pdu, version: RoomVersion, serverName: string, key: SigningKey): Pdu {
  const signature = encodeBase64(key.sign(Buffer.from(signedText(pdu, version))))
  return { ...pdu, signatures: addSignature(pdu.signatures, serverName, key.keyId, signature) as Signatures }
}

/** True when the event carries that server's signature by that key, and it holds. */
export function verifyEvent(
  pdu: Pdu,
  version: RoomVersion,
  serverName: string,
  keyId: string,
  publicKey: string | VerifyKey,
): boolean {
  const signature = signatureOf(pdu, serverName, keyId)
  if (signature === undefined) return false
  return verifyBytes(Buffer.from(signedText(pdu, version)), signature, publicKey)
}
