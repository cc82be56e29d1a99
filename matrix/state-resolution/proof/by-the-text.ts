import type { AuthState } from '../../auth/auth-state.ts'
import { denialOf } from '../../auth/check-auth.ts'
import { powerLevelOf } from '../../auth/power-levels.ts'
import { authEventIds, type Pdu } from '../../events/pdu.ts'
import type { RoomVersion } from '../../room-versions/room-versions.ts'
import { partsOfStateKey, type StateMap, stateKeyOf } from '../state-map.ts'

/**
 * State resolution v2 and v2.1 a second time, sentence by sentence as the specification tells it, with no thought for
 * speed: what the fast one is compared with. Each function is one of its definitions.
 * https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
 */
export type Reading = {
  /** The full auth chain of a state includes the state's own events. The text leaves them out; servers take them in. */
  readonly chainsIncludeState: boolean
  /** The auth chain of a power event is followed through events that are not in conflict. Servers stop there. */
  readonly followsOutside: boolean
}

export const asServersRead: Reading = { chainsIncludeState: true, followsOutside: false }
export const toTheLetter: Reading = { chainsIncludeState: false, followsOutside: true }

type Events = ReadonlyMap<string, Pdu>

export function resolveByTheText(
  version: RoomVersion,
  stateSets: readonly StateMap[],
  events: Events,
  reading: Reading,
): StateMap {
  const isSecondAndOne = version.stateResolution === '2.1'
  const keys = new Set(stateSets.flatMap((state) => [...state.keys()]))
  const unconflicted: StateMap = new Map()
  const conflicted = new Set<string>()
  for (const key of keys) {
    const values = new Set(stateSets.map((state) => state.get(key)))
    const [value] = values
    if (values.size === 1) unconflicted.set(key, value as string)
    else for (const id of values) if (id !== undefined) conflicted.add(id)
  }
  if (conflicted.size === 0) return unconflicted

  const full = new Set([...conflicted, ...authDifference(stateSets, events, reading)])
  if (isSecondAndOne) for (const id of conflictedSubgraph(conflicted, events)) full.add(id)

  // Step 1.
  const first = new Set([...full].filter((id) => isPowerEvent(eventOf(id, events))))
  for (const id of [...first]) for (const inner of chainWithin(id, full, events, reading)) first.add(inner)
  const sorted = reverseTopologicalPowerOrdering(first, full, version, events, reading)
  // Step 2.
  const partial = iterativeAuthChecks(isSecondAndOne ? new Map() : unconflicted, sorted, version, events)
  // Step 3.
  const rest = [...full].filter((id) => !first.has(id))
  const ordered = mainlineOrdering(partial.get(stateKeyOf('m.room.power_levels', '')), rest, events)
  // Step 4.
  const resolved = iterativeAuthChecks(partial, ordered, version, events)
  // Step 5.
  for (const [key, id] of unconflicted) resolved.set(key, id)
  return resolved
}

function eventOf(id: string, events: Events): Pdu {
  const pdu = events.get(id)
  if (pdu === undefined) throw new Error(`The room does not hold ${id}.`)
  return pdu
}

function isPowerEvent(pdu: Pdu): boolean {
  if (pdu.type === 'm.room.power_levels' || pdu.type === 'm.room.join_rules') return true
  const { membership } = pdu.content
  return (
    pdu.type === 'm.room.member' && (membership === 'leave' || membership === 'ban') && pdu.sender !== pdu.state_key
  )
}

function authChain(id: string, events: Events): Set<string> {
  const direct = authEventIds(eventOf(id, events))
  return new Set(direct.flatMap((auth) => [auth, ...authChain(auth, events)]))
}

export function authDifference(stateSets: readonly StateMap[], events: Events, reading: Reading): Set<string> {
  const chains = stateSets.map((state) => {
    const ids = [...state.values()]
    const chain = new Set(ids.flatMap((id) => [...authChain(id, events)]))
    return reading.chainsIncludeState ? chain.union(new Set(ids)) : chain
  })
  const union = chains.reduce((all, chain) => all.union(chain))
  const common = chains.reduce((all, chain) => all.intersection(chain))
  return union.difference(common)
}

