import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Pdu, prevEventIds } from '../events/pdu.ts'
import { type RoomVersion, roomVersion } from '../room-versions/room-versions.ts'
import { resolve } from './resolve.ts'
import { type StateMap, stateKeyOf } from './state-map.ts'

/**
 * Published cases of state resolution v2 and v2.1, which ruma made. They lie beside the repository or wherever
 * CHANCERY_VECTORS points: a folder that holds `state-resolution/cases.json`.
 */
type Case = {
  name: string
  expected: string
  /** Lists of events in the order in which they arrived. */
  batches?: string[]
  /** Lists of the ids that make one state each, and the events. */
  state_maps?: string[]
  pdus?: string[]
}

const root = process.env.CHANCERY_VECTORS ?? join(import.meta.dirname, '../../../shared/vectors')
const folder = join(root, 'state-resolution')
const isThere = existsSync(join(folder, 'cases.json'))
const cases: Case[] = isThere ? read('cases.json') : []

describe('published vectors', () => {
  test.skipIf(!isThere)(`are there (without them in ${folder} this is skipped; set CHANCERY_VECTORS)`, () => {
    expect(cases.length).toBeGreaterThan(10)
  })

  for (const { name, expected, batches, state_maps: stateMaps, pdus } of cases) {
    const sorted = read<object[]>(expected)
      .map((entry) => (entry as { event_id: string }).event_id)
      .sort()
    if (batches !== undefined) {
      const lists = batches.map((file) => read<Pdu[]>(`fixtures/${file}`))
      test(`${name}, one by one`, () => expect(oneByOne(lists.flat())).toEqual(sorted))
      test(`${name}, batch by batch`, () => expect(batchByBatch(lists)).toEqual(sorted))
      test(`${name}, all at once`, () => expect(batchByBatch([lists.flat()])).toEqual(sorted))
    } else {
      test(name, () => {
        const events = byId((pdus ?? []).flatMap((file) => read<Pdu[]>(`fixtures/${file}`)))
        const states = (stateMaps ?? []).map((file) => stateOf(read(`fixtures/${file}`), events))
        expect(ids(resolve(versionOf(events), states, events))).toEqual(sorted)
      })
    }
  }
})

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'))
}

function byId(pdus: readonly Pdu[]): Map<string, Pdu> {
  return new Map(pdus.map((pdu) => [pdu.event_id as string, pdu]))
}

function versionOf(events: ReadonlyMap<string, Pdu>): RoomVersion {
  const create = [...events.values()].find(({ type }) => type === 'm.room.create')
  return roomVersion(create?.content.room_version as string) as RoomVersion
}

function keyOf(pdu: Pdu): string {
  return stateKeyOf(pdu.type, pdu.state_key as string)
}

function stateOf(eventIds: readonly string[], events: ReadonlyMap<string, Pdu>): StateMap {
  return new Map(eventIds.map((id) => [keyOf(events.get(id) as Pdu), id]))
}

function ids(state: StateMap): string[] {
  return [...state.values()].sort()
}

/** Each event on the states of those before it, and in the end the leaves. */
function oneByOne(pdus: readonly Pdu[]): string[] {
  const events = byId(pdus)
  const version = versionOf(events)
  const after = new Map<string, StateMap>()
  const leaves = new Set<string>()
  for (const pdu of pdus) {
    const id = pdu.event_id as string
    const before = prevEventIds(pdu).map((prev) => after.get(prev) as StateMap)
    after.set(id, resolve(version, before, events).set(keyOf(pdu), id))
    for (const prev of prevEventIds(pdu)) leaves.delete(prev)
    leaves.add(id)
  }
  const last = [...leaves].map((id) => after.get(id) as StateMap)
  return ids(resolve(version, last, events))
}

/** Nothing is known of how the events of a batch hang together, so each is a state of its own beside the one so far. */
function batchByBatch(batches: readonly Pdu[][]): string[] {
  const events = byId(batches.flat())
  const version = versionOf(events)
  let state: StateMap | undefined
  for (const batch of batches) {
    const states = batch.map((pdu) => new Map([[keyOf(pdu), pdu.event_id as string]]))
    state = resolve(version, state === undefined ? states : [state, ...states], events)
  }
  return ids(state ?? new Map())
}
