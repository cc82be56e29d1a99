import type { RoomVersion } from '../room-versions/room-versions.ts'
import { resolveFirst } from './resolve-first.ts'
import { resolveSecond } from './resolve-second.ts'
import type { EventSource, StateMap } from './state-map.ts'

/**
 * The state that several states of one room come down to, by the algorithm of its version: v1 (room version 1), v2
 * (2 to 11) or v2.1 (12). The answer does not depend on the order of the states, nor on that in which events came.
 * https://spec.matrix.org/v1.19/server-server-api/#room-state-resolution
 *
 * `events` must know the events of all states and, for v2 and v2.1, their auth chains; what it does not know is left
 * out. `authChains`, where the caller has them, spares walking the chains of what nobody disputes: one set of event ids
 * for each state, its own events included.
 */
export function resolve(
  version: RoomVersion,
  stateSets: readonly ReadonlyMap<string, string>[],
  events: EventSource,
  authChains?: readonly ReadonlySet<string>[],
): StateMap {
  const [only] = stateSets
  if (only === undefined) return new Map()
  if (stateSets.length === 1) return new Map(only)
  if (version.stateResolution === '1') return resolveFirst(version, stateSets, events)
  return resolveSecond(version, stateSets, events, authChains)
}
