import { authEventIds, type Pdu } from '../events/pdu.ts'
import type { EventSource } from './state-map.ts'

/** What the full conflicted set is computed from. */
export type Dispute = {
  readonly stateSets: readonly ReadonlyMap<string, string>[]
  /** The unconflicted state map. */
  readonly agreed: ReadonlyMap<string, string>
  /** The conflicted state set: event id → indexes of the states that hold it. */
  readonly disputed: ReadonlyMap<string, readonly number[]>
  readonly events: EventSource
  readonly authChains: readonly ReadonlySet<string>[] | undefined
  /** v2.1 adds the conflicted state subgraph. */
  readonly withSubgraph: boolean
}

/**
 * The disputed events and all events that they lean on. Every event stands after its auth events, so that one pass
 * carries marks down or up the whole graph.
 */
type AuthGraph = {
  readonly ids: readonly string[]
  readonly pdus: readonly Pdu[]
  /** Of each event, the places of its auth events. */
  readonly authPlaces: readonly (readonly number[])[]
}

/**
 * The full conflicted set: what states dispute, the auth difference, and in v2.1 whatever lies on a path of auth events
 * between two disputed events. Costs one walk over the disputed events' auth chains; the chains of what is agreed are
 * walked only while an event is still in doubt.
 * https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
 */
export function fullConflictedSet(dispute: Dispute): Map<string, Pdu> {
  const graph = graphBelow(dispute.disputed.keys(), dispute.events)
  const leadsToDisputed = dispute.withSubgraph ? markLeading(graph, dispute.disputed) : undefined
  const difference = authDifference(graph, dispute)
  const conflicted = new Map<string, Pdu>()
  for (const [place, id] of graph.ids.entries()) {
    const isIn = dispute.disputed.has(id) || difference.has(id) || leadsToDisputed?.[place] === 1
    if (isIn) conflicted.set(id, graph.pdus[place] as Pdu)
  }
  return conflicted
}

/** A depth-first walk with its own stack, since chains are as long as rooms are old. */
function graphBelow(from: Iterable<string>, events: EventSource): AuthGraph {
  const ids: string[] = []
  const pdus: Pdu[] = []
  const authPlaces: number[][] = []
  const placeOf = new Map<string, number>()
  const open: { id: string; pdu: Pdu; authIds: string[]; next: number }[] = []
  const entered = new Set<string>()
  const enter = (id: string) => {
    if (entered.has(id)) return
    entered.add(id)
    const pdu = events.get(id)
    if (pdu !== undefined) open.push({ id, pdu, authIds: authEventIds(pdu), next: 0 })
  }
  for (const start of from) {
    enter(start)
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const authId = top.authIds[top.next++]
      if (authId !== undefined) {
        enter(authId)
        continue
      }
      open.pop()
      placeOf.set(top.id, ids.length)
      ids.push(top.id)
      pdus.push(top.pdu)
      // Unknown events have no place, and neither have those of a cycle, which only versions 1 and 2 could name.
      authPlaces.push(top.authIds.map((id) => placeOf.get(id)).filter((place) => place !== undefined))
    }
  }
  return { ids, pdus, authPlaces }
}

/** Marks disputed events and all that have one in their auth chain: all in the graph is below a disputed event. */
function markLeading(graph: AuthGraph, disputed: Dispute['disputed']): Uint8Array {
  const marks = new Uint8Array(graph.ids.length)
  for (const [place, id] of graph.ids.entries()) {
    const leads = disputed.has(id) || (graph.authPlaces[place] as readonly number[]).some((auth) => marks[auth] === 1)
    if (leads) marks[place] = 1
  }
  return marks
}

/**
 * The events, disputed ones left aside, that are in the auth chain of some states but not of all. Only what disputed
 * events lean on can be: the rest is below agreed events alone, and those are in every state.
 */
function authDifference(graph: AuthGraph, dispute: Dispute): Set<string> {
  const { stateSets, disputed, authChains } = dispute
  const inDoubt = new Set<string>()
  const words = Math.ceil(stateSets.length / 32)
  const reach = reachOfStates(graph, disputed, words)
  for (const [place, id] of graph.ids.entries()) {
    if (!disputed.has(id) && countBits(reach, place * words, words) < stateSets.length) inDoubt.add(id)
  }
  if (authChains !== undefined) {
    for (const id of inDoubt) if (authChains.every((chain) => chain.has(id))) inDoubt.delete(id)
  } else {
    removeReachable(inDoubt, dispute.agreed.values(), dispute.events)
  }
  return inDoubt
}

/** One bit for each state, `words` words for each event: set when the event is below a disputed event of the state. */
function reachOfStates(graph: AuthGraph, disputed: Dispute['disputed'], words: number): Uint32Array {
  const reach = new Uint32Array(graph.ids.length * words)
  for (let place = graph.ids.length - 1; place >= 0; place--) {
    const base = place * words
    for (const state of disputed.get(graph.ids[place] as string) ?? []) {
      reach[base + (state >>> 5)]! |= 1 << (state & 31)
    }
    for (const auth of graph.authPlaces[place] as readonly number[]) {
      for (let word = 0; word < words; word++) reach[auth * words + word]! |= reach[base + word]!
    }
  }
  return reach
}

function countBits(words: Uint32Array, from: number, count: number): number {
  let bits = 0
  for (let index = from; index < from + count; index++) {
    for (let word = words[index]!; word !== 0; word &= word - 1) bits++
  }
  return bits
}

/** Takes out what the given events are or lean on, and stops as soon as nothing is left. */
function removeReachable(inDoubt: Set<string>, from: Iterable<string>, events: EventSource): void {
  const seen = new Set<string>()
  for (const start of from) {
    if (inDoubt.size === 0) return
    const open = [start]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      inDoubt.delete(id)
      const pdu = events.get(id)
      if (pdu !== undefined) open.push(...authEventIds(pdu))
    }
  }
}
