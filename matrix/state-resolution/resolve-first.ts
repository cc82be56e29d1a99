import { hash } from 'node:crypto'
import type { AuthState } from '../auth/auth-state.ts'
import { denialOf } from '../auth/check-auth.ts'
import type { Pdu } from '../events/pdu.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { type EventSource, joinRulesKey, powerLevelsKey, type StateMap, stateKeyOf } from './state-map.ts'

/**
 * State resolution of room version 1.
 * https://spec.matrix.org/v1.19/rooms/v1/#state-resolution
 *
 * Two questions that its text leaves open are answered as the servers of that time do, because answering them
 * differently would only split rooms: disputed memberships do not see each other's outcome, so that their order does
 * not matter; and where no event of a key passes, the one of least depth stays.
 */
type Candidate = { readonly id: string; readonly pdu: Pdu; readonly sha1: string }

export function resolveFirst(
  version: RoomVersion,
  stateSets: readonly ReadonlyMap<string, string>[],
  events: EventSource,
): StateMap {
  const { resolved, disputed } = separate(stateSets, events)
  const state: AuthState = {
    get: (type, stateKey) => {
      const id = resolved.get(stateKeyOf(type, stateKey))
      return id === undefined ? undefined : events.get(id)
    },
  }
  const isMember = (key: string) => key.startsWith('m.room.member\0')
  const settle = (keys: readonly string[], choose: typeof lastAllowedInRow) => {
    const outcomes: [string, Candidate][] = []
    for (const key of keys) {
      outcomes.push([key, choose(key, disputed.get(key) as Candidate[], version, state)])
      disputed.delete(key)
    }
    for (const [key, candidate] of outcomes) resolved.set(key, candidate.id)
  }
  for (const key of [powerLevelsKey, joinRulesKey]) if (disputed.has(key)) settle([key], lastAllowedInRow)
  settle([...disputed.keys()].filter(isMember), lastAllowedInRow)
  settle([...disputed.keys()], deepestAllowed)
  return resolved
}

/** A key is disputed when states hold different events for it; one that some states lack is not. */
function separate(stateSets: readonly ReadonlyMap<string, string>[], events: EventSource) {
  const resolved: StateMap = new Map()
  const idsOfKey = new Map<string, Set<string>>()
  for (const stateSet of stateSets) {
    for (const [key, id] of stateSet) {
      const first = resolved.get(key)
      if (first === undefined) resolved.set(key, id)
      else if (first !== id) {
        const ids = idsOfKey.get(key)
        if (ids === undefined) idsOfKey.set(key, new Set([first, id]))
        else ids.add(id)
      }
    }
  }
  const disputed = new Map<string, Candidate[]>()
  for (const [key, ids] of idsOfKey) {
    const candidates: Candidate[] = []
    for (const id of ids) {
      const pdu = events.get(id)
      if (pdu !== undefined) candidates.push({ id, pdu, sha1: hash('sha1', id) })
    }
    resolved.delete(key)
    if (candidates.length > 0) disputed.set(key, candidates.sort(byDepth))
  }
  return { resolved, disputed }
}

/** Ascending depth, then descending SHA-1 of the event id. */
function byDepth(left: Candidate, right: Candidate): number {
  if (left.pdu.depth !== right.pdu.depth) return left.pdu.depth - right.pdu.depth
  return left.sha1 < right.sha1 ? 1 : -1
}

/** The first holds unasked, and each next one replaces it until one is refused. */
function lastAllowedInRow(
  key: string,
  candidates: readonly Candidate[],
  version: RoomVersion,
  state: AuthState,
): Candidate {
  let holder = candidates[0] as Candidate
  const withHolder: AuthState = {
    get: (type, stateKey) => (stateKeyOf(type, stateKey) === key ? holder.pdu : state.get(type, stateKey)),
  }
  for (const candidate of candidates.slice(1)) {
    if (denialOf(candidate.pdu, version, withHolder) !== undefined) break
    holder = candidate
  }
  return holder
}

function deepestAllowed(
  _key: string,
  candidates: readonly Candidate[],
  version: RoomVersion,
  state: AuthState,
): Candidate {
  const allowed = candidates.findLast(({ pdu }) => denialOf(pdu, version, state) === undefined)
  return allowed ?? (candidates[0] as Candidate)
}
