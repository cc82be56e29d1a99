/**
 * Who is there: in memory, gone with the last node. Nothing of it is written; nodes tell each other what changed by notices,
 * gathered and sealed. Whoever turns presence off pays nothing for it. docs/decisions/0014-presence-in-memory.md
 */
import type { JsonObject } from '#matrix/api.ts'
import {
  type Clock,
  type Limits,
  type Logger,
  limits,
  type Postgres,
  type Random,
  Recent,
  type Vault,
} from '#platform/api.ts'
import { NodeNotices } from '../node-notices.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'
import type { Waiters } from '../sync/waiters.ts'
import { isSameFacts, type PresenceNews, PresenceRecord, type PresenceState } from './presence-record.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#mpresence */
export type PresenceEvent = { type: 'm.presence'; sender: string; content: JsonObject }

type Person = { readonly userId: number; readonly matrixId: string }
type Deps = {
  postgres: Postgres
  vault: Vault
  clock: Clock
  random: Random
  logger: Logger
  rooms: RoomCache
  memberships: Memberships
  waiters: Waiters
  limits: Pick<Limits, 'syncTimeoutMsMax' | 'presenceIdleMs'>
}

/** What others are told of somebody: whoever changed, in the order in which they did. */
type Change = { readonly serial: number; readonly record: PresenceRecord }
type Told = { readonly token: string; readonly serial: number }

/** Time to come back and ask for news again. */
const betweenAskingMs = 30_000

export class PresenceBoard implements TailListener {
  readonly #deps: Deps
  readonly #notices: NodeNotices<PresenceNews>
  readonly #records = new Recent<number, PresenceRecord>(limits.presenceInMemoryMax)
  readonly #told = new Recent<number, Told>(limits.presenceInMemoryMax)
  readonly #stopping = new AbortController()
  #changes: Change[] = []
  #serial = 0
  /** Whose change is yet to be told to those who wait. */
  #fresh = new Set<PresenceRecord>()
  /** Of whom this node has something to say to the others: never what it heard from them. */
  #ownNews = new Set<PresenceRecord>()
  #running: Promise<void>[] = []

  constructor(deps: Deps) {
    this.#deps = deps
    this.#notices = new NodeNotices<PresenceNews>(deps, 'presence', (node, news) => this.#hear(node, news))
  }

