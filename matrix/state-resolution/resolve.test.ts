import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../json/json.ts'
import { roomVersion, roomVersions } from '../room-versions/room-versions.ts'
import { asServersRead, resolveByTheText, toTheLetter } from './proof/by-the-text.ts'
import { lottery, type RandomRoom, randomRoom, randomStates } from './proof/random-room.ts'
import { resolve } from './resolve.ts'
import type { StateMap } from './state-map.ts'

const versionArb = fc.constantFrom(...roomVersions)
const seedArb = fc.nat(2 ** 31)
const roomCount = Number(process.env.CHANCERY_DAGS ?? 300)

/** Maps compare by content; sorting makes a difference readable. */
function shown(state: ReadonlyMap<string, string>): string[] {
  return [...state].map(([key, id]) => `${key.replace('\0', ' ')} = ${id}`).sort()
}

describe('resolving', () => {
  test('no state gives none, and one gives itself', () => {
    const version = roomVersion('12')!
    const events = new Map()
    expect(resolve(version, [], events)).toEqual(new Map())
    const state = new Map([['m.room.name\0', '$a']])
    const resolved = resolve(version, [state], events)
    expect(resolved).toEqual(state)
    expect(resolved).not.toBe(state)
  })

  test('equal states give that state', () => {
    fc.assert(
      fc.property(versionArb, seedArb, fc.integer({ min: 2, max: 40 }), (version, seed, copies) => {
        const room = randomRoom(seed, version, 15)
        for (const state of room.stateAfter.values()) {
          const states = Array.from({ length: copies }, () => new Map(state))
          expect(resolve(version, states, room.events)).toEqual(state)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('the order of the states does not matter, nor of the keys in them, nor how often one is given', () => {
    fc.assert(
      fc.property(versionArb, seedArb, (version, seed) => {
        const room = randomRoom(seed, version, 40)
        const draw = lottery(seed)
        const states = randomStates(room, draw)
        const expected = shown(resolve(version, states, room.events))
        const turned = states.map((state) => shuffled([...state], draw.below)).map((entries) => new Map(entries))
        expect(shown(resolve(version, shuffled(turned, draw.below), room.events))).toEqual(expected)
        expect(shown(resolve(version, [...states, ...turned], room.events))).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  test('the order in which events came does not matter', () => {
    fc.assert(
      fc.property(versionArb, seedArb, (version, seed) => {
        const room = randomRoom(seed, version, 40)
        const draw = lottery(seed)
        const states = randomStates(room, draw)
        const late = new Map(shuffled([...room.events], draw.below))
        expect(shown(resolve(version, states, late))).toEqual(shown(resolve(version, states, room.events)))
      }),
      { numRuns: 100 },
    )
  })

  test('known auth chains spare the walk and change nothing', () => {
    fc.assert(
      fc.property(versionArb, seedArb, (version, seed) => {
        const room = randomRoom(seed, version, 40)
        const states = randomStates(room, lottery(seed))
        const chains = states.map((state) => chainOf(state, room))
        const walked = resolve(version, states, room.events)
        expect(shown(resolve(version, states, room.events, chains))).toEqual(shown(walked))
      }),
      { numRuns: 100 },
    )
  })

  test('a rejected event gives no authority', () => {
    const version = roomVersion('11')!
    const { events, states, member } = rejectedAuthorityCase()
    const trusting = resolve(version, states, events)
    expect(trusting.get('m.room.topic\0')).toBe('$topic')
    const source = { get: (id: string) => events.get(id), isRejected: (id: string) => id === member }
    expect(resolve(version, states, source).get('m.room.topic\0')).toBeUndefined()
  })

  test('a chain of fifty thousand power levels is walked without recursion, in a moment', () => {
    const version = roomVersion('12')!
    const { room, states } = longRoom(50_000)
    const started = performance.now()
    const resolved = resolve(version, states, room)
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(resolved.get('m.room.topic\0')).toBe('$topic-b')
  })
})

describe('against the text', () => {
  const versions = roomVersions.filter(({ stateResolution }) => stateResolution !== '1')

  test(`resolves ${roomCount} random rooms as the specification tells it`, { timeout: 3_600_000 }, () => {
    let disputes = 0
    for (let seed = 0; seed < roomCount; seed++) {
      // Half of the rooms are of version 12, which alone has v2.1.
      const version = seed % 2 === 0 ? versions.at(-1)! : versions[(seed >> 1) % (versions.length - 1)]!
      const room = randomRoom(seed, version, 12 + (seed % 30))
      const draw = lottery(seed + 1_000_003)
      for (let round = 0; round < 3; round++) {
        const states = randomStates(room, draw)
        const expected = resolveByTheText(version, states, room.events, asServersRead)
        const found = resolve(version, states, room.events)
        expect(shown(found), `room ${seed}, round ${round}, version ${version.id}`).toEqual(shown(expected))
        if (states.some((state) => shown(state).join() !== shown(states[0]!).join())) disputes++
      }
    }
    // Rooms in which nobody disagrees would prove nothing.
    expect(disputes).toBeGreaterThan(roomCount * 2)
  })

  test('its two readings seldom come to different states', () => {
    let different = 0
    for (let seed = 0; seed < 300; seed++) {
      const version = versions[seed % versions.length]!
      const room = randomRoom(seed, version, 30)
      const states = randomStates(room, lottery(seed))
      const asRead = resolveByTheText(version, states, room.events, asServersRead)
      const literal = resolveByTheText(version, states, room.events, toTheLetter)
      if (shown(asRead).join() !== shown(literal).join()) different++
    }
    expect(different).toBeLessThan(6)
  })
})

function shuffled<T>(items: readonly T[], below: (bound: number) => number): T[] {
  const rest = [...items]
  for (let end = rest.length - 1; end > 0; end--) {
    const place = below(end + 1)
    const item = rest[end]!
    rest[end] = rest[place]!
    rest[place] = item
  }
  return rest
}

function chainOf(state: StateMap, room: RandomRoom): Set<string> {
  const chain = new Set<string>()
  const open = [...state.values()]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (chain.has(id)) continue
    chain.add(id)
    for (const reference of room.events.get(id)!.auth_events) {
      open.push(typeof reference === 'string' ? reference : reference[0])
    }
  }
  return chain
}

function rejectedAuthorityCase() {
  const event = (id: string, type: string, stateKey: string, sender: string, content: object, authIds: string[]) => ({
    event_id: id,
    room_id: '!r:one',
    type,
    state_key: stateKey,
    sender,
    content: content as JsonObject,
    auth_events: authIds,
    prev_events: ['$member-ada'],
    origin_server_ts: 1,
    depth: 3,
  })
  const list = [
    event('$create', 'm.room.create', '', '@ada:one', { room_version: '11' }, []),
    event('$member-ada', 'm.room.member', '@ada:one', '@ada:one', { membership: 'join' }, ['$create']),
    event('$levels', 'm.room.power_levels', '', '@ada:one', { state_default: 0 }, ['$create', '$member-ada']),
    event('$member-ben', 'm.room.member', '@ben:one', '@ben:one', { membership: 'join' }, ['$create', '$levels']),
    event('$topic', 'm.room.topic', '', '@ben:one', { topic: 'x' }, ['$create', '$levels', '$member-ben']),
  ]
  const common: [string, string][] = [
    ['m.room.create\0', '$create'],
    ['m.room.member\0@ada:one', '$member-ada'],
    ['m.room.power_levels\0', '$levels'],
  ]
  // Both states lack Ben’s membership, so that the topic can lean on its own auth events only.
  const states = [new Map(common), new Map([...common, ['m.room.topic\0', '$topic'] as [string, string]])]
  return { events: new Map(list.map((pdu) => [pdu.event_id, pdu])), states, member: '$member-ben' }
}

/** A room whose levels were changed again and again, and a fork at its end. */
function longRoom(changes: number) {
  const room = new Map()
  const base = { room_id: '!create', sender: '@ada:one', depth: 2, prev_events: ['$x'] }
  const add = (id: string, type: string, stateKey: string, content: object, authIds: string[], time: number) => {
    const pdu = {
      ...base,
      event_id: id,
      type,
      state_key: stateKey,
      content,
      auth_events: authIds,
      origin_server_ts: time,
    }
    room.set(id, pdu)
  }
  add('$create', 'm.room.create', '', { room_version: '12' }, [], 0)
  add('$member', 'm.room.member', '@ada:one', { membership: 'join' }, [], 1)
  add('$levels-0', 'm.room.power_levels', '', {}, ['$member'], 2)
  for (let index = 1; index <= changes; index++) {
    add(`$levels-${index}`, 'm.room.power_levels', '', {}, ['$member', `$levels-${index - 1}`], index + 2)
  }
  const fork = (name: string, time: number): StateMap => {
    const levels = name === 'a' ? '$levels-1' : `$levels-${changes}`
    add(`$topic-${name}`, 'm.room.topic', '', {}, ['$member', levels], time)
    return new Map([
      ['m.room.create\0', '$create'],
      ['m.room.member\0@ada:one', '$member'],
      ['m.room.power_levels\0', levels],
      ['m.room.topic\0', `$topic-${name}`],
    ])
  }
  return { room, states: [fork('a', changes + 3), fork('b', changes + 4)] }
}
