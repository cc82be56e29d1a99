import { describe, expect, it } from 'vitest'
import { defaultRoomVersion, type RoomVersion, roomVersion, roomVersions } from './room-versions.ts'

const since = (test: (version: RoomVersion) => boolean) => roomVersions.filter(test).map((version) => version.id)
const from = (first: number, last = 12) => Array.from({ length: last - first + 1 }, (_, index) => String(first + index))

describe('room versions', () => {
  it('are 1 to 12, frozen, and found by id', () => {
    expect(roomVersions.map((version) => version.id)).toStrictEqual(from(1))
    for (const version of roomVersions) {
      expect(roomVersion(version.id)).toBe(version)
      expect(Object.isFrozen(version) && Object.isFrozen(version.redaction)).toBe(true)
    }
    expect(roomVersion('13')).toBeUndefined()
    expect(roomVersion('__proto__')).toBeUndefined()
    expect(roomVersion(defaultRoomVersion)?.id).toBe('12')
  })

  it('differ where https://spec.matrix.org/v1.19/rooms/ says so', () => {
    expect(since((v) => v.eventIds === 'in-event')).toStrictEqual(['1', '2'])
    expect(since((v) => v.eventIds === 'base64')).toStrictEqual(['3'])
    expect(since((v) => v.eventReferences === 'ids')).toStrictEqual(from(3))
    expect(since((v) => v.stateResolution === '1')).toStrictEqual(['1'])
    expect(since((v) => v.stateResolution === '2.1')).toStrictEqual(['12'])
    expect(since((v) => v.enforceKeyValidity)).toStrictEqual(from(5))
    expect(since((v) => v.strictCanonicalJson)).toStrictEqual(from(6))
    expect(since((v) => v.specialCaseAliases)).toStrictEqual(from(1, 5))
    expect(since((v) => v.redactionAuthorisedByDomain)).toStrictEqual(['1', '2'])
    expect(since((v) => v.limitNotificationsPowerLevels)).toStrictEqual(from(6))
    expect(since((v) => v.knocking)).toStrictEqual(from(7))
    expect(since((v) => v.restrictedJoins)).toStrictEqual(from(8))
    expect(since((v) => v.knockRestrictedJoins)).toStrictEqual(from(10))
    expect(since((v) => v.integerPowerLevels)).toStrictEqual(from(10))
    expect(since((v) => v.implicitRoomCreator)).toStrictEqual(from(11))
    expect(since((v) => v.redactsInContent)).toStrictEqual(from(11))
    expect(since((v) => v.privilegedCreators)).toStrictEqual(['12'])
    expect(since((v) => v.roomIdIsCreateHash)).toStrictEqual(['12'])
  })
})
