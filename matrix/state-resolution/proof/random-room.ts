import { authTypesFor } from '../../auth/auth-events.ts'
import { type AuthState, membershipOf } from '../../auth/auth-state.ts'
import { denialOf } from '../../auth/check-auth.ts'
import type { EventReference, Pdu } from '../../events/pdu.ts'
import type { JsonObject } from '../../json/json.ts'
import type { RoomVersion } from '../../room-versions/room-versions.ts'
import { resolve } from '../resolve.ts'
import { partsOfStateKey, type StateMap, stateKeyOf } from '../state-map.ts'

/**
 * Rooms for tests, grown from a seed: a few servers act on what they know, which is often out of date, and hear from
 * each other now and then. So the rooms have forks, crossing power changes, bans, joins and topics, ties in time, and
 * events whose ids sort unlike their times.
 */
export type RandomRoom = {
  readonly version: RoomVersion
  readonly events: ReadonlyMap<string, Pdu>
  /** The state after each event. */
  readonly stateAfter: ReadonlyMap<string, StateMap>
}

/** Numbers below a bound, always the same ones for a seed. */
export type Lottery = { below(bound: number): number; pick<T>(items: readonly T[]): T }

export function lottery(seed: number): Lottery {
  let state = seed >>> 0
  const below = (bound: number) => {
    // A step of a Weyl sequence, scrambled by multiplying and shifting.
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) % bound
  }
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}

const people = ['@ada:one', '@ben:one', '@cleo:two', '@dora:two', '@emil:three', '@finn:three']
const [founder] = people as [string]
// Those with power act more often, so that power is what forks are about.
const actors = [founder, founder, founder, '@ben:one', '@ben:one', '@cleo:two', '@cleo:two', ...people]

export function randomRoom(seed: number, version: RoomVersion, steps: number): RandomRoom {
  const draw = lottery(seed)
  const room = new GrowingRoom(version, draw, steps)
  const views = Array.from({ length: 2 + draw.below(3) }, () => new Set(room.leaves))
  for (let step = 0; step < steps; step++) {
    const view = draw.pick(views)
    if (draw.below(5) === 0) hear(view, draw.pick(views), room)
    else {
      const before = [...view]
      const added = room.tryRandom(before)
      if (added === undefined) continue
      for (const id of before) view.delete(id)
      view.add(added)
    }
  }
  return room
}

/** Takes over the other's leaves; what they already build on is no leaf any more. */
function hear(view: Set<string>, other: ReadonlySet<string>, room: GrowingRoom): void {
  for (const id of other) view.add(id)
  for (const id of view) if ([...view].some((later) => later !== id && room.pastOf(later).has(id))) view.delete(id)
}

class GrowingRoom implements RandomRoom {
  readonly version: RoomVersion
  readonly events = new Map<string, Pdu>()
  readonly stateAfter = new Map<string, StateMap>()
  leaves: string[] = []
  readonly #draw: Lottery
  readonly #pasts = new Map<string, Set<string>>()
  readonly #times: number
  readonly #roomId: string

  constructor(version: RoomVersion, draw: Lottery, steps: number) {
    this.version = version
    this.#draw = draw
    // Few enough moments that many events share one.
    this.#times = 2 + Math.ceil(steps / 3)
    const createId = this.#newId()
    this.#roomId = version.roomIdIsCreateHash ? `!${createId.slice(1)}` : '!room:one'
    this.#begin(createId)
  }

  /** Everything that the event follows, itself left out. */
  pastOf(id: string): ReadonlySet<string> {
    return this.#pasts.get(id) as Set<string>
  }

  /** The new event's id, or undefined when what was drawn is not allowed there. */
  tryRandom(prevIds: readonly string[]): string | undefined {
    const draw = this.#draw
    const states = prevIds.map((id) => this.stateAfter.get(id) as StateMap)
    const before = resolve(this.version, states, this.events)
    const sender = draw.pick(actors)
    const { type, stateKey, content } = this.#randomAct(sender, before)
    // Now and then a server leans on what was true once, as faulty and malicious ones do.
    const past = draw.below(12) === 0 ? this.stateAfter.get(draw.pick([...this.stateAfter.keys()])) : undefined
    return this.#add(this.#newId(), { type, sender, stateKey, content }, prevIds, past ?? before, before)
  }

