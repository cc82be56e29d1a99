/**
 * Unread counts of the server against a slow model that puts every event of a room to every person's rules, as the
 * specification says it, after random histories on two nodes.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluate, type JsonObject, type PushRuleset } from '#matrix/api.ts'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let node: TownNode
beforeAll(async () => {
  town = await startTown()
  node = await town.openNode()
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

const kinds = ['text', 'text', 'thread', 'reply', 'notice', 'edit', 'reaction', 'name', 'all', 'custom'] as const
const rules = ['mute', 'mentions only', 'keyword', 'sender', 'loud', 'master', 'usual', 'ignore'] as const
const who = fc.nat({ max: 2 })
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constantFrom(...kinds), who, at: fc.nat(), names: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constantFrom('read', 'read all', 'read privately'), who, at: fc.nat() }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom(...rules), who, at: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('rename', 'return', 'redact', 'redact'), who, at: fc.nat() }),
  },
)
type Step = { what: string; who: number; at: number; names?: boolean }

type Said = {
  id: string
  type: string
  sender: string
  content: JsonObject
  thread: string
  state_key?: string
  isRedacted?: boolean
}
type Receipt = { thread: string; at: number }
type Player = {
  here: TownPerson
  there: TownPerson
  receipts: Receipt[]
  joinedAt: number
  ignored: Set<string>
}

/** A room, what was said in it, and who is there: the first may call everybody. */
class History {
  readonly room: string
  readonly players: Player[]
  readonly said: Said[] = []
  #turn = 0

  constructor(room: string, players: Player[]) {
    this.room = room
    this.players = players
  }

  async take(one: Step): Promise<void> {
    const player = this.players[one.who] as Player
    this.#turn += 1
    const person = this.#turn % 2 ? player.here : player.there
    if ((kinds as readonly string[]).includes(one.what)) await this.#say(person, one)
    else if (one.what.startsWith('read')) await this.#read(player, person, one)
    else if ((rules as readonly string[]).includes(one.what)) await this.#rule(player, one.what)
    else if (one.what === 'redact') await this.#redact(one)
    else await this.#memberEvent(player, one.what)
  }

