/**
 * The law of sync: whoever follows, however rarely and with whatever filter, ends with what somebody who begins anew is told, and
 * with what /messages gives: no event twice, none missing, none that may not be seen. Random histories, each from a seed:
 * CHANCERY_HISTORIES sets how many are tried, CHANCERY_HISTORY_SEED the first seed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

const histories = Number(process.env.CHANCERY_HISTORIES ?? 2)
const firstSeed = Number(process.env.CHANCERY_HISTORY_SEED ?? 1)
const steps = 70

type Event = { event_id: string; type: string; state_key?: string; sender: string; content: any }
type Random = (below: number) => number

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

function seeded(seed: number): Random {
  let state = seed * 2654435761
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const key = (event: Event) => `${event.type} ${event.state_key}`

class FollowedRoom {
  membership = 'join'
  timeline: string[] = []
  state = new Map<string, string>()
  receipts = new Map<string, string>()
  accountData = new Map<string, string>()
  summary: Record<string, number> = {}
  unread: unknown
}

/** A client that believes what sync tells it, and fills gaps. */
class Client {
  readonly rooms = new Map<string, FollowedRoom>()
  readonly invites = new Set<string>()
  readonly accountData = new Map<string, string>()
  since: string | undefined
  readonly who: TownPerson
  readonly filter: any

  constructor(who: TownPerson, filter: any) {
    this.who = who
    this.filter = filter
  }

  async follow(): Promise<void> {
    const answer = await this.who.sync(this.since, { filter: JSON.stringify(this.filter) })
    for (const { type, content } of (answer.account_data?.events ?? []) as any[]) {
      this.accountData.set(type, JSON.stringify(content))
    }
    for (const id of Object.keys(answer.rooms?.invite ?? {})) {
      this.invites.add(id)
      const room = this.rooms.get(id)
      if (room !== undefined) room.membership = 'invite'
    }
    for (const [room, part] of Object.entries(answer.rooms?.join ?? {})) await this.#joined(room, part)
    for (const [room, part] of Object.entries(answer.rooms?.leave ?? {})) await this.#left(room, part)
    this.since = answer.next_batch
  }

  async #joined(id: string, part: any): Promise<void> {
    this.invites.delete(id)
    const room = this.rooms.get(id) ?? new FollowedRoom()
    this.rooms.set(id, room)
    if (room.membership !== 'join') room.receipts.clear()
    // Whoever comes back may now see what was hidden from him before: he begins the timeline anew.
    if (room.membership !== 'join' && part.timeline.limited) room.timeline = []
    room.membership = 'join'
    await this.#take(id, room, part)
    for (const { type, content } of part.ephemeral?.events ?? []) {
      if (type === 'm.receipt') foldReceipts(room.receipts, content)
    }
    for (const { type, content } of part.account_data?.events ?? []) room.accountData.set(type, JSON.stringify(content))
    Object.assign(room.summary, countsIn(part))
    room.unread = part.unread_notifications ?? room.unread
  }

  async #left(id: string, part: any): Promise<void> {
    this.invites.delete(id)
    const room = this.rooms.get(id)
    if (room === undefined) return
    if (room.membership !== 'join' && part.timeline.limited) room.timeline = []
    room.membership = 'leave'
    await this.#take(id, room, part)
  }

  async #take(id: string, room: FollowedRoom, part: any): Promise<void> {
    const events = part.timeline.events as Event[]
    const known = new Set(room.timeline)
    const isFirst = room.timeline.length === 0
    const before = part.timeline.limited || isFirst ? await this.#gap(id, known, part.timeline.prev_batch) : []
    for (const event of part.state.events as Event[]) room.state.set(key(event), event.event_id)
    for (const event of events) if (event.state_key !== undefined) room.state.set(key(event), event.event_id)
    for (const event of [...before, ...events]) {
      if (known.has(event.event_id)) throw new Error(`${event.type} ${event.event_id} came twice in ${id}`)
      room.timeline.push(event.event_id)
      known.add(event.event_id)
    }
  }

  /** What lies between the timeline part and what is known already, oldest first. */
  async #gap(id: string, known: ReadonlySet<string>, from: string): Promise<Event[]> {
    const found: Event[] = []
    let token: string | undefined = from
    while (token !== undefined) {
      const page: { chunk: Event[]; end?: string } = await this.who.messages(id, {
        from: token,
        limit: '7',
        ...(this.filter.room.timeline.types && { filter: JSON.stringify(this.filter.room.timeline) }),
      })
      for (const event of page.chunk) {
        if (known.has(event.event_id)) return found.reverse()
        found.push(event)
      }
      token = page.end
    }
    return found.reverse()
  }
}

function countsIn(part: any): Record<string, number> {
  const { 'm.joined_member_count': joined, 'm.invited_member_count': invited } = part.summary ?? {}
  return joined === undefined ? {} : { joined, invited }
}

