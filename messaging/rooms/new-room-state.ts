/** What the options of making a room mean as state events, in the order that the specification gives. */
import type { Subject } from '#access/api.ts'
import type { User } from '#identity/api.ts'
import type { JsonObject, JsonValue, RoomVersion } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'

export type Preset = 'private_chat' | 'public_chat' | 'trusted_private_chat'

export type RoomWish = {
  visibility?: 'public' | 'private'
  preset?: Preset
  name?: string
  topic?: string
  room_alias_name?: string
  room_version?: string
  invite?: string[]
  invite_3pid?: JsonObject[]
  is_direct?: boolean
  creation_content?: JsonObject
  initial_state?: { type: string; state_key?: string; content: JsonObject }[]
  power_level_content_override?: JsonObject
}

export type StateWishEntry = { readonly type: string; readonly stateKey: string; readonly content: JsonObject }

type Context = {
  readonly version: RoomVersion
  readonly subject: Subject
  readonly alias: string | undefined
  readonly createContent: JsonObject
  readonly invited: readonly User[]
}

const presets: Record<Preset, { join: string; history: string; guests: string }> = {
  private_chat: { join: 'invite', history: 'shared', guests: 'can_join' },
  trusted_private_chat: { join: 'invite', history: 'shared', guests: 'can_join' },
  public_chat: { join: 'public', history: 'shared', guests: 'forbidden' },
}

/** Everything between the creator's join and the invitations. */
export function stateOfWish(wish: RoomWish, context: Context): StateWishEntry[] {
  const preset = wish.preset ?? (wish.visibility === 'public' ? 'public_chat' : 'private_chat')
  const { join, history, guests } = presets[preset]
  const given = (wish.initial_state ?? []).map((entry) => ({
    type: entry.type,
    stateKey: entry.state_key ?? '',
    content: entry.content,
  }))
  for (const { type } of given) {
    if (type === 'm.room.create' || type === 'm.room.member') {
      throw refuse('M_INVALID_ROOM_STATE', `${type} cannot be given in initial_state.`)
    }
  }
  const replaced = new Set(given.filter((entry) => entry.stateKey === '').map((entry) => entry.type))
  const chosen = (type: string, content: JsonObject) => (replaced.has(type) ? [] : [{ type, stateKey: '', content }])
  return [
    { type: 'm.room.power_levels', stateKey: '', content: powerLevelsOf(wish, preset, context) },
    ...(context.alias === undefined ? [] : chosen('m.room.canonical_alias', { alias: context.alias })),
    ...chosen('m.room.join_rules', { join_rule: join }),
    ...chosen('m.room.history_visibility', { history_visibility: history }),
    ...chosen('m.room.guest_access', { guest_access: guests }),
    ...given.filter((entry) => entry.type !== 'm.room.power_levels'),
    // The options go before what initial_state says.
    ...named('m.room.name', wish.name, (name) => ({ name })),
    ...named('m.room.topic', wish.topic, topicOf),
  ]
}

function named(type: string, text: string | undefined, content: (text: string) => JsonObject): StateWishEntry[] {
  return text === undefined || text === '' ? [] : [{ type, stateKey: '', content: content(text) }]
}

function topicOf(topic: string): JsonObject {
  return { topic, 'm.topic': { 'm.text': [{ body: topic }] } }
}

/** What initial_state gives stands as it is given; the override goes before it, and before what the preset means. */
function powerLevelsOf(wish: RoomWish, preset: Preset, context: Context): JsonObject {
  const isLevels = (entry: { type: string; state_key?: string }) =>
    entry.type === 'm.room.power_levels' && (entry.state_key ?? '') === ''
  const levels = wish.initial_state?.find(isLevels)?.content ?? presetLevels(preset, context)
  return { ...levels, ...wish.power_level_content_override }
}

function presetLevels(preset: Preset, { version, subject, invited }: Context): JsonObject {
  const users: { [userId: string]: JsonValue } = {}
  // From version 12 on creators stand above all levels and may not be listed.
  if (!version.privilegedCreators) {
    users[subject.matrixId] = 100
    if (preset === 'trusted_private_chat') for (const person of invited) users[person.matrixId] = 100
  }
  return {
    users,
    users_default: 0,
    events: {
      'm.room.name': 50,
      'm.room.avatar': 50,
      'm.room.canonical_alias': 50,
      'm.room.topic': 50,
      'm.room.power_levels': 100,
      'm.room.history_visibility': 100,
      'm.room.encryption': 100,
      'm.room.server_acl': 100,
      'm.room.tombstone': version.privilegedCreators ? 150 : 100,
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: 0,
    notifications: { room: 50 },
  }
}
