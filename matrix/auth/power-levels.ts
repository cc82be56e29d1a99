import { isUserId } from '../ids/ids.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownKey } from '../json/json.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { type AuthState, isCreatorIn } from './auth-state.ts'

/**
 * Power levels as numbers, with the defaults filled in.
 * https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
 */
export type PowerLevels = {
  readonly users: ReadonlyMap<string, number>
  readonly usersDefault: number
  readonly events: ReadonlyMap<string, number>
  readonly eventsDefault: number
  readonly stateDefault: number
  readonly ban: number
  readonly kick: number
  readonly redact: number
  readonly invite: number
  readonly notifications: ReadonlyMap<string, number>
}

/** The levels that stand alone, with what holds when they are absent. */
export const levelDefaults = {
  users_default: 0,
  events_default: 0,
  state_default: 50,
  ban: 50,
  redact: 50,
  kick: 50,
  invite: 0,
} as const

export type LevelField = keyof typeof levelDefaults
export const levelFields = Object.keys(levelDefaults) as readonly LevelField[]

/** The content as it was read: what is written in it, and the first thing in it that could not be read. */
export type ReadLevels = PowerLevels & {
  readonly written: ReadonlyMap<LevelField, number>
  readonly problem: string | undefined
}

/**
 * How numbers may be written: integers alone from version 10 on, integers in strings before, and until version 5,
 * which does not hold to canonical JSON, fractions that are cut off.
 */
type Notation = 'integers' | 'strings' | 'fractions'

const read: Readonly<Record<Notation, WeakMap<JsonObject, ReadLevels>>> = {
  integers: new WeakMap(),
  strings: new WeakMap(),
  fractions: new WeakMap(),
}
const withoutEvent: WeakMap<JsonObject, PowerLevels> = new WeakMap()

/** The levels that hold in this state. Parsed once for each content object, which must not be changed afterwards. */
export function powerLevels(state: AuthState, version: RoomVersion): PowerLevels {
  const event = state.get('m.room.power_levels', '')
  return event === undefined ? levelsWithoutEvent(state, version) : readLevels(event.content, version)
}

/** The user's level; Infinity for creators in version 12 and later. */
export function powerLevelOf(userId: string, state: AuthState, version: RoomVersion): number {
  if (version.privilegedCreators) {
    const create = state.get('m.room.create', '')
    if (create !== undefined && isCreatorIn(create, userId, version)) return Number.POSITIVE_INFINITY
  }
  const levels = powerLevels(state, version)
  return levels.users.get(userId) ?? levels.usersDefault
}

/** The level that sending this type needs. Memberships and third-party invitations follow their own rules. */
export function requiredPowerLevel(type: string, isState: boolean, state: AuthState, version: RoomVersion): number {
  const levels = powerLevels(state, version)
  return levels.events.get(type) ?? (isState ? levels.stateDefault : levels.eventsDefault)
}

/** Without an event everybody has 0 and, until version 11, the creator 100. */
function levelsWithoutEvent(state: AuthState, version: RoomVersion): PowerLevels {
  const create = state.get('m.room.create', '')
  if (create === undefined || version.privilegedCreators) return noLevels
  let levels = withoutEvent.get(create.content)
  if (levels === undefined) {
    const creator = version.implicitRoomCreator ? create.sender : create.content.creator
    levels = typeof creator === 'string' ? { ...noLevels, users: new Map([[creator, 100]]) } : noLevels
    withoutEvent.set(create.content, levels)
  }
  return levels
}

/** Reads a content, leniently: what cannot be read counts as absent and is named in `problem`. */
export function readLevels(content: JsonObject, version: RoomVersion): ReadLevels {
  const notation = notationOf(version)
  const memory = read[notation]
  let levels = memory.get(content)
  if (levels === undefined) {
    levels = parse(content, notation)
    memory.set(content, levels)
  }
  return levels
}

function notationOf(version: RoomVersion): Notation {
  if (version.integerPowerLevels) return 'integers'
  return version.strictCanonicalJson ? 'strings' : 'fractions'
}

function parse(content: JsonObject, notation: Notation): ReadLevels {
  let problem: string | undefined
  const note = (path: string, need: string) => {
    problem ??= `${path} must be ${need}`
  }
  const readMap = (key: string, noteIn = note): Map<string, number> => {
    const levels = new Map<string, number>()
    const value = ownKey(content, key)
    if (value === undefined) return levels
    if (!isJsonObject(value)) {
      noteIn(key, 'an object')
      return levels
    }
    for (const [name, inner] of Object.entries(value)) {
      const level = readLevel(inner, notation)
      if (level === undefined) noteIn(`${key}.${name}`, 'a whole number')
      else levels.set(name, level)
    }
    return levels
  }
  const written = new Map<LevelField, number>()
  for (const field of levelFields) {
    const value = ownKey(content, field)
    if (value === undefined) continue
    const level = readLevel(value, notation)
    if (level === undefined) note(field, 'a whole number')
    else written.set(field, level)
  }
  const events = readMap('events')
  // Until version 5 the rules do not look at notifications, so nothing in them can be wrong.
  const notifications = notation === 'fractions' ? readMap('notifications', () => {}) : readMap('notifications')
  const users = readMap('users')
  for (const userId of users.keys()) if (!isUserId(userId)) note(`users.${userId}`, 'under a user id')
  const level = (field: LevelField) => written.get(field) ?? levelDefaults[field]
  return {
    users,
    usersDefault: level('users_default'),
    events,
    eventsDefault: level('events_default'),
    stateDefault: level('state_default'),
    ban: level('ban'),
    kick: level('kick'),
    redact: level('redact'),
    invite: level('invite'),
    notifications,
    written,
    problem,
  }
}

const integerText = /^\s*[+-]?[0-9]+\s*$/

function readLevel(value: JsonValue, notation: Notation): number | undefined {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value
    return notation === 'fractions' && Number.isFinite(value) ? Math.trunc(value) : undefined
  }
  if (notation === 'integers' || typeof value !== 'string' || !integerText.test(value)) return undefined
  const level = Number(value)
  return Number.isSafeInteger(level) ? level : undefined
}

const noLevels: PowerLevels = parse({}, 'integers')
