import type { AuthEvent, AuthState } from '../auth/auth-state.ts'
import { powerLevelOf } from '../auth/power-levels.ts'
import { authEventIds, type Pdu } from '../events/pdu.ts'
import { byCodePoint } from '../json/canonical.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { Heap } from './heap.ts'
import type { EventSource } from './state-map.ts'

/** What waits for its auth events, and how it is ranked among those that are ready. */
type Waiting = {
  readonly id: string
  readonly pdu: Pdu
  readonly senderPower: number
  missing: number
  readonly dependants: Waiting[]
}

/**
 * The power events of the full conflicted set and what they lean on inside it, in reverse topological power ordering:
 * every event after its auth events and, where that leaves a choice, the more powerful sender's first.
 * https://spec.matrix.org/v1.19/rooms/v2/#state-resolution
 */
export function inPowerOrder(
  conflicted: ReadonlyMap<string, Pdu>,
  events: EventSource,
  version: RoomVersion,
  create: AuthEvent | undefined,
): string[] {
  const waiting = powerClosure(conflicted, (pdu) => powerLevelOf(pdu.sender, authorityOf(pdu, events, create), version))
  const ready = new Heap<Waiting>(byPower)
  for (const entry of waiting) if (entry.missing === 0) ready.add(entry)
  const order: string[] = []
  for (let next = ready.take(); next !== undefined; next = ready.take()) {
    order.push(next.id)
    for (const dependant of next.dependants) {
      dependant.missing--
      if (dependant.missing === 0) ready.add(dependant)
    }
  }
  return order
}

/** What might take something from someone: levels, join rules, and removing or banning others. */
export function isPowerEvent(pdu: Pdu): boolean {
  if (pdu.state_key === undefined) return false
  if (pdu.type === 'm.room.power_levels' || pdu.type === 'm.room.join_rules') return true
  if (pdu.type !== 'm.room.member' || pdu.sender === pdu.state_key) return false
  return pdu.content.membership === 'leave' || pdu.content.membership === 'ban'
}

/** The state that an event's own auth events make, without refused ones; `create` stands in where no event names it. */
export function authorityOf(pdu: Pdu, events: EventSource, create: AuthEvent | undefined): AuthState {
  let authEvents: AuthEvent[] | undefined
  const load = () => {
    const loaded: AuthEvent[] = []
    for (const id of authEventIds(pdu)) {
      const event = events.get(id)
      if (event !== undefined && events.isRejected?.(id) !== true) loaded.push(event)
    }
    return loaded
  }
  return {
    get: (type, stateKey) => {
      if (create !== undefined && type === 'm.room.create') return create
      authEvents ??= load()
      return authEvents.find((event) => event.type === type && event.state_key === stateKey)
    },
  }
}

function powerClosure(conflicted: ReadonlyMap<string, Pdu>, powerOf: (pdu: Pdu) => number): Iterable<Waiting> {
  const waiting = new Map<string, Waiting>()
  const open: Waiting[] = []
  const add = (id: string, pdu: Pdu): Waiting => {
    let entry = waiting.get(id)
    if (entry === undefined) {
      entry = { id, pdu, senderPower: powerOf(pdu), missing: 0, dependants: [] }
      waiting.set(id, entry)
      open.push(entry)
    }
    return entry
  }
  for (const [id, pdu] of conflicted) if (isPowerEvent(pdu)) add(id, pdu)
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    for (const authId of new Set(authEventIds(entry.pdu))) {
      const authPdu = conflicted.get(authId)
      if (authPdu === undefined) continue
      add(authId, authPdu).dependants.push(entry)
      entry.missing++
    }
  }
  return waiting.values()
}

function byPower(left: Waiting, right: Waiting): number {
  if (left.senderPower !== right.senderPower) return left.senderPower > right.senderPower ? -1 : 1
  if (left.pdu.origin_server_ts !== right.pdu.origin_server_ts) {
    return left.pdu.origin_server_ts - right.pdu.origin_server_ts
  }
  return byCodePoint(left.id, right.id)
}
