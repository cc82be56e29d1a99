/** Fields of profiles: https://spec.matrix.org/v1.19/client-server-api/#profiles */
import type { JsonObject, JsonValue } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'

const known = /^(?:avatar_url|displayname|m\.tz|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)$/
const nameBytesMax = 255
/** Names are shown in lists and stand in every membership; longer ones are no names. */
const displayNameLengthMax = 256
const mediaAddress = /^mxc:\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9_-]+$/

/** The fields that stand in the membership events of the person's rooms. */
export function isInMemberships(field: string): boolean {
  return field === 'displayname' || field === 'avatar_url'
}

export function checkFieldName(field: string): void {
  if (Buffer.byteLength(field) > nameBytesMax) {
    throw refuse('M_KEY_TOO_LARGE', `The name of a profile field has at most ${nameBytesMax} bytes. Shorten it.`)
  }
  if (!known.test(field)) {
    throw refuse(
      'M_INVALID_PARAM',
      'This is no name of a profile field. Use displayname, avatar_url, m.tz, or one with dots such as org.example.x.',
    )
  }
}

/** The new value of a field; undefined removes it. A name or picture set to null or to nothing is removed. */
export function fieldValue(field: string, body: JsonObject): JsonValue | undefined {
  if (!Object.hasOwn(body, field)) throw refuse('M_MISSING_PARAM', `The body must hold ${field}.`)
  const value = body[field]!
  if (isInMemberships(field) && (value === null || value === '')) return undefined
  if (field === 'displayname') return displayName(value)
  if (field === 'avatar_url') return avatarUrl(value)
  if (field === 'm.tz' && typeof value !== 'string') throw refuse('M_BAD_JSON', 'm.tz must be a string.')
  return value
}

function displayName(value: JsonValue): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw refuse('M_BAD_JSON', 'displayname must be a string.')
  if (value.length > displayNameLengthMax) {
    throw refuse('M_INVALID_PARAM', `A display name has at most ${displayNameLengthMax} characters. Shorten it.`)
  }
  return value
}

function avatarUrl(value: JsonValue): string {
  if (typeof value !== 'string') throw refuse('M_BAD_JSON', 'avatar_url must be a string.')
  if (!mediaAddress.test(value) || value.length > 1_000) {
    throw refuse('M_INVALID_PARAM', 'avatar_url must be the mxc:// address of an uploaded picture.')
  }
  return value
}