function foldReceipts(receipts: Map<string, string>, content: any): void {
  for (const [eventId, types] of Object.entries(content) as any[]) {
    for (const [type, people] of Object.entries(types) as any[]) {
      for (const [user, { thread_id: thread }] of Object.entries(people) as any[]) {
        receipts.set(`${user} ${type} ${thread ?? ''}`, eventId)
      }
    }
  }
}

/** All pages of /messages, oldest first. */
async function allMessages(who: TownPerson, room: string, filter?: object): Promise<Event[]> {
  const events: Event[] = []
  let from: string | undefined
  do {
    const page: { chunk: Event[]; end?: string } = await who.messages(room, {
      ...(from !== undefined && { from }),
      ...(filter !== undefined && { filter: JSON.stringify(filter) }),
    })
    events.push(...page.chunk)
    from = page.end
  } while (from !== undefined)
  return events.reverse()
}

/** Which events of a whole history somebody may see, by the words of the specification. */
function visibleTo(userId: string, history: readonly Event[]): string[] {
  const isOwn = (event: Event) => event.type === 'm.room.member' && event.state_key === userId
  const after = history.map((_, n) => history.slice(n).some((e) => isOwn(e) && e.content.membership === 'join'))
  let membership = 'leave'
  let visibility = 'shared'
  return history.flatMap((event, n) => {
    const joined = membership === 'join'
    if (event.type === 'm.room.history_visibility') visibility = event.content.history_visibility
    if (isOwn(event)) membership = event.content.membership
    const seen =
      isOwn(event) ||
      joined ||
      visibility === 'world_readable' ||
      (visibility === 'shared' && after[n]) ||
      (visibility === 'invited' && membership === 'invite')
    return seen ? [event.event_id] : []
  })
}

/** Whoever left hears nothing more, though a room that was open to the world for a time can be read on. */
function toldTo(userId: string, membership: string, events: readonly Event[]): readonly Event[] {
  if (membership === 'join') return events
  const isOwn = (event: Event) => event.type === 'm.room.member' && event.state_key === userId
  const lastJoin = events.findLastIndex((event) => isOwn(event) && event.content.membership === 'join')
  const end = events.findIndex((event, n) => n > lastJoin && isOwn(event))
  return events.filter((event, n) => n <= end || (isOwn(event) && event.content.membership !== 'invite'))
}

class World {
  readonly rooms: string[] = []
  readonly #said = new Map<string, string[]>()
  readonly alice: TownPerson
  readonly others: readonly TownPerson[]
  readonly #random: Random

  constructor(alice: TownPerson, others: readonly TownPerson[], random: Random) {
    this.alice = alice
    this.others = others
    this.#random = random
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#random(list.length)] as T
  }

