import type { Pdu } from '../events/pdu.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { type AuthState, isCreatorIn } from './auth-state.ts'
import { type Denial, deny } from './not-allowed.ts'
import { levelDefaults, levelFields, powerLevelOf, type ReadLevels, readLevels } from './power-levels.ts'

/**
 * The rules for `m.room.power_levels`: rule 10 in versions 1 to 5 and 12, rule 9 between.
 * https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules
 *
 * Before version 10 the text names only `users` as malformed. A level elsewhere that is no number could not be compared
 * by the clauses after it, so it is refused in every version, as other servers do.
 */
export function denyPowerChange(event: Pdu, version: RoomVersion, state: AuthState): Denial | undefined {
  const next = readLevels(event.content, version)
  if (next.problem !== undefined) {
    return deny('power_levels.malformed', `The power levels cannot be read: ${next.problem}.`)
  }
  const create = state.get('m.room.create', '')
  if (version.privilegedCreators && create !== undefined) {
    for (const userId of next.users.keys()) {
      if (isCreatorIn(create, userId, version)) {
        return deny(
          'power_levels.creators',
          `${userId} opened the room and stands above all levels. Leave this entry out.`,
        )
      }
    }
  }
  const previous = state.get('m.room.power_levels', '')
  if (previous === undefined) return undefined
  const current = readLevels(previous.content, version)
  const own = powerLevelOf(event.sender, state, version)
  return (
    denyFields(current, next, own) ??
    denyEntries('events', current.events, next.events, own) ??
    (version.limitNotificationsPowerLevels
      ? denyEntries('notifications', current.notifications, next.notifications, own)
      : undefined) ??
    denyUsers(event.sender, current.users, next.users, own)
  )
}

/** Absent fields count with their defaults, so that removing a level is measured like lowering or raising it. */
function denyFields(current: ReadLevels, next: ReadLevels, own: number): Denial | undefined {
  for (const field of levelFields) {
    const before = current.written.get(field)
    const after = next.written.get(field)
    if (before === after) continue
    const denial =
      denyCurrent(field, before ?? levelDefaults[field], own) ?? denyNew(field, after ?? levelDefaults[field], own)
    if (denial !== undefined) return denial
  }
  return undefined
}

function denyEntries(
  property: string,
  current: ReadonlyMap<string, number>,
  next: ReadonlyMap<string, number>,
  own: number,
): Denial | undefined {
  for (const [key, before] of current) {
    if (next.get(key) !== before && before > own) return denyCurrent(`${property}.${key}`, before, own)
  }
  for (const [key, after] of next) {
    if (current.get(key) !== after && after > own) return denyNew(`${property}.${key}`, after, own)
  }
  return undefined
}

function denyUsers(
  sender: string,
  current: ReadonlyMap<string, number>,
  next: ReadonlyMap<string, number>,
  own: number,
): Denial | undefined {
  for (const [userId, before] of current) {
    if (userId === sender || next.get(userId) === before || before < own) continue
    const sentence = `You cannot change the power level of ${userId}, which is ${before}; yours is ${own}.`
    return deny('power_levels.equal', sentence)
  }
  for (const [userId, after] of next) {
    if (current.get(userId) !== after && after > own) return denyNew(userId, after, own)
  }
  return undefined
}

function denyCurrent(what: string, level: number, own: number): Denial | undefined {
  if (level <= own) return undefined
  return deny('power_levels.current', `You need power level ${level} to change the level of ${what}; yours is ${own}.`)
}

function denyNew(what: string, level: number, own: number): Denial | undefined {
  if (level <= own) return undefined
  return deny('power_levels.new', `You cannot set the level of ${what} to ${level}; yours is ${own}.`)
}