  start(): void {
    this.#running = [this.#sweepNowAndThen(), this.#tellNowAndThen(), this.#notices.listen()]
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running)
    await this.#notices.close()
  }

  /** The person says so herself. */
  set(person: Person & { readonly sessionId: number }, state: PresenceState, statusMsg: string | undefined): void {
    const record = this.#recordOf(person)
    if (state === 'online') record.lastActiveMs = this.#deps.clock.nowMs()
    record.statusMsg = statusMsg
    record.statusSetMs = this.#deps.clock.nowMs()
    this.#say(record, person.sessionId, state)
  }

  /** A device asks for news, and says how present its person is. */
  seen(person: Person & { readonly sessionId: number }, state: PresenceState): void {
    if (state === 'offline' && this.#records.peek(person.userId) === undefined) return
    const record = this.#recordOf(person)
    if (state === 'online' && record.told.state === 'offline') record.lastActiveMs = this.#deps.clock.nowMs()
    this.#say(record, person.sessionId, state)
  }

  /** Whoever speaks or reads is there. */
  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      const userId = entry.kind === 'event' ? entry.event.senderId : entry.kind === 'receipt' ? entry.userId : null
      const record = userId === null ? undefined : this.#records.peek(userId)
      if (record === undefined) continue
      record.lastActiveMs = this.#deps.clock.nowMs()
      this.#look(record)
    }
  }

  of(userId: number): JsonObject {
    return this.#records.peek(userId)?.content(this.#deps.clock.nowMs()) ?? { presence: 'offline' }
  }

  /** Whether one person may know how present another is: they are in a room together. */
  mayKnow(person: Person, other: number): boolean {
    if (person.userId === other) return true
    const own = this.#deps.memberships.peek(person.userId)
    if (own === undefined) return false
    const theirs = this.#deps.memberships.peek(other)
    for (const [roomId, membership] of own) {
      if (membership !== 'join') continue
      const isIn = theirs ? theirs.get(roomId) : this.#deps.rooms.peek(roomId)?.memberByUser(other)?.membership
      if (isIn === 'join') return true
    }
    return false
  }

  /**
   * The `m.presence` events that a device has not been told of, and the serial to remember with `tell`. One that comes without
   * a token, or with another than its last, is told of everybody who is there.
   */
  news(
    person: Person & { readonly sessionId: number },
    since: string | undefined,
  ): { events: PresenceEvent[]; serial: number } {
    const told = this.#told.get(person.sessionId)
    const after = told !== undefined && told.token === since ? told.serial : 0
    const serial = this.#serial
    if (after >= serial) return { events: [], serial }
    return { events: this.#eventsSince(person, after), serial }
  }

  tell(sessionId: number, token: string, serial: number): void {
    this.#told.set(sessionId, { token, serial })
  }

  #eventsSince(person: Person, after: number): PresenceEvent[] {
    const nowMs = this.#deps.clock.nowMs()
    const isComplete = after >= (this.#changes[0]?.serial ?? 1) - 1
    const records = isComplete ? this.#changedAfter(after) : [...this.#records].map(([, record]) => record).reverse()
    const events: PresenceEvent[] = []
    for (const record of new Set(records)) {
      if (events.length >= limits.presenceEventsMax) break
      if (!isComplete && record.told.state === 'offline') continue
      if (!this.mayKnow(person, record.userId)) continue
      events.push({ type: 'm.presence', sender: record.matrixId, content: record.content(nowMs) })
    }
    return events
  }

  /** The newest first. */
  #changedAfter(serial: number): PresenceRecord[] {
    let at = this.#changes.length
    while (at > 0 && (this.#changes[at - 1]?.serial ?? 0) > serial) at -= 1
    return this.#changes
      .slice(at)
      .map((change) => change.record)
      .reverse()
  }

  #recordOf(person: Person): PresenceRecord {
    const record = this.#records.get(person.userId) ?? new PresenceRecord(person, this.#deps.limits.presenceIdleMs)
    this.#records.set(person.userId, record)
    return record
  }

  #say(record: PresenceRecord, sessionId: number, state: PresenceState): void {
    // A device that asks for news no more is gone: after its longest wait, and time to come back.
    const goneMs = this.#deps.limits.syncTimeoutMsMax + betweenAskingMs
    record.say(`device ${sessionId}`, state, this.#deps.clock.nowMs() + goneMs)
    this.#look(record)
  }

  /** Whoever is otherwise than others were told is news. */
  #look(record: PresenceRecord, isHeard = false): void {
    const now = record.now(this.#deps.clock.nowMs())
    if (isSameFacts(now, record.told)) return
    if (!isHeard) this.#ownNews.add(record)
    record.told = now
    this.#serial += 1
    this.#changes.push({ serial: this.#serial, record })
    if (this.#changes.length > limits.presenceChangesMax * 1.25) {
      this.#changes = this.#changes.slice(-limits.presenceChangesMax)
    }
    this.#fresh.add(record)
  }

  #hear(node: string, news: readonly PresenceNews[]): void {
    const nowMs = this.#deps.clock.nowMs()
    for (const { userId, matrixId, state, lastActiveMs, statusMsg, statusSetMs } of news) {
      const record = this.#recordOf({ userId, matrixId })
      record.lastActiveMs = Math.max(record.lastActiveMs, Math.min(lastActiveMs, nowMs))
      if (statusSetMs > record.statusSetMs) {
        record.statusMsg = statusMsg
        record.statusSetMs = statusSetMs
      }
      record.say(`node ${node}`, state, nowMs + limits.presenceRepeatMs * 2)
      this.#look(record, true)
    }
  }

  /** Those who went away or fell idle said nothing: they are looked for. */
  async #sweepNowAndThen(): Promise<void> {
    let repeatedMs = this.#deps.clock.nowMs()
    while (await this.#sleep(limits.presenceSweepMs)) {
      for (const [, record] of this.#records) this.#look(record)
      if (this.#deps.clock.nowMs() - repeatedMs < limits.presenceRepeatMs) continue
      repeatedMs = this.#deps.clock.nowMs()
      const news = [...this.#records].map(([, record]) => newsOf(record, repeatedMs))
      this.#notices.send(news.filter((one) => one.state !== 'offline'))
    }
  }

  async #tellNowAndThen(): Promise<void> {
    while (await this.#sleep(limits.presenceGatherMs)) {
      if (this.#fresh.size === 0) continue
      const [fresh, ownNews] = [[...this.#fresh], [...this.#ownNews]]
      this.#fresh = new Set()
      this.#ownNews = new Set()
      await this.#wake(fresh)
      const nowMs = this.#deps.clock.nowMs()
      this.#notices.send(ownNews.map((record) => newsOf(record, nowMs)))
    }
  }

  /** Nobody is woken for the sake of a large room: its members are told with whatever comes next. */
  async #wake(fresh: readonly PresenceRecord[]): Promise<void> {
    const { memberships, rooms, waiters } = this.#deps
    if (waiters.size === 0) return
    const concerned = new Set<number>()
    for (const record of fresh) {
      waiters.wakePerson(record.userId)
      // Without the database they hear of it with whatever comes next.
      const own = await memberships.load(record.userId).catch(() => undefined)
      for (const [roomId, membership] of own ?? []) {
        if (membership === 'join') concerned.add(roomId)
      }
    }
    for (const roomId of concerned) {
      const room = rooms.peek(roomId)
      if (room !== undefined && room.memberCount('join') <= limits.presenceWakesRoomMax) waiters.wakeRoom(roomId)
    }
  }

  /** False when the board stops. */
  async #sleep(ms: number): Promise<boolean> {
    await this.#deps.clock.sleep(ms, this.#stopping.signal).catch(() => undefined)
    return !this.#stopping.signal.aborted
  }
}

/** What this node's own devices say; of what was heard from others nothing is said again. */
function newsOf(record: PresenceRecord, nowMs: number): PresenceNews {
  const { state } = record.now(nowMs, (source) => source.startsWith('device '))
  const { userId, matrixId, lastActiveMs, statusMsg, statusSetMs } = record
  return { userId, matrixId, state, lastActiveMs, statusSetMs, ...(statusMsg === undefined ? {} : { statusMsg }) }
}
