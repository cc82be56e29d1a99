import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Pdu } from '../events/pdu.ts'
import type { JsonObject } from '../json/json.ts'
import { type RoomVersion, roomVersion } from '../room-versions/room-versions.ts'
import { resolve } from './resolve.ts'
import { type StateMap, stateKeyOf } from './state-map.ts'

/** Version 1, as https://spec.matrix.org/v1.19/rooms/v1/#state-resolution tells it. Ada has 100, Ben 50. */
const version = roomVersion('1') as RoomVersion
const ada = '@ada:one'
const ben = '@ben:one'
const finn = '@finn:one'

type Row = [id: string, type: string, stateKey: string, sender: string, depth: number, content: JsonObject]

const common: Row[] = [
  ['$create', 'm.room.create', '', ada, 1, { creator: ada }],
  ['$ada', 'm.room.member', ada, ada, 2, { membership: 'join' }],
  ['$ben', 'm.room.member', ben, ben, 3, { membership: 'join' }],
]
const levels: Row = ['$levels', 'm.room.power_levels', '', ada, 4, { users: { [ada]: 100, [ben]: 50 } }]
const open: Row = ['$open', 'm.room.join_rules', '', ada, 5, { join_rule: 'public' }]
const base = [...common, levels, open]

/** Resolves one state for each list of rows, every row on top of the base, and answers who holds the key. */
function held(key: [string, string], states: readonly Row[][], below: readonly Row[] = base): string | undefined {
  return resolved(states, below).get(stateKeyOf(...key))
}

function resolved(states: readonly Row[][], below: readonly Row[] = base): StateMap {
  const events = new Map([...below, ...states.flat()].map((row) => [row[0], eventOf(row)]))
  const maps = states.map((rows) => new Map([...below, ...rows].map(([id, type, key]) => [stateKeyOf(type, key), id])))
  return resolve(version, maps, events)
}

function eventOf([id, type, stateKey, sender, depth, content]: Row): Pdu {
  const base = { event_id: id, room_id: '!room:one', type, state_key: stateKey, sender, depth, content }
  return { ...base, origin_server_ts: 0, prev_events: [['$x', { sha256: '' }]], auth_events: [] }
}

const topic = (id: string, depth: number, sender = ada): Row => [id, 'm.room.topic', '', sender, depth, { topic: id }]
const power = (id: string, depth: number, sender: string, benLevel: number): Row => {
  return [id, 'm.room.power_levels', '', sender, depth, { users: { [ada]: 100, [ben]: benLevel } }]
}
const member = (id: string, depth: number, sender: string, userId: string, membership: string): Row => {
  return [id, 'm.room.member', userId, sender, depth, { membership }]
}

describe('state resolution of version 1', () => {
  test('what one state lacks is not disputed', () => {
    expect(held(['m.room.topic', ''], [[topic('$a', 9)], []])).toBe('$a')
  })

  test('of other events the deepest wins', () => {
    expect(held(['m.room.topic', ''], [[topic('$a', 9)], [topic('$b', 10)]])).toBe('$b')
    expect(held(['m.room.topic', ''], [[topic('$a', 10)], [topic('$b', 9)]])).toBe('$a')
  })

  test('among equally deep ones the lowest SHA-1 wins', () => {
    const ids = ['$a', '$b', '$c', '$d']
    const lowest = ids.toSorted((left, right) => (hash('sha1', left) < hash('sha1', right) ? -1 : 1))[0]
    expect(
      held(
        ['m.room.topic', ''],
        ids.map((id) => [topic(id, 9)]),
      ),
    ).toBe(lowest)
  })

  test('what is not allowed does not win, and of several such the least deep stays', () => {
    expect(held(['m.room.topic', ''], [[topic('$a', 9)], [topic('$b', 10, finn)]])).toBe('$a')
    expect(held(['m.room.topic', ''], [[topic('$a', 9, finn)], [topic('$b', 10, finn)]])).toBe('$a')
  })

  test('levels follow each other by depth while they are allowed', () => {
    const key: [string, string] = ['m.room.power_levels', '']
    const states = [[power('$p1', 6, ada, 50)], [power('$p2', 7, ada, 60)], [power('$p3', 8, ada, 70)]]
    expect(held(key, states)).toBe('$p3')
    // Ben may not send levels, and what comes after a refusal is not looked at.
    const withRefused = [[power('$p1', 6, ada, 50)], [power('$p2', 7, ben, 60)], [power('$p3', 8, ada, 70)]]
    expect(held(key, withRefused)).toBe('$p1')
  })

  test('the first levels hold unasked', () => {
    expect(held(['m.room.power_levels', ''], [[power('$p1', 6, finn, 99)], [power('$p2', 7, finn, 98)]])).toBe('$p1')
  })

  test('equally deep levels are taken by descending SHA-1', () => {
    const ids = ['$p1', '$p2', '$p3', '$p4']
    const lowest = ids.toSorted((left, right) => (hash('sha1', left) < hash('sha1', right) ? -1 : 1))[0]
    expect(
      held(
        ['m.room.power_levels', ''],
        ids.map((id) => [power(id, 6, ada, 50)]),
      ),
    ).toBe(lowest)
  })

  test('levels are settled before join rules, these before memberships, and all of them before the rest', () => {
    const closed: Row = ['$closed', 'm.room.join_rules', '', ben, 9, { join_rule: 'invite' }]
    const reopened: Row = ['$reopened', 'm.room.join_rules', '', ada, 8, { join_rule: 'public' }]
    const states = [
      [power('$p1', 6, ada, 50), reopened, member('$left', 9, finn, finn, 'leave'), topic('$t1', 10)],
      [power('$p2', 7, ada, 0), closed, member('$join', 10, finn, finn, 'join'), topic('$t2', 11, ben)],
    ]
    const state = resolved(states)
    // Ben has lost his power, so that the room stays open, Finn’s join stands and Ben’s topic falls.
    expect(state.get(stateKeyOf('m.room.power_levels', ''))).toBe('$p2')
    expect(state.get(stateKeyOf('m.room.join_rules', ''))).toBe('$reopened')
    expect(state.get(stateKeyOf('m.room.member', finn))).toBe('$join')
    expect(state.get(stateKeyOf('m.room.topic', ''))).toBe('$t1')
  })

  test('a ban beats the join before it', () => {
    const states = [[member('$join', 8, finn, finn, 'join')], [member('$ban', 9, ben, finn, 'ban')]]
    expect(held(['m.room.member', finn], states)).toBe('$ban')
    const banFirst = [[member('$join', 9, finn, finn, 'join')], [member('$ban', 8, ben, finn, 'ban')]]
    expect(held(['m.room.member', finn], banFirst)).toBe('$ban')
  })

  test('disputed memberships do not see each other’s outcome', () => {
    // Ben’s own membership is in dispute, so he bans nobody, whatever comes of it.
    const states = [
      [member('$ben-again', 8, ben, ben, 'join'), member('$join', 7, finn, finn, 'join')],
      [member('$ben-too', 9, ben, ben, 'join'), member('$ban', 8, ben, finn, 'ban')],
    ]
    const state = resolved(states, [...common.slice(0, 2), levels, open])
    expect(state.get(stateKeyOf('m.room.member', ben))).toBe('$ben-too')
    expect(state.get(stateKeyOf('m.room.member', finn))).toBe('$join')
  })
})
