/**
 * Sends what waits for pushers to their gateways: https://spec.matrix.org/v1.19/push-gateway-api/
 *
 * Each pusher is served by one server at a time, in order, and stands in nobody else's way. What was sent is forgotten
 * after the gateway took it, so nothing is lost when a server stops in between; gateways know a repeated event by its id.
 * A gateway that does not answer is asked again later and later, and what nobody took for a day is dropped.
 */

import type { Users } from '#identity/api.ts'
import { isJsonObject, type JsonValue, type PushDecision } from '#matrix/api.ts'
import { type Clock, type Db, type Logger, limits, type Outbound, SealBroken } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { threadOf } from '../events/thread-of.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import {
  forgetWaiting,
  leasePushers,
  nextSendTs,
  type PusherRow,
  postponePusher,
  releasePusher,
  removePusher,
  renewLease,
  type WaitingRow,
  waitingFor,
} from '../store/pushers.ts'
import { placeInThread, readPositions } from '../unread/read-positions.ts'
import { totalOf, type Unread } from '../unread/unread.ts'
import { notificationOf } from './notification.ts'
import type { PeopleRules } from './people-rules.ts'
import { decisionFor } from './push-reader.ts'
import { openPusher, type Pusher } from './pushers.ts'

export type PushDeliveryDeps = {
  db: Db
  clock: Clock
  logger: Logger
  outbound: Outbound
  users: Pick<Users, 'keyOf'>
  rooms: RoomCache
  memberships: Memberships
  reader: EventReader
  unread: Unread
  peopleRules: PeopleRules
  /** Whether gateways may be told more of an event than its id. */
  sendsContent: boolean
}

type Told = { event: StoredEvent; room: Room; decision: PushDecision }
type Outcome = 'taken' | 'not taken' | 'rejected'

const pushersAtOnce = 8
/** A gateway that takes longer to answer makes room for the next pusher, and goes on beside it. */
const quickMs = 1_000
/** With those that have made room. Each waits for an answer and does little else. */
const pushersUnderWayMax = 200
/**
 * Of one person: her devices are told at once, and who leads many pushers to a gateway that says nothing keeps no places from
 * others.
 */
const pushersOfPersonAtOnce = 3
/** Then others have a turn, and what is left comes later. */
const turnMs = 5_000
const waitingAtOnce = 50
const leaseMs = 60_000
const retryFirstMs = 1_000
const retryMaxMs = 60 * 60_000
/** Somebody else may have queued something, or a lease may have run out. */
const lookAgainMs = 5_000
const answerBytesMax = 64 * 1024

export class PushDelivery {
  readonly #deps: PushDeliveryDeps
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  /** All that are served, and those of them that make others wait. */
  readonly #underWay = new Set<Promise<void>>()
  readonly #quick = new Set<Promise<void>>()
  /** How many pushers of each person are served. */
  readonly #ofPerson = new Map<number, number>()
  #nudge = new AbortController()

