import { describe, expect, test } from 'vitest'
import { type RoomVersion, roomVersions } from '../room-versions/room-versions.ts'
import { checkAuth, denialOf, redactionApplies } from './check-auth.ts'
import { authRules, NotAllowed } from './not-allowed.ts'
import { membershipCases } from './proof/membership-cases.ts'
import { ada, ben, cleo, eventOfCase, finn, rightAfterCreate, stateOfCase } from './proof/room-of-cases.ts'
import { sendingCases } from './proof/sending-cases.ts'

const cases = [...membershipCases, ...sendingCases]

function versionsOf([first, last]: readonly [number, number] = [1, 12]): RoomVersion[] {
  return roomVersions.filter(({ id }) => Number(id) >= first && Number(id) <= last)
}

describe('the authorisation rules', () => {
  for (const { what, refusedBy, versions, room, event } of cases) {
    test(`${what}: ${refusedBy ?? 'allowed'}`, () => {
      for (const version of versionsOf(versions)) {
        const denial = denialOf(eventOfCase(version, event), version, stateOfCase(version, room))
        expect(denial?.rule, `version ${version.id}: ${denial?.sentence}`).toBe(refusedBy)
      }
    })
  }

  test('every case has a name of its own', () => {
    expect(new Set(cases.map(({ what }) => what)).size).toBe(cases.length)
  })

  test('every rule refuses something', () => {
    const refusing = new Set(cases.map(({ refusedBy }) => refusedBy as string))
    const ofSelection = (rule: string) => rule.startsWith('auth_events.')
    expect(Object.keys(authRules).filter((rule) => !ofSelection(rule) && !refusing.has(rule))).toEqual([])
  })

  test('every refusal is a sentence that a person can read', () => {
    for (const { versions, room, event, refusedBy } of cases) {
      if (refusedBy === undefined) continue
      for (const version of versionsOf(versions)) {
        const denial = denialOf(eventOfCase(version, event), version, stateOfCase(version, room))
        expect(denial?.sentence).toMatch(/^\p{Lu}|^@|^additional_creators/u)
        expect(denial?.sentence).toMatch(/[.]$/)
        expect(denial?.sentence).not.toMatch(/undefined|NaN|\[object/)
      }
    }
  })
})

describe('the first join', () => {
  test.each(roomVersions)('whoever opened a room of version $id joins before there are rules', (version) => {
    const event = { type: 'm.room.member', sender: ada, stateKey: ada, content: { membership: 'join' } }
    const state = stateOfCase(version, { joinRule: null, levels: null, members: { [ada]: 'leave' } })
    const first = eventOfCase(version, { ...event, with: rightAfterCreate(version) })
    expect(denialOf(first, version, state)).toBeUndefined()
    expect(denialOf(eventOfCase(version, event), version, state)?.rule).toBe('join.not_invited')
    const second = { ...first, prev_events: [...first.prev_events, ...first.prev_events] }
    expect(denialOf(second, version, state)?.rule).toBe('join.not_invited')
    const stranger = { ...first, sender: finn, state_key: finn }
    expect(denialOf(stranger, version, state)?.rule).toBe('join.not_invited')
  })

  test('a further creator of version 12 comes by invitation', () => {
    const version = roomVersions.at(-1) as RoomVersion
    const state = stateOfCase(version, { create: { additional_creators: [finn] } })
    const event = { type: 'm.room.member', sender: finn, stateKey: finn, content: { membership: 'join' } }
    const first = eventOfCase(version, { ...event, with: rightAfterCreate(version) })
    expect(denialOf(first, version, state)?.rule).toBe('join.not_invited')
  })
})

describe('checkAuth', () => {
  test('throws what the rule says, for people', () => {
    const version = roomVersions.at(-1) as RoomVersion
    const event = eventOfCase(version, { type: 'm.room.name', sender: cleo, stateKey: '' })
    const check = () => checkAuth(event, version, stateOfCase(version))
    expect(check).toThrow(NotAllowed)
    expect(check).toThrow('You need power level 50 to change the room’s name; yours is 0.')
  })

  test('is silent about what is allowed', () => {
    const version = roomVersions.at(-1) as RoomVersion
    const event = eventOfCase(version, { type: 'm.room.message', sender: cleo })
    expect(checkAuth(event, version, stateOfCase(version))).toBeUndefined()
  })
})

describe('a redaction takes effect', () => {
  test.each(roomVersions)('in version $id as its rules say', (version) => {
    const state = stateOfCase(version)
    const byPower = redactionApplies({ sender: ben }, { sender: finn }, version, state)
    const byServer = redactionApplies({ sender: cleo }, { sender: '@someone:two' }, version, state)
    const byNeither = redactionApplies({ sender: cleo }, { sender: ben }, version, state)
    expect([byPower, byServer, byNeither]).toEqual([true, true, version.redactionAuthorisedByDomain])
  })
})
