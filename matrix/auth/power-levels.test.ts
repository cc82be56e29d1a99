import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../json/json.ts'
import { type RoomVersion, roomVersion, roomVersions } from '../room-versions/room-versions.ts'
import { isCreator } from './auth-state.ts'
import { powerLevelOf, powerLevels, readLevels, requiredPowerLevel } from './power-levels.ts'
import { ada, ben, cleo, stateOfCase } from './proof/room-of-cases.ts'

const named = (id: string) => roomVersion(id) as RoomVersion

describe('power levels', () => {
  test('are filled in with the defaults', () => {
    const levels = powerLevels(stateOfCase(named('12'), { levels: {} }), named('12'))
    expect(levels).toMatchObject({ usersDefault: 0, eventsDefault: 0, stateDefault: 50, invite: 0 })
    expect(levels).toMatchObject({ ban: 50, kick: 50, redact: 50 })
  })

  test('are read once for each content', () => {
    const state = stateOfCase(named('12'))
    expect(powerLevels(state, named('12'))).toBe(powerLevels(state, named('12')))
    const withoutEvent = stateOfCase(named('11'), { levels: null })
    expect(powerLevels(withoutEvent, named('11'))).toBe(powerLevels(withoutEvent, named('11')))
  })

  test.each(roomVersions)('version $id: who opened the room stands where its version says', (version) => {
    const absent = stateOfCase(version, { levels: null })
    expect(powerLevelOf(ada, absent, version)).toBe(version.privilegedCreators ? Number.POSITIVE_INFINITY : 100)
    expect(powerLevelOf(ben, absent, version)).toBe(0)
    const present = stateOfCase(version)
    expect(powerLevelOf(ada, present, version)).toBe(version.privilegedCreators ? Number.POSITIVE_INFINITY : 100)
    expect(powerLevelOf(ben, present, version)).toBe(50)
    expect(powerLevelOf(cleo, present, version)).toBe(0)
  })

  test('the creator is who the version says', () => {
    const state = (id: string) => stateOfCase(named(id), { create: { creator: ben, additional_creators: [cleo] } })
    const creators = (id: string) => [ada, ben, cleo].filter((userId) => isCreator(userId, state(id), named(id)))
    expect([creators('10'), creators('11'), creators('12')]).toEqual([[ben], [ada], [ada, cleo]])
    expect(powerLevelOf(cleo, state('12'), named('12'))).toBe(Number.POSITIVE_INFINITY)
    expect(powerLevelOf(cleo, state('11'), named('11'))).toBe(0)
  })

  test('what sending needs', () => {
    const version = named('12')
    const levels = { events_default: 5, state_default: 60, events: { 'm.room.name': 30, 'm.reaction': 1 } }
    const state = stateOfCase(version, { levels })
    const needs = (type: string, isState: boolean) => requiredPowerLevel(type, isState, state, version)
    expect(needs('m.room.message', false)).toBe(5)
    expect(needs('m.reaction', false)).toBe(1)
    expect(needs('m.room.topic', true)).toBe(60)
    expect(needs('m.room.name', true)).toBe(30)
    expect(needs('constructor', false)).toBe(5)
  })

  // undefined: not readable in this notation.
  const notations: [JsonValue, number | undefined, number | undefined, number | undefined][] = [
    // written        version 5  6 to 9     10 on
    [50, 50, 50, 50],
    [-1, -1, -1, -1],
    ['50', 50, 50, undefined],
    [' +0050 ', 50, 50, undefined],
    ['-7', -7, -7, undefined],
    ['5e1', undefined, undefined, undefined],
    ['5.0', undefined, undefined, undefined],
    ['', undefined, undefined, undefined],
    ['+ 5', undefined, undefined, undefined],
    ['99999999999999999999', undefined, undefined, undefined],
    [50.9, 50, undefined, undefined],
    [-50.9, -50, undefined, undefined],
    [51_146.98, 51_146, undefined, undefined],
    [Number.POSITIVE_INFINITY, undefined, undefined, undefined],
    [true, undefined, undefined, undefined],
    [null, undefined, undefined, undefined],
    [[50], undefined, undefined, undefined],
  ]
  test.each(notations)('%j reads as %j, %j and %j', (value, ...expected) => {
    const read = (id: string) => {
      const content: JsonObject = { kick: value, users: { [ben]: value } }
      const { written, users, problem } = readLevels(content, named(id))
      expect(users.get(ben)).toBe(written.get('kick'))
      expect(problem === undefined).toBe(written.has('kick'))
      return written.get('kick')
    }
    expect([read('5'), read('9'), read('10')]).toEqual(expected)
  })

  test('notifications are read in every version, and wrong ones are a fault from version 6 on', () => {
    const content: JsonObject = { notifications: { room: 20, other: 'x' } }
    for (const version of roomVersions) {
      const { notifications, problem } = readLevels(content, version)
      expect(notifications).toEqual(new Map([['room', 20]]))
      expect(problem === undefined).toBe(!version.limitNotificationsPowerLevels)
    }
  })

  test('keys like __proto__ are ordinary keys', () => {
    const content = JSON.parse('{"events":{"__proto__":70},"__proto__":{"ban":1}}') as JsonObject
    const levels = readLevels(content, named('12'))
    expect(levels.events.get('__proto__')).toBe(70)
    expect(levels.ban).toBe(50)
    expect(levels.problem).toBeUndefined()
  })
})