export function conflictedSubgraph(conflicted: ReadonlySet<string>, events: Events): Set<string> {
  const subgraph = new Set<string>()
  for (const start of conflicted) {
    for (const middle of [start, ...authChain(start, events)]) {
      const ends = new Set([middle, ...authChain(middle, events)])
      if (!ends.isDisjointFrom(conflicted)) subgraph.add(middle)
    }
  }
  return subgraph
}

/** What of the full conflicted set is in the auth chain of the event. */
function chainWithin(id: string, full: ReadonlySet<string>, events: Events, reading: Reading): Set<string> {
  if (reading.followsOutside) return authChain(id, events).intersection(full)
  const direct = authEventIds(eventOf(id, events)).filter((auth) => full.has(auth))
  return new Set(direct.flatMap((auth) => [auth, ...chainWithin(auth, full, events, reading)]))
}

function reverseTopologicalPowerOrdering(
  ids: ReadonlySet<string>,
  full: ReadonlySet<string>,
  version: RoomVersion,
  events: Events,
  reading: Reading,
): string[] {
  const powerOf = (id: string) => powerLevelOf(eventOf(id, events).sender, authEventsOf(id, events), version)
  const isLess = (x: string, y: string) => {
    if (powerOf(x) !== powerOf(y)) return powerOf(x) > powerOf(y)
    const times = [eventOf(x, events).origin_server_ts, eventOf(y, events).origin_server_ts] as const
    return times[0] === times[1] ? x < y : times[0] < times[1]
  }
  const before = new Map([...ids].map((id) => [id, chainWithin(id, full, events, reading).intersection(ids)]))
  const order: string[] = []
  const left = new Set(ids)
  while (left.size > 0) {
    const candidates = [...left].filter((id) => before.get(id)?.isDisjointFrom(left))
    const smallest = candidates.reduce((least, id) => (isLess(id, least) ? id : least))
    order.push(smallest)
    left.delete(smallest)
  }
  return order
}

function powerLevelsIn(id: string, events: Events): string | undefined {
  return authEventIds(eventOf(id, events)).find((auth) => eventOf(auth, events).type === 'm.room.power_levels')
}

function mainlineOrdering(powerLevels: string | undefined, ids: readonly string[], events: Events): string[] {
  const mainline: string[] = []
  for (let p = powerLevels; p !== undefined; p = powerLevelsIn(p, events)) mainline.push(p)
  const positionOf = (e0: string) => {
    for (let e = powerLevelsIn(e0, events); e !== undefined; e = powerLevelsIn(e, events)) {
      if (mainline.includes(e)) return mainline.indexOf(e)
    }
    return Number.POSITIVE_INFINITY
  }
  return [...ids].sort((x, y) => {
    if (positionOf(x) !== positionOf(y)) return positionOf(x) > positionOf(y) ? -1 : 1
    const apart = eventOf(x, events).origin_server_ts - eventOf(y, events).origin_server_ts
    if (apart !== 0) return apart
    return x < y ? -1 : 1
  })
}

function authEventsOf(id: string, events: Events): AuthState {
  const pdu = eventOf(id, events)
  const authEvents = authEventIds(pdu).map((auth) => eventOf(auth, events))
  // Version 12: the room id stands for the create event, which no event names.
  const create = events.get(`$${pdu.room_id?.slice(1)}`)
  if (create !== undefined) authEvents.push(create)
  return { get: (type, stateKey) => authEvents.find((auth) => auth.type === type && auth.state_key === stateKey) }
}

function iterativeAuthChecks(
  initial: StateMap,
  ids: readonly string[],
  version: RoomVersion,
  events: Events,
): StateMap {
  const state: StateMap = new Map(initial)
  for (const id of ids) {
    const pdu = eventOf(id, events)
    const ofEvent = authEventsOf(id, events)
    const inState = new Map(
      [...state].map(([key, holder]) => [partsOfStateKey(key).join(' '), eventOf(holder, events)]),
    )
    const authority: AuthState = { get: (type, key) => inState.get(`${type} ${key}`) ?? ofEvent.get(type, key) }
    if (denialOf(pdu, version, authority) === undefined) state.set(stateKeyOf(pdu.type, pdu.state_key ?? ''), id)
  }
  return state
}