  async #say(person: TownPerson, { what, at, names }: Step): Promise<void> {
    const standing = this.said.filter((event) => !event.isRedacted && event.type !== 'm.room.redaction')
    const target = standing.length === 0 ? undefined : standing[at % standing.length]
    const content: JsonObject = { msgtype: what === 'notice' ? 'm.notice' : 'm.text', body: at % 3 ? 'x' : 'the dam' }
    if (names) content['m.mentions'] = { user_ids: [this.players[at % 3]?.here.id ?? ''] }
    if (what === 'all') content['m.mentions'] = { room: true }
    let thread = 'main'
    const isRoot = target?.thread === 'main' && target.content['m.relates_to'] === undefined
    if (target !== undefined && (what === 'thread' || what === 'reply') && (isRoot || target.thread !== 'main')) {
      thread = target.thread === 'main' ? target.id : target.thread
      content['m.relates_to'] = { rel_type: 'm.thread', event_id: thread }
    } else if (target !== undefined && (what === 'edit' || what === 'reaction')) {
      thread = target.thread
      const rel_type = what === 'edit' ? 'm.replace' : 'm.annotation'
      content['m.relates_to'] = {
        rel_type,
        event_id: target.id,
        ...(what === 'reaction' ? { key: `${this.#turn}` } : {}),
      }
    }
    const type = what === 'reaction' ? 'm.reaction' : what === 'custom' ? 'org.example.custom' : 'm.room.message'
    if (what === 'name') {
      const id = await this.players[0]?.here.setState(this.room, 'm.room.name', { name: `${at}` })
      this.said.push({
        id: id ?? '',
        type: 'm.room.name',
        sender: this.players[0]?.here.id ?? '',
        content: {},
        thread: 'main',
        state_key: '',
      })
      return
    }
    this.said.push({
      id: await person.send(this.room, type, content, `${this.#turn}`),
      type,
      sender: person.id,
      content,
      thread,
    })
  }

  /** What nothing refers to: a redacted event no longer says which thread what refers to it belongs to. */
  async #redact({ at }: Step): Promise<void> {
    const isReferredTo = (id: string) =>
      this.said.some((event) => (event.content['m.relates_to'] as JsonObject | undefined)?.event_id === id)
    const some = this.said.filter(
      ({ id, type, isRedacted }) => type === 'm.room.message' && !isRedacted && !isReferredTo(id),
    )
    const target = some[at % (some.length || 1)]
    const owner = this.players.find(({ here }) => here.id === target?.sender)
    if (target === undefined || owner === undefined) return
    const person = at % 2 ? owner.here : owner.there
    const path = `${roomPath(this.room)}/redact/${encodeURIComponent(target.id)}/${this.#turn}`
    const { event_id: id } = await person.ok('PUT', path, {})
    target.isRedacted = true
    this.said.push({ id, type: 'm.room.redaction', sender: person.id, content: { redacts: target.id }, thread: 'main' })
  }

  async #read(player: Player, person: TownPerson, { what, at }: Step): Promise<void> {
    if (this.said.length === 0) return
    const index = Math.min(this.said.length - 1, Math.floor(this.said.length / 2) + (at % this.said.length))
    const event = this.said[index] as Said
    const thread = what === 'read all' ? '' : event.thread
    const type = what === 'read privately' ? 'm.read.private' : 'm.read'
    const body = thread === '' ? {} : { thread_id: thread }
    await person.ok('POST', `${roomPath(this.room)}/receipt/${type}/${encodeURIComponent(event.id)}`, body)
    player.receipts.push({ thread, at: index })
  }

  async #rule(player: Player, what: string): Promise<void> {
    const { here } = player
    const put = (kind: string, id: string, body: JsonObject) =>
      here.ok('PUT', `/pushrules/global/${kind}/${encodeURIComponent(id)}`, body)
    const others = this.players.filter((one) => one !== player)
    const notify = ['notify', { set_tweak: 'highlight' }]
    if (what === 'mute') {
      const conditions = [{ kind: 'event_match', key: 'room_id', pattern: this.room }]
      await put('override', 'mute', { actions: [], conditions })
    } else if (what === 'mentions only') await put('room', this.room, { actions: [] })
    else if (what === 'keyword') await put('content', 'word', { pattern: 'd?m', actions: notify })
    else if (what === 'sender') await put('sender', others[0]?.here.id ?? '', { actions: [] })
    else if (what === 'loud') await put('room', this.room, { actions: ['notify', { set_tweak: 'sound', value: 'x' }] })
    if (what === 'master') await here.ok('PUT', '/pushrules/global/override/.m.rule.master/enabled', { enabled: true })
    if (what === 'ignore') {
      player.ignored = new Set(player.ignored.size > 0 ? [] : [others[1]?.here.id ?? ''])
      const ignored_users = Object.fromEntries([...player.ignored].map((id) => [id, {}]))
      await here.ok('PUT', `/user/${encodeURIComponent(here.id)}/account_data/m.ignored_user_list`, { ignored_users })
    }
    if (what !== 'usual') return
    await here.ok('PUT', '/pushrules/global/override/.m.rule.master/enabled', { enabled: false })
    const all = (await here.ok('GET', '/pushrules/')).global as PushRuleset
    for (const [kind, list] of Object.entries(all)) {
      for (const { rule_id, default: isDefault } of list) {
        if (!isDefault) await here.ok('DELETE', `/pushrules/global/${kind}/${encodeURIComponent(rule_id)}`)
      }
    }
  }

  async #memberEvent(player: Player, what: string): Promise<void> {
    const { here } = player
    if (what === 'return' && player !== this.players[0]) {
      await here.leave(this.room)
      await here.join(this.room)
      player.joinedAt = this.said.length
      return
    }
    const content = { membership: 'join', displayname: `n${this.said.length}` }
    const id = await here.setState(this.room, 'm.room.member', content, here.id)
    this.said.push({ id, type: 'm.room.member', sender: here.id, content, thread: 'main', state_key: here.id })
  }

  /** By the specification's words, event by event. */
  async expected(player: Player): Promise<Record<string, [number, number]>> {
    const ruleset = (await player.here.ok('GET', '/pushrules/')).global as PushRuleset
    const counts: Record<string, [number, number]> = { main: [0, 0] }
    for (const [index, event] of this.said.entries()) {
      if (index < player.joinedAt || event.sender === player.here.id || player.ignored.has(event.sender)) continue
      if (event.isRedacted) continue
      if (this.#isRead(player, index, event.thread)) continue
      const senderPowerLevel = event.sender === this.players[0]?.here.id ? Number.POSITIVE_INFINITY : 0
      const context = { memberCount: 3, senderPowerLevel, notificationLevels: {} }
      const { notify, highlight } = evaluate(ruleset, { ...event, room_id: this.room }, context)
      if (!notify) continue
      const [n, h] = counts[event.thread] ?? [0, 0]
      counts[event.thread] = [n + 1, h + (highlight ? 1 : 0)]
    }
    return counts
  }

  #isRead(player: Player, index: number, thread: string): boolean {
    const byReceipt = player.receipts.some((one) => one.at >= index && (one.thread === '' || one.thread === thread))
    return byReceipt || this.said.some((own, at) => at > index && own.thread === thread && this.#speaks(player, own))
  }

  #speaks(player: Player, own: Said): boolean {
    const relation = (own.content['m.relates_to'] as JsonObject | undefined)?.rel_type
    return own.sender === player.here.id && own.type === 'm.room.message' && relation !== 'm.replace'
  }

  async told(person: TownPerson): Promise<Record<string, [number, number]>> {
    const filter = '{"room":{"timeline":{"unread_thread_notifications":true,"limit":1}}}'
    const room = (await person.sync(undefined, { filter })).rooms?.join?.[this.room]
    const counts: Record<string, [number, number]> = {}
    const all = { main: room?.unread_notifications, ...room?.unread_thread_notifications }
    for (const [thread, { notification_count, highlight_count }] of Object.entries<any>(all)) {
      counts[thread] = [notification_count, highlight_count]
    }
    return counts
  }
}

let people = 0

it('is what a slow model counts', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const names = [0, 1, 2].map(() => `m${++people}`) as [string, string, string]
      const all = await town.people(...names)
      const room = await all[0].createRoom({ preset: 'public_chat' })
      for (const one of all.slice(1)) await one.join(room)
      const players = all.map((here) => ({
        here,
        there: node.as(here),
        receipts: [],
        joinedAt: 0,
        ignored: new Set<string>(),
      }))
      const history = new History(room, players)
      for (const [n, one] of steps.entries()) {
        await history.take(one)
        if (n % 7 === 3) for (const player of players) await history.told(n % 2 ? player.here : player.there)
      }
      for (const player of players) {
        const expected = await history.expected(player)
        for (const person of [player.here, player.there]) {
          await expect.poll(() => history.told(person), { timeout: 8_000 }).toEqual(expected)
        }
      }
    }),
    { numRuns: 15, endOnFailure: true, seed: 7 },
  )
})
