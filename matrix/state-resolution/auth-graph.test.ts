import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pdu } from '../events/pdu.ts'
import { roomVersions } from '../room-versions/room-versions.ts'
import { fullConflictedSet } from './auth-graph.ts'
import { asServersRead, authDifference, conflictedSubgraph } from './proof/by-the-text.ts'
import { lottery, randomRoom, randomStates } from './proof/random-room.ts'
import type { StateMap } from './state-map.ts'

function disputeOf(stateSets: readonly StateMap[]) {
  const agreed: StateMap = new Map()
  const disputed = new Map<string, number[]>()
  for (const key of new Set(stateSets.flatMap((state) => [...state.keys()]))) {
    const ids = stateSets.map((state) => state.get(key))
    if (ids.every((id) => id === ids[0])) agreed.set(key, ids[0] as string)
    else {
      for (const [index, id] of ids.entries()) {
        if (id !== undefined) disputed.set(id, [...(disputed.get(id) ?? []), index])
      }
    }
  }
  return { agreed, disputed }
}

/** Up to 70 states, since the marks of 32 fit in one word. */
test.each([false, true])('the full conflicted set, with the subgraph: %s', (withSubgraph) => {
  const version = fc.constantFrom(...roomVersions)
  const counts = fc.oneof(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 33, max: 70 }))
  let sizes = 0
  const check = fc.property(version, fc.nat(2 ** 31), counts, (version, seed, count) => {
    const room = randomRoom(seed, version, 40)
    const stateSets = randomStates(room, lottery(seed), count)
    const { agreed, disputed } = disputeOf(stateSets)
    const expected = new Set([...disputed.keys(), ...authDifference(stateSets, room.events, asServersRead)])
    if (withSubgraph) for (const id of conflictedSubgraph(new Set(disputed.keys()), room.events)) expected.add(id)
    const dispute = { stateSets, agreed, disputed, events: room.events, authChains: undefined, withSubgraph }
    expect([...fullConflictedSet(dispute).keys()].sort()).toEqual([...expected].sort())
    sizes += expected.size - disputed.size
  })
  fc.assert(check, { numRuns: 300 })
  // Without events beyond the disputed ones, nothing would have been shown.
  expect(sizes).toBeGreaterThan(60)
})

test('what all of forty states lean on, though none holds it, is not in conflict', () => {
  const events = new Map<string, Pdu>()
  const add = (event_id: string, type: string, auth_events: string[]) => {
    const order = { origin_server_ts: 0, depth: 1, prev_events: [] }
    events.set(event_id, { event_id, type, state_key: '', sender: '@ada:one', content: {}, auth_events, ...order })
  }
  add('$levels', 'm.room.power_levels', [])
  const stateSets: StateMap[] = []
  for (let index = 0; index < 40; index++) {
    add(`$topic-${index}`, 'm.room.topic', ['$levels'])
    stateSets.push(new Map([['m.room.topic\0', `$topic-${index}`]]))
  }
  const dispute = { ...disputeOf(stateSets), events, authChains: undefined, withSubgraph: true }
  expect(fullConflictedSet({ ...dispute, stateSets }).has('$levels')).toBe(false)
  // With one state more that leans on nothing, the levels are in some chains and not in all.
  const more = [...stateSets, new Map([['m.room.name\0', '$name']])]
  add('$name', 'm.room.name', [])
  const withMore = { ...disputeOf(more), events, authChains: undefined, withSubgraph: true }
  expect(fullConflictedSet({ ...withMore, stateSets: more }).has('$levels')).toBe(true)
})
