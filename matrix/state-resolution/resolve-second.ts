import type { AuthEvent, AuthState } from '../auth/auth-state.ts'
import { denialOf } from '../auth/check-auth.ts'
import type { Pdu } from '../events/pdu.ts'
import { createEventIdOfRoom } from '../ids/ids.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { fullConflictedSet } from './auth-graph.ts'
import { byMainline } from './mainline.ts'
import { authorityOf, inPowerOrder } from './power-order.ts'
import { createKey, type EventSource, powerLevelsKey, type StateMap, stateKeyOf } from './state-map.ts'

/**
 * State resolution v2 (room versions 2 to 11) and v2.1 (version 12).
 * https://spec.matrix.org/v1.19/rooms/v2/#state-resolution
 * https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
 *
 * Resolving alike is all that counts here, so where the text can be read in two ways, ours is that of the servers that
 * carry today's rooms: the auth chain of a state includes the state's own events, and the auth chain of a power event
 * is followed inside the full conflicted set.
 */
export function resolveSecond(
  version: RoomVersion,
  stateSets: readonly ReadonlyMap<string, string>[],
  events: EventSource,
  authChains?: readonly ReadonlySet<string>[],
): StateMap {
  const { agreed, disputed } = separate(stateSets)
  if (disputed.size === 0) return agreed
  const isSecondAndOne = version.stateResolution === '2.1'
  const conflicted = fullConflictedSet({
    stateSets,
    agreed,
    disputed,
    events,
    authChains,
    withSubgraph: isSecondAndOne,
  })
  const create = version.roomIdIsCreateHash ? findCreate(stateSets, conflicted, events) : undefined

  const power = inPowerOrder(conflicted, events, version, create)
  // v2 trusts what nobody disputes from the start; v2.1 lets every event bring its own authority instead, so that a
  // state that was wrong on all sides cannot vouch for itself.
  const resolved: StateMap = isSecondAndOne ? new Map() : new Map(agreed)
  applyAllowed(power, resolved, events, version, create)
  const applied = new Set(power)
  const rest = [...conflicted.keys()].filter((id) => !applied.has(id))
  applyAllowed(byMainline(rest, resolved.get(powerLevelsKey), events), resolved, events, version, create)
  for (const [key, id] of agreed) resolved.set(key, id)
  return resolved
}

/** Agreed is what every state holds alike; every other event is disputed, by the states that hold it. */
function separate(stateSets: readonly ReadonlyMap<string, string>[]) {
  const agreed: StateMap = new Map()
  const disputed = new Map<string, number[]>()
  const seen = new Set<string>()
  for (const stateSet of stateSets) {
    for (const [key, id] of stateSet) {
      if (seen.has(key)) continue
      seen.add(key)
      if (stateSets.every((other) => other.get(key) === id)) agreed.set(key, id)
      else noteHolders(key, stateSets, disputed)
    }
  }
  return { agreed, disputed }
}

function noteHolders(
  key: string,
  stateSets: readonly ReadonlyMap<string, string>[],
  disputed: Map<string, number[]>,
): void {
  for (const [index, stateSet] of stateSets.entries()) {
    const id = stateSet.get(key)
    if (id === undefined) continue
    const holders = disputed.get(id)
    if (holders === undefined) disputed.set(id, [index])
    else holders.push(index)
  }
}

/** Version 12: no auth event names the create event, but every state holds it and the room id says which it is. */
function findCreate(
  stateSets: readonly ReadonlyMap<string, string>[],
  conflicted: ReadonlyMap<string, Pdu>,
  events: EventSource,
): Pdu | undefined {
  for (const pdu of conflicted.values()) {
    const id = pdu.room_id === undefined ? undefined : createEventIdOfRoom(pdu.room_id)
    const create = id === undefined ? undefined : events.get(id)
    if (create !== undefined) return create
  }
  for (const stateSet of stateSets) {
    const id = stateSet.get(createKey)
    const create = id === undefined ? undefined : events.get(id)
    if (create !== undefined) return create
  }
  return undefined
}

/**
 * The iterative auth checks: each event in its turn takes its key, if it is allowed in the state so far. What that
 * state lacks is read from the event's own auth events.
 */
function applyAllowed(
  order: readonly string[],
  resolved: StateMap,
  events: EventSource,
  version: RoomVersion,
  create: AuthEvent | undefined,
): void {
  for (const id of order) {
    const pdu = events.get(id)
    if (pdu?.state_key === undefined) continue
    const own = authorityOf(pdu, events, create)
    const state: AuthState = {
      get: (type, stateKey) => {
        const holder = resolved.get(stateKeyOf(type, stateKey))
        return (holder === undefined ? undefined : events.get(holder)) ?? own.get(type, stateKey)
      },
    }
    if (denialOf(pdu, version, state) === undefined) resolved.set(stateKeyOf(pdu.type, pdu.state_key), id)
  }
}