  async createRoom(): Promise<void> {
    const visibility = this.#one(['shared', 'joined', 'invited', 'world_readable'])
    this.rooms.push(
      await this.alice.createRoom({
        preset: this.#one(['public_chat', 'private_chat']),
        name: `Room ${this.rooms.length}`,
        invite: this.#random(2) === 0 ? [this.#one(this.others).id] : [],
        initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: visibility } }],
      }),
    )
  }

  async #say(who: TownPerson, room: string, content: object): Promise<void> {
    const path = `${roomPath(room)}/send/m.room.message/h${this.#random(2 ** 31)}`
    const answer = await who.call('PUT', path, { body: { msgtype: 'm.text', body: 'words', ...content } })
    if (answer.status !== 200) return
    const said = this.#said.get(room) ?? []
    said.push(answer.json.event_id)
    this.#said.set(room, said)
  }

  /** Something happens; what the rules refuse happens not. */
  async step(): Promise<void> {
    const room = this.#one(this.rooms)
    const who = this.#one([this.alice, ...this.others])
    const other = this.#one(this.others)
    const said = encodeURIComponent(this.#one(this.#said.get(room) ?? ['$none']))
    const n = this.#random(2 ** 31)
    const post = (by: TownPerson, path: string, body: object) => by.call('POST', roomPath(room) + path, { body })
    const put = (by: TownPerson, path: string, body: object) => by.call('PUT', path, { body })
    const acts: [number, () => Promise<unknown>][] = [
      [10, () => this.#say(who, room, {})],
      [3, () => this.#say(who, room, { 'm.mentions': { user_ids: [other.id] } })],
      [3, () => this.#say(who, room, { 'm.relates_to': { rel_type: 'm.thread', event_id: decodeURIComponent(said) } })],
      [2, () => put(who, `${roomPath(room)}/redact/${said}/r${n}`, {})],
      [4, () => put(this.alice, `${roomPath(room)}/state/m.room.topic`, { topic: `${n}` })],
      [2, () => put(this.alice, `${roomPath(room)}/state/org.x/${n % 3}`, { n })],
      [1, () => put(this.alice, `${roomPath(room)}/state/m.room.history_visibility`, this.#visibility())],
      [3, () => post(this.alice, '/invite', { user_id: other.id })],
      [8, () => post(other, '/join', {})],
      [3, () => post(other, '/leave', {})],
      [1, () => post(this.alice, '/kick', { user_id: other.id })],
      [1, () => post(this.alice, '/ban', { user_id: other.id })],
      [2, () => post(this.alice, '/unban', { user_id: other.id })],
      [4, () => post(who, `/receipt/m.read/${said}`, {})],
      [2, () => post(who, `/receipt/m.read.private/${said}`, {})],
      [2, () => put(other, `/user/${encodeURIComponent(other.id)}/account_data/org.x${n % 2}`, { n })],
      [3, () => put(other, `/user/${encodeURIComponent(other.id)}${roomPath(room)}/account_data/org.y`, { n })],
      [1, () => put(who, `/profile/${encodeURIComponent(who.id)}/displayname`, { displayname: `N ${n % 9}` })],
      [1, () => this.createRoom()],
    ]
    const answer = await this.#one(acts.flatMap(([weight, act]) => Array.from({ length: weight }, () => act)))()
    const { status } = (answer ?? {}) as { status?: number }
    if (status !== undefined && status >= 500) throw new Error(`something answered ${status}`)
  }

  #visibility(): object {
    return { history_visibility: this.#one(['shared', 'joined', 'invited', 'world_readable']) }
  }
}

/** Sorted, so that a difference is readable. */
const sorted = (map: ReadonlyMap<string, unknown>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))

async function compare(client: Client, world: World): Promise<void> {
  const fresh = new Client(client.who, { room: { timeline: { limit: 100 } } })
  await fresh.follow()
  const joined = (one: Client) => [...one.rooms].filter(([, room]) => room.membership === 'join').map(([id]) => id)
  expect(joined(client).sort()).toEqual(joined(fresh).sort())
  expect([...client.invites].sort()).toEqual([...fresh.invites].sort())
  expect(sorted(client.accountData)).toEqual(sorted(fresh.accountData))
  const { types } = client.filter.room.timeline
  const isLazy = client.filter.room.state?.lazy_load_members === true
  for (const [id, room] of client.rooms) {
    // Whoever is invited again after leaving must join to read.
    if ((await client.who.call('GET', `${roomPath(id)}/messages?dir=b`)).status !== 200) continue
    const passes = (event: Event) => types === undefined || types.includes(event.type)
    const all = await allMessages(client.who, id)
    const told = new Set(room.timeline)
    const must = new Set(toldTo(client.who.id, room.membership, all).map((event) => event.event_id))
    const messages = all.filter((event) => passes(event) && (must.has(event.event_id) || told.has(event.event_id)))
    expect(room.timeline, `timeline of ${room.membership} ${id}`).toEqual(messages.map((event) => event.event_id))
    const then = fresh.rooms.get(id)
    if (room.membership !== 'join' || then === undefined) continue
    const state = (await client.who.ok('GET', `${roomPath(id)}/state`)) as Event[]
    for (const event of state) {
      if (isLazy && event.type === 'm.room.member' && event.state_key !== client.who.id) continue
      const about = `${key(event)} in ${id} for ${client.who.id} ${JSON.stringify(client.filter)}`
      expect(room.state.get(key(event)), about).toBe(event.event_id)
    }
    expect(sorted(room.receipts)).toEqual(sorted(then.receipts))
    expect(sorted(room.accountData)).toEqual(sorted(then.accountData))
    expect([room.summary, room.unread]).toEqual([then.summary, then.unread])
  }
  for (const id of world.rooms) {
    const answer = await client.who.call('GET', `${roomPath(id)}/messages?dir=b&limit=1000`)
    if (answer.status !== 200) continue
    const seen = (answer.json.chunk as Event[]).map((event) => event.event_id).reverse()
    expect(seen, `visible in ${id}`).toEqual(visibleTo(client.who.id, await allMessages(world.alice, id)))
  }
}

for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
  it(`tells history ${seed} to whoever follows it`, { timeout: 120_000 }, async () => {
    const random = seeded(seed)
    const [alice, bob, carol] = await town.people(`alice${seed}`, `bob${seed}`, `carol${seed}`)
    const world = new World(alice, [bob, carol], random)
    await world.createRoom()
    const timeline = (limit: number, more: object = {}) => ({ room: { timeline: { limit, ...more } } })
    const lazy = { room: { timeline: { limit: 2 }, state: { lazy_load_members: true } } }
    const clients = [
      new Client(bob, timeline(3)),
      new Client(await town.signIn(`bob${seed}`), lazy),
      new Client(bob, timeline(4, { types: ['m.room.message', 'm.room.redaction'] })),
      new Client(carol, timeline(20)),
      new Client(carol, timeline(1)),
      new Client(alice, timeline(2)),
    ]
    const pace = clients.map((_, n) => 2 + n * 3)
    for (const client of clients) if (random(2) === 0) await client.follow()
    for (let step = 0; step < steps; step++) {
      await world.step()
      if (random(60) === 0) await town.restart()
      for (const [n, client] of clients.entries()) if (random(pace[n] ?? 5) === 0) await client.follow()
    }
    for (const client of clients) await client.follow()
    for (const client of clients) await compare(client, world)
  })
}
