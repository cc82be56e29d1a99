import { hash } from 'node:crypto'
import { canonicalJson } from '../json/canonical.ts'
import { copyObject, type JsonObject } from '../json/json.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import type { Pdu } from './pdu.ts'
import { redact } from './redact.ts'

/**
 * The two hashes of an event. The content hash covers the whole event and stands inside it; the reference hash covers
 * the redacted event and is its id from version 3 on.
 * https://spec.matrix.org/v1.19/server-server-api/#calculating-the-content-hash-for-an-event
 */

/** SHA-256 over all but `unsigned`, `signatures` and `hashes`, in unpadded base64. */
export function contentHash(pdu: Pdu): string {
  return sha256(hashedText(pdu))
}

/** What the content hash hashes. */
export function hashedText(pdu: Pdu): string {
  return canonicalJson(copyObject(pdu as unknown as JsonObject, ['unsigned', 'signatures', 'hashes']))
}

/** True when the content is what its maker hashed. False means: use the redacted event instead. */
export function checkContentHash(pdu: Pdu): boolean {
  return pdu.hashes?.sha256 === contentHash(pdu)
}

/** SHA-256 over the redacted event without signatures, in the standard alphabet without padding. */
export function referenceHash(pdu: Pdu, version: RoomVersion): string {
  return sha256(signedText(pdu, version))
}

/** The id that the version gives the event. Throws when a version 1 or 2 event carries none. */
export function eventIdOf(pdu: Pdu, version: RoomVersion): string {
  if (version.eventIds !== 'in-event') return eventIdOfSignedText(signedText(pdu, version), version)
  if (typeof pdu.event_id !== 'string') throw new TypeError('An event of versions 1 and 2 carries its event_id.')
  return pdu.event_id
}

/** The id of the room that this create event opens, where the version takes it from the event's hash. */
export function roomIdOfCreate(createPdu: Pdu, version: RoomVersion): string {
  if (!version.roomIdIsCreateHash) throw new TypeError(`Rooms of version ${version.id} choose their id themselves.`)
  return `!${eventIdOf(createPdu, version).slice(1)}`
}

/** What signatures sign and the reference hash hashes: one and the same text. */
export function signedText(pdu: Pdu, version: RoomVersion): string {
  const kept = redact(pdu, version)
  delete kept.signatures
  return canonicalJson(kept)
}

/** The id of versions 3 and later, when `signedText` is at hand. */
export function eventIdOfSignedText(text: string, version: RoomVersion): string {
  if (version.eventIds === 'base64') return `$${sha256(text)}`
  return `$${hash('sha256', text, 'base64url')}`
}

function sha256(text: string): string {
  // SHA-256 is 32 bytes, so its base64 always ends in exactly one padding character.
  return hash('sha256', text, 'base64').slice(0, -1)
}
