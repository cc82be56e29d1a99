/**
 * What a new room takes over from the room that it replaces.
 * https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-19
 */
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  powerLevelOf,
  powerLevels,
  type RoomVersion,
  setKey,
} from '#matrix/api.ts'
import type { StateWishEntry } from '../rooms/new-room-state.ts'
import type { Room } from '../rooms/room.ts'
import { childrenOf } from '../spaces/space-children.ts'

/** Power levels stand before all of these, and go apart. */
const carriedTypes = [
  'm.room.canonical_alias',
  'm.room.join_rules',
  'm.room.history_visibility',
  'm.room.guest_access',
  'm.room.server_acl',
  'm.room.encryption',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
]

export type Successor = {
  readonly version: RoomVersion
  /** Whoever replaces the room, and who else stands above all levels in the new one. */
  readonly creators: readonly string[]
}

/** The create event's content, but for the creator's name. */
export function createContentOf(old: Room, { version, creators }: Successor): JsonObject {
  const before = old.content('m.room.create') ?? {}
  const content: JsonObject = { room_version: version.id, predecessor: predecessorOf(old) }
  if (before.type !== undefined) content.type = before.type
  if (before['m.federate'] !== undefined) content['m.federate'] = before['m.federate']
  if (!version.implicitRoomCreator) content.creator = creators[0] as string
  if (version.privilegedCreators && creators.length > 1) content.additional_creators = creators.slice(1)
  return content
}

function predecessorOf(old: Room): JsonObject {
  const newest = old.head.extremities[0]
  return { room_id: old.matrixId, ...(newest !== undefined && { event_id: newest }) }
}

export function carriedState(old: Room, { version }: Successor): StateWishEntry[] {
  const state = carriedTypes.flatMap((type) => {
    const content = old.content(type)
    if (content === undefined || Object.keys(content).length === 0) return []
    return [{ type, stateKey: '', content: type === 'm.room.join_rules' ? joinRules(content, version) : content }]
  })
  const children = childrenOf(old).map(({ roomId, event }) => ({
    type: 'm.space.child',
    stateKey: roomId,
    content: event.content as JsonObject,
  }))
  return [...state, ...children]
}

/** A rule that the version does not know would let nobody in at all. */
function joinRules(content: JsonObject, version: RoomVersion): JsonObject {
  const rule = content.join_rule
  const isKnown =
    (rule !== 'knock' || version.knocking) &&
    (rule !== 'restricted' || version.restrictedJoins) &&
    (rule !== 'knock_restricted' || version.knockRestrictedJoins)
  if (isKnown) return content
  return { join_rule: rule === 'knock_restricted' && version.knocking ? 'knock' : 'invite' }
}

/**
 * The levels of the old room as the new version writes them, and, where they would keep its maker from making the room
 * what the old one was, those that hold until it is made.
 */
export function carriedLevels(old: Room, successor: Successor): { first: JsonObject; last: JsonObject | undefined } {
  const { version, creators } = successor
  const levels = old.content('m.room.power_levels') ?? {}
  const content = version.integerPowerLevels ? wholeNumbers(levels) : { ...levels }
  const users = isJsonObject(content.users) ? { ...content.users } : {}
  if (version.privilegedCreators) for (const creator of creators) delete users[creator]
  else for (const creator of creatorsAboveAll(old)) setKey(users, creator, 100)
  const last: JsonObject = { ...content, users }
  const maker = creators[0] as string
  if (version.privilegedCreators) return { first: last, last: undefined }
  const needed = highestLevel(old)
  if (levelIn(users, maker, content) >= needed) return { first: last, last: undefined }
  return { first: { ...last, users: { ...users, [maker]: needed } }, last }
}

function creatorsAboveAll(old: Room): string[] {
  if (!old.version.privilegedCreators) return []
  const create = old.stateEntry('m.room.create')?.pdu
  const { additional_creators: others } = create?.content ?? {}
  const named = Array.isArray(others) ? others.filter((one) => typeof one === 'string') : []
  return [...(create === undefined ? [] : [create.sender]), ...named].filter(
    (id) => powerLevelOf(id, old, old.version) === Number.POSITIVE_INFINITY,
  )
}

function levelIn(users: JsonObject, userId: string, content: JsonObject): number {
  const level = Object.hasOwn(users, userId) ? users[userId] : content.users_default
  return Number(level ?? 0)
}

function highestLevel(old: Room): number {
  const { stateDefault, ban, invite, events } = powerLevels(old, old.version)
  return Math.max(100, stateDefault, ban, invite, ...events.values())
}

/** Levels as whole numbers, which older versions also took as text. What is no number is left out. */
function wholeNumbers(levels: JsonObject): JsonObject {
  const whole: JsonObject = {}
  for (const [key, value] of Object.entries(levels)) {
    const read = isJsonObject(value) ? wholeNumbers(value) : wholeNumber(value)
    if (read !== undefined) setKey(whole, key, read)
  }
  return whole
}

function wholeNumber(value: JsonValue): number | undefined {
  if (typeof value === 'number') return Math.trunc(value)
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number.parseInt(value, 10) : undefined
}

/** Nobody but its leaders speaks in the old room any more, or brings people there. Undefined where it is so already. */
export function tightenedLevels(old: Room): JsonObject | undefined {
  const { usersDefault, eventsDefault, invite } = powerLevels(old, old.version)
  const restricted = Math.max(usersDefault + 1, 50)
  if (eventsDefault >= restricted && invite >= restricted) return undefined
  return {
    ...old.content('m.room.power_levels'),
    events_default: Math.max(eventsDefault, restricted),
    invite: Math.max(invite, restricted),
  }
}