  constructor(deps: PushDeliveryDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Something waits. */
  wake(): void {
    this.#nudge.abort()
  }

  /** What is being sent is broken off, and sent again by whoever comes next. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#nudge = new AbortController()
      try {
        const served = await this.#serveSome()
        if (served === 0) await this.#rest()
      } catch (error) {
        this.#deps.logger.warn('push.failed', { error })
        await this.#sleep(lookAgainMs)
      }
    }
    await Promise.all(this.#underWay)
  }

  async #rest(): Promise<void> {
    // Those of whom enough is under way have their turn when some of it is done, which wakes us.
    const next = await nextSendTs(this.#deps.db, this.#busy())
    const untilNext = next === undefined ? lookAgainMs : next - this.#deps.clock.nowMs()
    await this.#sleep(Math.max(10, Math.min(lookAgainMs, untilNext)))
  }

  async #sleep(ms: number): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, this.#nudge.signal])
    await this.#deps.clock.sleep(ms, signal).catch(() => undefined)
  }

  /** Begins to serve as many pushers as there is room for. @returns how many; 1 when there was no room until now. */
  async #serveSome(): Promise<number> {
    const { db, clock } = this.#deps
    if (this.#quick.size >= pushersAtOnce || this.#underWay.size >= pushersUnderWayMax) {
      await Promise.race(this.#quick.size >= pushersAtOnce ? this.#quick : this.#underWay)
      return 1
    }
    const limit = Math.min(pushersAtOnce - this.#quick.size, pushersUnderWayMax - this.#underWay.size)
    const nowTs = clock.nowMs()
    const pushers = await leasePushers(db, { nowTs, untilTs: nowTs + leaseMs, limit, without: this.#busy() })
    for (const row of pushers) {
      if ((this.#ofPerson.get(row.userId) ?? 0) < pushersOfPersonAtOnce) this.#begin(row)
      else await releasePusher(db, row.id, nowTs)
    }
    return pushers.length
  }

  /** People of whom as much as may be is under way. */
  #busy(): number[] {
    return [...this.#ofPerson].filter(([, count]) => count >= pushersOfPersonAtOnce).map(([userId]) => userId)
  }

  #count({ userId }: PusherRow, more: 1 | -1): void {
    const count = (this.#ofPerson.get(userId) ?? 0) + more
    if (count === 0) this.#ofPerson.delete(userId)
    else this.#ofPerson.set(userId, count)
  }

  #begin(row: PusherRow): void {
    const { clock, logger } = this.#deps
    const over = new AbortController()
    this.#count(row, 1)
    const serving = this.#serve(row)
      .catch((error) => logger.warn('push.failed', { error }))
      .finally(() => {
        this.#underWay.delete(serving)
        this.#count(row, -1)
        over.abort()
        // More may have come for it meanwhile.
        this.wake()
      })
    this.#underWay.add(serving)
    const quick: Promise<void> = clock
      .sleep(quickMs, over.signal)
      .catch(() => undefined)
      .then(() => void this.#quick.delete(quick))
    this.#quick.add(quick)
  }

  async #serve(row: PusherRow): Promise<void> {
    const { db, clock, logger } = this.#deps
    try {
      if ((await this.#sendAll(row)) === 'rejected') return
      await releasePusher(db, row.id, clock.nowMs())
    } catch (error) {
      if (!this.#stopping.signal.aborted) logger.warn('push.not_sent', { error })
      const delayMs = Math.min(retryMaxMs, retryFirstMs * 2 ** Math.min(row.attempts, 20))
      if (this.#stopping.signal.aborted) await releasePusher(db, row.id, 0).catch(() => undefined)
      else await postponePusher(db, row.id, clock.nowMs() + delayMs)
    }
  }

  async #sendAll(row: PusherRow): Promise<Outcome> {
    const { db, users, clock } = this.#deps
    const pusher = await this.#open(row, await users.keyOf(row.userId))
    if (pusher === undefined) return 'rejected'
    let badge = row.badge
    const endMs = clock.nowMs() + turnMs
    for (const waiting of await waitingFor(db, row.id, waitingAtOnce)) {
      if (clock.nowMs() > endMs) break
      await renewLease(db, row.id, clock.nowMs() + leaseMs)
      const unread = await this.#badge(row)
      const told = await this.#told(row, waiting)
      const isNews = waiting.eventId === null ? unread !== badge : told !== undefined
      if (isNews) {
        const outcome = await this.#send(row, pusher, told, unread)
        if (outcome === 'rejected') await removePusher(db, row.id)
        if (outcome === 'rejected') return outcome
        if (outcome === 'not taken') throw new Error('the push gateway did not take the notification')
        badge = unread
      }
      await forgetWaiting(db, row.id, [waiting.position], badge)
    }
    return 'taken'
  }

  /** A pusher that was altered is nobody's any more. */
  async #open(row: PusherRow, key: Parameters<typeof openPusher>[0]): Promise<Pusher | undefined> {
    try {
      return openPusher(key, row)
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      await removePusher(this.#deps.db, row.id)
      return undefined
    }
  }

  /** The event to tell of; undefined when there is none, or it was read, or it is too old, or it notifies no longer. */
  async #told({ userId, matrixId }: PusherRow, waiting: WaitingRow): Promise<Told | undefined> {
    const { db, clock, reader, rooms, peopleRules } = this.#deps
    if (waiting.eventId === null || waiting.queuedTs < clock.nowMs() - limits.pushAgeMsMax) return undefined
    const [event] = await reader.byIds([waiting.eventId])
    const room = event === undefined ? undefined : await rooms.readable(event.roomId)
    if (event === undefined || room === undefined || event.isRedacted) return undefined
    const membership = room.memberByUser(userId)?.membership
    if (membership !== 'join' && membership !== 'invite') return undefined
    if (membership === 'join') {
      const [position] = await readPositions(db, userId, [room.id])
      if (position === undefined) return undefined
      const thread = await threadOf(this.#deps, room, event)
      if (event.ordering <= placeInThread(position, thread)) return undefined
    }
    const rules = await peopleRules.of({ userId, matrixId })
    const decision = await decisionFor(this.#deps, rules, room, event)
    return decision.notify ? { event, room, decision } : undefined
  }

  /** Rooms with something unread, invitations among them. */
  async #badge({ userId, matrixId }: PusherRow): Promise<number> {
    const { memberships, rooms, unread } = this.#deps
    const own = [...(await memberships.load(userId))].filter(([, how]) => how === 'join' || how === 'invite')
    const read = await Promise.all(own.map(([roomId]) => rooms.readable(roomId)))
    const counts = await unread.counts(
      { userId, matrixId },
      read.filter((room) => room !== undefined),
    )
    return [...counts.values()].filter((one) => totalOf(one).notifications > 0).length
  }

  async #send(row: PusherRow, pusher: Pusher, told: Told | undefined, unread: number): Promise<Outcome> {
    const { reader, outbound, sendsContent } = this.#deps
    const withContent = sendsContent && pusher.data.format !== 'event_id_only'
    const notification = await notificationOf(
      { reader },
      { pusher, setTs: row.setTs, told, unread, withContent, person: row },
    )
    const answer = await outbound.request({
      method: 'POST',
      url: pusher.data.url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ notification })),
      bytesMax: answerBytesMax,
      timeoutMs: limits.pushTimeoutMs,
      signal: this.#stopping.signal,
    })
    if (answer.status < 200 || answer.status >= 300) return 'not taken'
    return rejectedIn(answer.body).includes(pusher.pushkey) ? 'rejected' : 'taken'
  }
}

function rejectedIn(body: Buffer): JsonValue[] {
  try {
    const answer = JSON.parse(body.toString('utf8')) as JsonValue
    return isJsonObject(answer) && Array.isArray(answer.rejected) ? answer.rejected : []
  } catch {
    return []
  }
}
