import { roomPath, type TownPerson } from '../../town-person.ts'
import type { Seeded } from '../seeded.ts'

/** The same device on either of two servers. */
export type Person = { readonly name: string; readonly id: string; readonly on: readonly TownPerson[] }

export type Note = { readonly to: string; readonly n: number }

/**
 * Where a history happens: a few people, their rooms, and everything that people can do, each act on one of two servers. What
 * the rules refuse happens not; what a server answers with 500 or more is a fault.
 */
export class World {
  readonly rooms: string[] = []
  readonly people: readonly Person[]
  readonly faults: string[] = []
  /** By device: numbers of the messages that were sent to it, in order of sending. */
  readonly notes = new Map<string, number[]>()
  /** By person: how often her devices changed. */
  readonly deviceVersions = new Map<string, number>()
  readonly devices: readonly { readonly userId: string; readonly deviceId: string }[]
  readonly #random: Seeded
  readonly #said = new Map<string, string[]>()
  #count = 0

  constructor(people: readonly Person[], devices: World['devices'], random: Seeded) {
    this.people = people
    this.devices = devices
    this.#random = random
  }

  get #founder(): TownPerson {
    return this.#on(this.people[0] as Person)
  }

  #on(person: Person): TownPerson {
    return this.#random.pick(person.on)
  }

  async createRoom(): Promise<void> {
    const random = this.#random
    const guest = random.pick(this.people.slice(1))
    const visibility = random.pick(['shared', 'joined', 'invited', 'world_readable'])
    const answer = await this.#founder.call('POST', '/createRoom', {
      body: {
        preset: random.pick(['public_chat', 'public_chat', 'private_chat']),
        ...(random.chance(0.6) && { name: `Room ${this.rooms.length}` }),
        ...(random.chance(0.15) && { creation_content: { type: 'm.space' } }),
        invite: random.chance(0.5) ? [guest.id] : [],
        initial_state: [
          { type: 'm.room.history_visibility', content: { history_visibility: visibility } },
          ...(random.chance(0.2) ? [{ type: 'm.room.join_rules', content: { join_rule: 'knock' } }] : []),
        ],
      },
    })
    if (answer.status === 200) this.rooms.push(answer.json.room_id)
    else this.#hear(answer)
  }

  /** A few acts at nearly the same time. */
  async step(): Promise<void> {
    const acts = Array.from({ length: this.#random.between(1, 3) }, () => {
      const delayMs = this.#random.between(0, 4)
      const act = this.#act()
      return delayMs === 0 ? act() : new Promise((resolve) => setTimeout(resolve, delayMs)).then(act)
    })
    await Promise.all(acts)
  }

  #hear(answer: unknown): void {
    const { status, text } = (answer ?? {}) as { status?: number; text?: string }
    if (status !== undefined && status >= 500) this.faults.push(`something answered ${status} ${text}`)
  }

  #act(): () => Promise<void> {
    const room = this.#random.pick(this.rooms)
    const groups = [this.#talk(room), this.#talk(room), this.#state(room), this.#members(room), this.#own(room)]
    const act = this.#random.pick(this.#random.pick(groups))
    return async () => this.#hear(await act())
  }

  async #send(who: TownPerson, room: string, type: string, content: object, how = ''): Promise<unknown> {
    this.#count += 1
    const answer = await who.call('PUT', `${roomPath(room)}/send/${type}/h${this.#count}${how}`, { body: content })
    if (answer.status === 200 && type === 'm.room.message') {
      const said = this.#said.get(room) ?? []
      said.push(answer.json.event_id)
      this.#said.set(room, said)
    }
    return answer
  }

  #talk(room: string): (() => Promise<unknown>)[] {
    const random = this.#random
    const who = this.#on(random.pick(this.people))
    const other = random.pick(this.people)
    const said = random.pick(this.#said.get(room) ?? ['$none'])
    const text = (more: object = {}) => ({ msgtype: 'm.text', body: 'words', ...more })
    const relate = (relation: object) => ({ 'm.relates_to': relation })
    return [
      () => this.#send(who, room, 'm.room.message', text()),
      () => this.#send(who, room, 'm.room.message', text({ 'm.mentions': { user_ids: [other.id] } })),
      () => this.#send(who, room, 'm.room.message', text(relate({ rel_type: 'm.thread', event_id: said }))),
      () =>
        this.#send(who, room, 'm.room.message', {
          ...text(relate({ rel_type: 'm.replace', event_id: said })),
          'm.new_content': text(),
        }),
      () => this.#send(who, room, 'org.sticky', {}, '?org.matrix.msc4354.sticky_duration_ms=3600000'),
      () => this.#send(who, room, 'm.reaction', relate({ rel_type: 'm.annotation', event_id: said, key: '+' })),
      () =>
        who.call('PUT', `${roomPath(room)}/redact/${encodeURIComponent(said)}/r${random.between(1, 1e9)}`, {
          body: {},
        }),
    ]
  }

  #state(room: string): (() => Promise<unknown>)[] {
    const random = this.#random
    const n = random.between(0, 99)
    const set = (type: string, body: object, key = '') =>
      this.#founder.call('PUT', `${roomPath(room)}/state/${type}/${key}`, { body })
    const visibility = random.pick(['shared', 'joined', 'invited', 'world_readable'])
    return [
      () => set('m.room.topic', { topic: `${n}` }),
      () => set('m.room.name', n < 30 ? {} : { name: `Name ${n}` }),
      () => set('m.room.avatar', n < 30 ? {} : { url: `mxc://town.example/${n}` }),
      () => set('org.x', { n }, String(n % 3)),
      () => set('m.room.history_visibility', { history_visibility: visibility }),
      () => set('m.room.join_rules', { join_rule: random.pick(['public', 'invite', 'knock']) }),
      () => set('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }),
      () => set('m.space.child', { via: ['town.example'] }, encodeURIComponent(random.pick(this.rooms))),
      () => (random.chance(0.3) ? this.#upgrade(room) : set('m.room.topic', { topic: 'kept' })),
      () => (this.rooms.length < 6 ? this.createRoom() : set('org.y', { n })),
    ]
  }

  async #upgrade(room: string): Promise<unknown> {
    const answer = await this.#founder.call('POST', `${roomPath(room)}/upgrade`, { body: { new_version: '12' } })
    if (answer.status === 200) this.rooms.push(answer.json.replacement_room)
    return answer
  }

  #members(room: string): (() => Promise<unknown>)[] {
    const random = this.#random
    const guest = random.pick(this.people.slice(1))
    const own = this.#on(guest)
    const post = (by: TownPerson, act: string, body: object = {}) =>
      by.call('POST', `${roomPath(room)}/${act}`, { body })
    const join = () => post(own, 'join')
    return [
      join,
      join,
      join,
      () => post(this.#founder, 'invite', { user_id: guest.id }),
      () => post(this.#on(random.pick(this.people)), 'invite', { user_id: guest.id }),
      () => post(own, 'leave'),
      () => post(this.#founder, 'kick', { user_id: guest.id }),
      () => post(this.#founder, 'ban', { user_id: guest.id }),
      () => post(this.#founder, 'unban', { user_id: guest.id }),
      () => own.call('POST', `/knock/${encodeURIComponent(room)}`, { body: {} }),
      () => post(own, 'forget'),
    ]
  }

  #own(room: string): (() => Promise<unknown>)[] {
    const random = this.#random
    const person = random.pick(this.people)
    const who = this.#on(person)
    const n = random.between(1, 1e6)
    const said = encodeURIComponent(random.pick(this.#said.get(room) ?? ['$none']))
    const user = `/user/${encodeURIComponent(person.id)}`
    const put = (path: string, body: object) => who.call('PUT', path, { body })
    const receipt = (type: string, body: object = {}) =>
      who.call('POST', `${roomPath(room)}/receipt/${type}/${said}`, { body })
    return [
      () => receipt('m.read'),
      () => receipt('m.read', { thread_id: 'main' }),
      () => receipt('m.read.private'),
      () => receipt('m.fully_read'),
      () => put(`${user}/account_data/org.x${n % 2}`, { n }),
      () => put(`${user}/account_data/m.direct`, { '@x:y': [random.pick(this.rooms)] }),
      () => put(`${user}${roomPath(room)}/account_data/org.y`, { n }),
      () => put(`${user}${roomPath(room)}/tags/u.t${n % 2}`, { order: 0.5 }),
      () => who.call('DELETE', `${user}${roomPath(room)}/tags/u.t${n % 2}`),
      () => put(`/pushrules/global/room/${encodeURIComponent(room)}`, { actions: n % 2 === 0 ? [] : ['notify'] }),
      () => put(`/profile/${encodeURIComponent(person.id)}/displayname`, { displayname: `N ${n % 9}` }),
      () => this.#subscribe(who, room, said, n),
      () => put(`${user}/account_data/m.ignored_user_list`, { ignored_users: this.#someOthers(person) }),
      () => this.#note(who),
      () => this.#rename(person),
    ]
  }

  #someOthers({ id: own }: Person): object {
    const others = this.people.map(({ id }) => id).filter((id) => id !== own && this.#random.chance(0.4))
    return Object.fromEntries(others.map((id) => [id, {}]))
  }

  #subscribe(who: TownPerson, room: string, root: string, n: number): Promise<unknown> {
    const path = `/_matrix/client/unstable/io.element.msc4306${roomPath(room)}/thread/${root}/subscription`
    return n % 3 === 0 ? who.call('DELETE', path) : who.call('PUT', path, { body: {} })
  }

  async #rename(person: Person): Promise<unknown> {
    const who = this.#on(person)
    const body = { display_name: `Device ${this.#random.between(1, 1e6)}` }
    const answer = await who.call('PUT', `/devices/${encodeURIComponent(who.deviceId)}`, { body })
    if (answer.status === 200) this.deviceVersions.set(person.id, this.versionOf(person.id) + 1)
    return answer
  }

  versionOf(userId: string): number {
    return this.deviceVersions.get(userId) ?? 0
  }

  /** Notes to one device come from one sender at a time, so that their order is known. */
  async #note(who: TownPerson): Promise<unknown> {
    this.#count += 1
    const n = this.#count
    const { userId, deviceId } = this.#random.pick(this.devices)
    const body = { messages: { [userId]: { [deviceId]: { n } } } }
    const answer = await who.call('PUT', `/sendToDevice/org.note/n${n}`, { body })
    if (answer.status !== 200) return answer
    const notes = this.notes.get(deviceId) ?? []
    notes.push(n)
    this.notes.set(deviceId, notes)
    return answer
  }
}
