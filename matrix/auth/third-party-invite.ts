import type { Pdu } from '../events/pdu.ts'
import { isJsonObject, type JsonObject, ownKey } from '../json/json.ts'
import { verifyJson } from '../signing/signing.ts'
import { type AuthEvent, type AuthState, membershipOf } from './auth-state.ts'
import { type Denial, deny } from './not-allowed.ts'

/**
 * The rules for an `invite` that redeems a third-party invitation: an identity server signed that the invited address
 * belongs to this person, and the room holds the keys to check it. The same in all versions.
 * https://spec.matrix.org/v1.19/client-server-api/#third-party-invites
 */
export function denyThirdPartyInvite(event: Pdu, target: string, state: AuthState): Denial | undefined {
  if (membershipOf(target, state) === 'ban') {
    return deny('third_party_invite.banned', `${target} is banned from this room. Lift the ban before you invite.`)
  }
  const invitation = event.content.third_party_invite
  const signed = isJsonObject(invitation) ? ownKey(invitation, 'signed') : undefined
  if (!isJsonObject(signed) || typeof signed.mxid !== 'string' || typeof signed.token !== 'string') {
    return deny(
      'third_party_invite.malformed',
      'This invitation lacks what its identity server signed. Ask for a new one.',
    )
  }
  if (signed.mxid !== target) {
    return deny('third_party_invite.target', `This invitation is for ${signed.mxid}, not for ${target}.`)
  }
  const offer = state.get('m.room.third_party_invite', signed.token)
  if (offer === undefined) {
    return deny(
      'third_party_invite.unknown',
      'This room does not know this invitation, or it was withdrawn. Ask for a new one.',
    )
  }
  if (offer.sender !== event.sender) {
    return deny('third_party_invite.sender', 'This invitation was made by someone else. Ask that person to invite.')
  }
  if (isSignedByOneOf(signed, publicKeysOf(offer))) return undefined
  return deny('third_party_invite.signature', 'No key of this invitation signed it. Ask for a new one.')
}

function publicKeysOf(offer: AuthEvent): string[] {
  const keys: string[] = []
  if (typeof offer.content.public_key === 'string') keys.push(offer.content.public_key)
  const listed = offer.content.public_keys
  if (Array.isArray(listed)) {
    for (const entry of listed) {
      if (isJsonObject(entry) && typeof entry.public_key === 'string') keys.push(entry.public_key)
    }
  }
  return keys
}

function isSignedByOneOf(signed: JsonObject, publicKeys: readonly string[]): boolean {
  const signatures = ownKey(signed, 'signatures')
  if (!isJsonObject(signatures)) return false
  for (const [serverName, ofServer] of Object.entries(signatures)) {
    if (!isJsonObject(ofServer)) continue
    for (const keyId of Object.keys(ofServer)) {
      if (publicKeys.some((publicKey) => verifyJson(signed, serverName, keyId, publicKey))) return true
    }
  }
  return false
}
