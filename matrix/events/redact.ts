import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/json.ts'
import type { RedactionRules, RoomVersion } from '../room-versions/room-versions.ts'
import type { Pdu } from './pdu.ts'

/**
 * Redaction: the part of an event that the protocol itself needs. Hashes of references and signatures cover exactly
 * this part, so that they still hold when the words are gone.
 * https://spec.matrix.org/v1.19/rooms/v11/#redactions (and the same section of every other version)
 */

const keptKeys = [
  'event_id',
  'type',
  'room_id',
  'sender',
  'state_key',
  'content',
  'hashes',
  'signatures',
  'depth',
  'prev_events',
  'auth_events',
  'origin_server_ts',
] as const

const legacyKeys = ['prev_state', 'origin', 'membership'] as const

/** A new event with what the version keeps; nested values that are kept whole are shared with the given one. */
export function redact(pdu: Pdu, version: RoomVersion): Pdu {
  const kept: JsonObject = {}
  const from = pdu as unknown as JsonObject
  for (const key of keptKeys) copyKey(from, kept, key)
  if (version.redaction.keepsLegacyKeys) for (const key of legacyKeys) copyKey(from, kept, key)
  kept.content = isJsonObject(pdu.content) ? redactContent(pdu.type, pdu.content, version.redaction) : {}
  return kept as unknown as Pdu
}

function redactContent(type: string, content: JsonObject, rules: RedactionRules): JsonObject {
  switch (type) {
    case 'm.room.member':
      return redactMember(content, rules)
    case 'm.room.create':
      return rules.keepsCreateContent ? content : pick(content, ['creator'])
    case 'm.room.join_rules':
      return pick(content, rules.keepsAllow ? ['join_rule', 'allow'] : ['join_rule'])
    case 'm.room.power_levels':
      return pick(content, rules.keepsInviteLevel ? [...levelKeys, 'invite'] : levelKeys)
    case 'm.room.aliases':
      return rules.keepsAliases ? pick(content, ['aliases']) : {}
    case 'm.room.history_visibility':
      return pick(content, ['history_visibility'])
    case 'm.room.redaction':
      return rules.keepsRedacts ? pick(content, ['redacts']) : {}
    default:
      return {}
  }
}

const levelKeys = [
  'ban',
  'events',
  'events_default',
  'kick',
  'redact',
  'state_default',
  'users',
  'users_default',
] as const

function redactMember(content: JsonObject, rules: RedactionRules): JsonObject {
  const kept = pick(content, ['membership'])
  if (rules.keepsJoinAuthorisedVia) copyKey(content, kept, 'join_authorised_via_users_server')
  const invite = content.third_party_invite
  if (rules.keepsThirdPartySigned && isJsonObject(invite)) {
    // Without `signed` an empty shell stays: that is what servers in the field hash.
    kept.third_party_invite = pick(invite, ['signed'])
  }
  return kept
}

function pick(from: JsonObject, keys: readonly string[]): JsonObject {
  const kept: JsonObject = {}
  for (const key of keys) copyKey(from, kept, key)
  return kept
}

function copyKey(from: JsonObject, to: JsonObject, key: string): void {
  if (!Object.hasOwn(from, key)) return
  const value: JsonValue | undefined = from[key]
  if (value !== undefined) setKey(to, key, value)
}