  #begin(createId: string): void {
    const content: JsonObject = { room_version: this.version.id }
    if (!this.version.implicitRoomCreator) content.creator = founder
    if (this.version.privilegedCreators && this.#draw.below(3) === 0) content.additional_creators = ['@cleo:two']
    const room = this.version.roomIdIsCreateHash ? {} : { room_id: this.#roomId }
    const create = { type: 'm.room.create', state_key: '', sender: founder, content, event_id: createId, ...room }
    this.#store(createId, { ...create, origin_server_ts: 0, depth: 1, prev_events: [], auth_events: [] }, new Map())
    const users: JsonObject = this.version.privilegedCreators ? {} : { [founder]: 100 }
    const acts: { type: string; stateKey: string; content: JsonObject }[] = [
      { type: 'm.room.member', stateKey: founder, content: { membership: 'join' } },
      { type: 'm.room.power_levels', stateKey: '', content: { users: { ...users, '@ben:one': 75, '@cleo:two': 50 } } },
      { type: 'm.room.join_rules', stateKey: '', content: { join_rule: 'public' } },
    ]
    if (this.version.privilegedCreators && content.additional_creators !== undefined) acts.splice(1, 1)
    for (const act of acts) {
      const before = this.stateAfter.get(this.leaves[0] as string) as StateMap
      this.#add(this.#newId(), { ...act, sender: founder }, this.leaves, before, before)
    }
  }

  #add(
    id: string,
    act: { type: string; sender: string; stateKey: string; content: JsonObject },
    prevIds: readonly string[],
    authority: StateMap,
    before: StateMap,
  ): string | undefined {
    const { type, sender, stateKey, content } = act
    const selectable = { type, sender, content, state_key: stateKey }
    const authIds = authTypesFor(selectable, this.version)
      .map(([authType, authKey]) => authority.get(stateKeyOf(authType, authKey)))
      .filter((authId) => authId !== undefined)
    const depth = 1 + Math.max(...prevIds.map((prev) => this.events.get(prev)?.depth ?? 0))
    const pdu: Pdu = {
      ...selectable,
      room_id: this.#roomId,
      event_id: id,
      origin_server_ts: this.#draw.below(this.#times),
      depth,
      prev_events: prevIds.map((prev) => this.#reference(prev)),
      auth_events: authIds.map((auth) => this.#reference(auth)),
    }
    if (denialOf(pdu, this.version, this.#stateOf(authority)) !== undefined) return undefined
    this.#store(id, pdu, before)
    return id
  }

  #store(id: string, pdu: Pdu, before: StateMap): void {
    this.events.set(id, pdu)
    this.stateAfter.set(id, new Map(before).set(stateKeyOf(pdu.type, pdu.state_key ?? ''), id))
    const prevIds = pdu.prev_events.map((reference) => (typeof reference === 'string' ? reference : reference[0]))
    this.#pasts.set(id, new Set(prevIds.flatMap((prev) => [prev, ...this.pastOf(prev)])))
    this.leaves = [id]
  }

  #stateOf(state: StateMap): AuthState {
    const create = [...this.events.values()][0]
    return {
      get: (type, stateKey) => {
        if (type === 'm.room.create') return create
        const id = state.get(stateKeyOf(type, stateKey))
        return id === undefined ? undefined : this.events.get(id)
      },
    }
  }

  #randomAct(sender: string, before: StateMap): { type: string; stateKey: string; content: JsonObject } {
    const draw = this.#draw
    const member = (stateKey: string, membership: string, more: JsonObject = {}) => {
      return { type: 'm.room.member', stateKey, content: { membership, ...more } }
    }
    const other = draw.pick(people)
    if (membershipOf(sender, this.#stateOf(before)) !== 'join')
      return draw.below(8) === 0 ? member(sender, 'knock') : member(sender, 'join', this.#voucher())
    switch (draw.below(10)) {
      case 0:
        return member(sender, 'join', { displayname: `${draw.below(9)}` })
      case 1:
        return member(other, 'ban')
      case 2:
      case 3:
        return member(other, 'leave')
      case 4:
        return member(other, 'invite')
      case 5:
      case 6:
        return { type: 'm.room.power_levels', stateKey: '', content: this.#randomLevels(before, other) }
      case 7:
        return { type: 'm.room.join_rules', stateKey: '', content: { join_rule: draw.pick(joinRules) } }
      default:
        return {
          type: draw.pick(['m.room.topic', 'm.room.name']),
          stateKey: '',
          content: { text: `${draw.below(99)}` },
        }
    }
  }

  #voucher(): JsonObject {
    return this.#draw.below(2) === 0 ? { join_authorised_via_users_server: this.#draw.pick(people) } : {}
  }

  /** The levels that hold, with one thing changed. */
  #randomLevels(before: StateMap, other: string): JsonObject {
    const draw = this.#draw
    const id = before.get(stateKeyOf('m.room.power_levels', ''))
    const current = id === undefined ? {} : (this.events.get(id)?.content ?? {})
    const level = draw.pick([0, 25, 50, 50, 75, 100])
    if (draw.below(3) > 0) return { ...current, users: { ...(current.users as JsonObject), [other]: level } }
    if (draw.below(2) === 0) return { ...current, [draw.pick(['ban', 'kick', 'invite', 'state_default'])]: level }
    const type = draw.pick(['m.room.topic', 'm.room.power_levels', 'm.room.join_rules'])
    return { ...current, events: { ...(current.events as JsonObject), [type]: level } }
  }

  /** Unlike real ids these follow from nothing, and so they sort in no relation to anything. */
  #newId(): string {
    let text = ''
    while (text.length < 43) text += idLetters[this.#draw.below(idLetters.length)]
    return this.version.eventIds === 'in-event' ? `$${text.slice(0, 12)}:one` : `$${text}`
  }

  #reference(id: string): EventReference {
    return this.version.eventReferences === 'ids' ? id : [id, { sha256: '' }]
  }
}

const idLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const joinRules = ['public', 'public', 'invite', 'knock', 'restricted', 'knock_restricted']

/**
 * States to resolve: those after some events, now and then damaged, so that keys are missing or held by what was
 * replaced long ago. Real forks make only a part of what servers can be made to believe.
 */
export function randomStates(room: RandomRoom, draw: Lottery, count = 2 + draw.below(4)): StateMap[] {
  const ids = [...room.stateAfter.keys()]
  const states: StateMap[] = []
  while (states.length < count) {
    const state = new Map(room.stateAfter.get(draw.pick(ids)))
    for (let damage = draw.below(3); damage > 0 && draw.below(2) === 0; damage--) {
      const id = draw.pick(ids)
      const pdu = room.events.get(id) as Pdu
      const key = stateKeyOf(pdu.type, pdu.state_key ?? '')
      if (partsOfStateKey(key)[0] === 'm.room.create') continue
      if (draw.below(3) === 0) state.delete(key)
      else state.set(key, id)
    }
    states.push(state)
  }
  return states
}
