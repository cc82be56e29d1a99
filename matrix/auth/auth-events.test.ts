import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../json/json.ts'
import { type RoomVersion, roomVersion, roomVersions } from '../room-versions/room-versions.ts'
import { type AuthEntry, authTypesFor, checkAuthEventsSelection } from './auth-events.ts'
import { NotAllowed } from './not-allowed.ts'
import { ada, ben, cleo, eventOfCase, finn, roomIdOf } from './proof/room-of-cases.ts'

const v11 = roomVersion('11') as RoomVersion
const v12 = roomVersion('12') as RoomVersion
const create: [string, string] = ['m.room.create', '']
const levels: [string, string] = ['m.room.power_levels', '']
const joinRules: [string, string] = ['m.room.join_rules', '']
const member = (userId: string): [string, string] => ['m.room.member', userId]

function selected(version: RoomVersion, membership: string, more: JsonObject = {}, sender = ben, target = finn) {
  return authTypesFor({ type: 'm.room.member', sender, state_key: target, content: { membership, ...more } }, version)
}

describe('the selection', () => {
  test('a create event leans on nothing', () => {
    const opening = { type: 'm.room.create', sender: ada, state_key: '', content: {} }
    for (const version of roomVersions) expect(authTypesFor(opening, version)).toEqual([])
  })

  test('a message leans on the levels and its sender, and until version 11 on the create event', () => {
    const message = { type: 'm.room.message', sender: cleo, content: {} }
    for (const version of roomVersions) {
      const expected = version === v12 ? [levels, member(cleo)] : [create, levels, member(cleo)]
      expect(authTypesFor(message, version)).toEqual(expected)
    }
  })

  test('memberships lean on their target, and on the join rules where they matter', () => {
    const both = [create, levels, member(ben), member(finn)]
    expect(selected(v11, 'leave')).toEqual(both)
    expect(selected(v11, 'ban')).toEqual(both)
    expect(selected(v11, 'invite')).toEqual([...both, joinRules])
    const own = [create, levels, member(finn), joinRules]
    expect(selected(v11, 'join', {}, finn)).toEqual(own)
    expect(selected(v11, 'knock', {}, finn)).toEqual(own)
    expect(selected(v12, 'join', {}, finn)).toEqual(own.slice(1))
  })

  test('a redeemed invitation leans on its offer', () => {
    const third = { third_party_invite: { signed: { token: 'abc' } } }
    expect(selected(v11, 'invite', third)).toContainEqual(['m.room.third_party_invite', 'abc'])
    expect(selected(v11, 'leave', third)).not.toContainEqual(['m.room.third_party_invite', 'abc'])
    expect(selected(v11, 'invite', { third_party_invite: 1 })).toHaveLength(5)
  })

  test('a restricted join leans on who vouches, once, from version 8 on', () => {
    for (const version of roomVersions) {
      const keys = selected(version, 'join', { join_authorised_via_users_server: cleo }, finn)
      expect(keys.some(([, key]) => key === cleo)).toBe(version.restrictedJoins)
      const own = selected(version, 'join', { join_authorised_via_users_server: finn }, finn)
      expect(own.filter(([, key]) => key === finn)).toHaveLength(1)
    }
    expect(selected(v11, 'invite', { join_authorised_via_users_server: cleo })).not.toContainEqual(member(cleo))
  })
})

describe('the named auth events', () => {
  const entry = ([type, stateKey]: [string, string], more: object = {}, isRejected = false): AuthEntry => ({
    event: { type, state_key: stateKey, sender: ada, content: {}, room_id: roomIdOf(v11), ...more },
    isRejected,
  })
  const message = eventOfCase(v11, { type: 'm.room.message', sender: cleo })
  const good = [entry(create), entry(levels), entry(member(cleo))]
  const ruleOf = (entries: readonly AuthEntry[], event = message, version = v11) => {
    try {
      checkAuthEventsSelection(event, version, entries)
      return undefined
    } catch (error) {
      if (error instanceof NotAllowed) return error.rule
      throw error
    }
  }

  test('those that the selection asks for are allowed, and some may be missing', () => {
    expect(ruleOf(good)).toBeUndefined()
    expect(ruleOf([entry(create)])).toBeUndefined()
  })

  test.each([
    ['one kind twice', 'auth_events.duplicate', [...good, entry(levels)]],
    ['one that has no say', 'auth_events.unexpected', [...good, entry(joinRules)]],
    ['one of another person', 'auth_events.unexpected', [...good, entry(member(ben))]],
    ['one that is no state', 'auth_events.unexpected', [...good, entry(levels, { state_key: undefined })]],
    ['one that was refused', 'auth_events.rejected', [entry(create), entry(levels, {}, true)]],
    ['no create event', 'auth_events.create', [entry(levels)]],
    ['one of another room', 'auth_events.room', [entry(create), entry(levels, { room_id: '!other:one' })]],
  ])('%s is refused', (_what, rule, entries) => {
    expect(ruleOf(entries)).toBe(rule)
  })

  test('version 12 refuses the create event and asks for none', () => {
    const event = eventOfCase(v12, { type: 'm.room.message', sender: cleo })
    const here = { room_id: roomIdOf(v12) }
    expect(ruleOf([entry(levels, here)], event, v12)).toBeUndefined()
    expect(ruleOf([], event, v12)).toBeUndefined()
    expect(ruleOf([entry(create, here)], event, v12)).toBe('auth_events.unexpected')
  })

  test('a create event names none', () => {
    const opening = eventOfCase(v11, { type: 'm.room.create', sender: ada, stateKey: '' })
    expect(ruleOf([], opening)).toBeUndefined()
    expect(ruleOf([entry(levels)], opening)).toBe('auth_events.unexpected')
  })
})
