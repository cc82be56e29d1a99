import { hash } from 'node:crypto'
import type { Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import {
  type Clock,
  type Limits,
  type Logger,
  limits,
  type Postgres,
  type Random,
  Refusal,
  refuse,
  type Vault,
} from '#platform/api.ts'
import type { Posting } from '../events/posting.ts'
import { storedStateKey } from '../events/state-keys.ts'
import type { Doors } from '../rooms/doors.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import {
  cancelDelayedEvent,
  cancelOvertakenDelayedEvents,
  type DelayedRow,
  delayedEventRow,
  finishDelayedEvent,
  finishedDelayedEvents,
  insertDelayedEvent,
  leaseDueDelayedEvents,
  nextDelayedEventTs,
  restartDelayedEvent,
  takeDelayedEvent,
  waitingDelayedEvents,
} from '../store/delayed-events.ts'

type Deps = {
  postgres: Postgres
  vault: Pick<Vault, 'lookupHash'>
  clock: Clock
  random: Random
  logger: Logger
  users: Users
  doors: Doors
  rooms: RoomCache
  posting: Posting
  limits: Pick<Limits, 'delayedEventsPerPersonMax' | 'delayedEventMsMax'>
}

export type DelayedWish = {
  readonly roomId: string
  readonly type: string
  readonly content: JsonObject
  readonly stateKey?: string
  /** For how long it sticks once it is sent. */
  readonly stickyMs?: number
  readonly delayMs: number
  /** SHA-256 of what makes the request one: a repeat has the same. */
  readonly transactionKey: Buffer
}

export type DelayedAction = 'cancel' | 'restart' | 'send'
type Sealed = { readonly content: JsonObject; readonly stateKey?: string; readonly stickyMs?: number }

const purpose = 'delayed_event'
const leaseMs = 30_000
const atOnce = 20
/** What other nodes took on is looked for so often: it is sent by them, unless they died. */
const lookMs = 5_000
const finishedToldMax = 100

/**
 * Events that are sent later in somebody's name, unless she puts them off or cancels them: how a call notices that she is gone.
 * Whether she may send them is decided when they are sent. https://github.com/matrix-org/matrix-spec-proposals/pull/4140
 *
 * Every node looks for what is due and takes it with a lease. The transaction id of the event is made of the delayed one's id,
 * so that a node that dies between sending and noting it makes no second event.
 */
export class DelayedEvents {
  readonly #deps: Deps
  #nudge: (() => void) | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The id of the delayed event. */
  async schedule(subject: Subject, wish: DelayedWish): Promise<string> {
    const { postgres, vault, clock, random, doors } = this.#deps
    const { type, content, stateKey, stickyMs, delayMs, transactionKey } = wish
    if (delayMs > this.#deps.limits.delayedEventMsMax) {
      throw refused(
        'M_MAX_DELAY_EXCEEDED',
        `Events are kept ${this.#deps.limits.delayedEventMsMax} ms at most. Choose an earlier time.`,
        {
          'org.matrix.msc4140.max_delay': this.#deps.limits.delayedEventMsMax,
        },
      )
    }
    const { room } = await doors.enter(subject, stateKey === undefined ? 'room.send' : 'room.state', wish.roomId)
    const said: Sealed = {
      content,
      ...(stateKey !== undefined && { stateKey }),
      ...(stickyMs !== undefined && { stickyMs }),
    }
    const plain = Buffer.from(JSON.stringify(said))
    if (plain.length > limits.eventBytesMax) throw refuse('M_TOO_LARGE', 'The event is too large. Shorten it.')
    const id = random.token(24)
    const row = {
      id,
      userId: subject.userId,
      deviceId: subject.deviceId,
      roomId: room.id,
      type,
      stateKey: stateKey === undefined ? null : storedStateKey(vault, room.matrixId, stateKey),
      transactionKey,
      delayMs,
      runningSinceTs: clock.nowMs(),
      sealed: room.key.seal(purpose, id, plain),
    }
    const max = this.#deps.limits.delayedEventsPerPersonMax
    const stored = await postgres.transaction((tx) => insertDelayedEvent(tx, row, max))
    if (stored === undefined) {
      throw refused('M_MAX_DELAYED_EVENTS_EXCEEDED', 'You have too many delayed events. Cancel some, or wait.')
    }
    this.#nudge?.()
    return stored
  }

  async waiting(subject: Subject): Promise<JsonObject[]> {
    await cancelOvertakenDelayedEvents(this.#deps.postgres, this.#deps.clock.nowMs(), subject.userId)
    return this.#told(await waitingDelayedEvents(this.#deps.postgres, subject.userId))
  }

  /** A page of those that came to their end, the newest first, and the token of the next page where there is one. */
  async finished(subject: Subject, from?: string): Promise<{ finalised: JsonObject[]; next: string | undefined }> {
    const { postgres, clock } = this.#deps
    const before = from === undefined ? { ts: Number.MAX_SAFE_INTEGER, id: '' } : placeOf(from)
    await cancelOvertakenDelayedEvents(postgres, clock.nowMs(), subject.userId)
    const rows = await finishedDelayedEvents(postgres, subject.userId, before, finishedToldMax + 1)
    const page = rows.slice(0, finishedToldMax)
    const told = new Map((await this.#told(page)).map((event) => [event.delay_id, event]))
    const finalised = page.flatMap((row) => {
      const event = told.get(row.id)
      return event === undefined ? [] : [ended(row, event)]
    })
    const last = rows.length > finishedToldMax ? page.at(-1) : undefined
    return { finalised, next: last && `d${last.finishedTs}_${last.id}` }
  }

  async one(subject: Subject, id: string): Promise<JsonObject> {
    await cancelOvertakenDelayedEvents(this.#deps.postgres, this.#deps.clock.nowMs(), subject.userId)
    const row = await delayedEventRow(this.#deps.postgres, id, subject.userId)
    const [event] = row === undefined ? [] : await this.#told([row])
    if (row === undefined || event === undefined) throw noSuch()
    return row.finishedTs === null ? event : ended(row, event)
  }

  async act(subject: Subject, id: string, action: DelayedAction): Promise<void> {
    const { postgres: db, clock } = this.#deps
    const { userId } = subject
    const nowTs = clock.nowMs()
    await cancelOvertakenDelayedEvents(db, nowTs, userId)
    if (action === 'restart') {
      if (!(await restartDelayedEvent(db, nowTs, id, userId))) throw noSuch()
      this.#nudge?.()
      return
    }
    if (action === 'cancel') {
      if (!(await cancelDelayedEvent(db, nowTs, id, userId))) await this.#mustHaveEnded(subject, id, 'cancel')
      return
    }
    const taken = await takeDelayedEvent(db, nowTs, id, userId, nowTs + leaseMs)
    if (taken === undefined) await this.#mustHaveEnded(subject, id, 'send')
    else await this.#send(taken, 'action')
  }

  /** Sends what is due, until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { postgres: db, clock, logger } = this.#deps
    while (!signal.aborted) {
      try {
        const nowTs = clock.nowMs()
        await cancelOvertakenDelayedEvents(db, nowTs, null)
        const due = await leaseDueDelayedEvents(db, nowTs, nowTs + leaseMs, atOnce)
        if (due.length === 0) await this.#rest(signal)
        await Promise.all(due.map((row) => this.#send(row, 'delay').catch(() => undefined)))
      } catch (error) {
        logger.warn('delayed.look_failed', { error })
        await clock.sleep(lookMs, signal).catch(() => undefined)
      }
    }
  }

  async #rest(signal: AbortSignal): Promise<void> {
    const { postgres: db, clock } = this.#deps
    const over = new AbortController()
    // Heard from before the table is read, so that nothing falls between.
    const nudged = new Promise<void>((resolve) => {
      this.#nudge = resolve
    })
    const next = await nextDelayedEventTs(db)
    const ms = Math.max(0, Math.min(lookMs, (next ?? Number.POSITIVE_INFINITY) - clock.nowMs()))
    if (ms === 0) return
    const slept = clock.sleep(ms, AbortSignal.any([signal, over.signal])).catch(() => undefined)
    await Promise.race([nudged, slept])
    over.abort()
    this.#nudge = undefined
  }

  /** A refusal is its end. Anything else (the database was gone) leaves it to the next look. */
  async #send(row: DelayedRow, reason: 'delay' | 'action'): Promise<void> {
    const { postgres: db, clock, users, logger } = this.#deps
    try {
      const subject = await users.subjectOf(row.userId, row.deviceId)
      const room = (await this.#deps.rooms.identities([row.roomId])).get(row.roomId)
      if (subject === undefined || room === undefined) throw refuse('M_FORBIDDEN', 'This account is no longer in use.')
      const { stateKey, ...said } = open(row, room.key)
      const transaction = {
        key: hash('sha256', `delayed event ${row.id}`, 'buffer'),
        deviceId: row.deviceId,
        transactionId: row.id,
      }
      const post = { roomId: room.matrixId, type: row.type, ...said, transaction }
      const eventId =
        stateKey === undefined
          ? await this.#deps.posting.message(subject, post)
          : await this.#deps.posting.state(subject, { ...post, stateKey })
      await finishDelayedEvent(db, clock.nowMs(), row.id, { outcome: 'send', reason, eventId })
    } catch (error) {
      if (!(error instanceof Refusal) || error.status >= 500) {
        logger.warn('delayed.not_sent', { room: row.roomId, user: row.userId, error })
      } else {
        const end = { outcome: 'cancel', reason: 'error', error: error.code } as const
        await finishDelayedEvent(db, clock.nowMs(), row.id, end)
      }
      throw error
    }
  }

  /** Asking twice for the same end is no error. */
  async #mustHaveEnded(subject: Subject, id: string, outcome: 'send' | 'cancel'): Promise<void> {
    const row = await delayedEventRow(this.#deps.postgres, id, subject.userId)
    if (row?.outcome !== outcome) throw noSuch()
  }

  async #told(rows: readonly DelayedRow[]): Promise<JsonObject[]> {
    const rooms = await this.#deps.rooms.identities([...new Set(rows.map((row) => row.roomId))])
    return rows.flatMap((row) => {
      const room = rooms.get(row.roomId)
      if (room === undefined) return []
      const { content, stateKey } = open(row, room.key)
      return [
        {
          delay_id: row.id,
          room_id: room.matrixId,
          type: row.type,
          ...(stateKey !== undefined && { state_key: stateKey }),
          delay: row.delayMs,
          running_since: row.runningSinceTs,
          content,
        },
      ]
    })
  }
}

const placeForm = /^d(\d{1,15})_([\w-]{1,64})$/

function placeOf(from: string): { ts: number; id: string } {
  const [, ts, id] = placeForm.exec(from) ?? []
  if (ts === undefined || id === undefined) {
    throw refuse('M_INVALID_PARAM', 'Go on with the next_batch that this endpoint gave.')
  }
  return { ts: Number(ts), id }
}

function open(row: DelayedRow, key: { open(purpose: string, subject: string, sealed: Uint8Array): Buffer }): Sealed {
  return JSON.parse(key.open(purpose, row.id, row.sealed).toString('utf8')) as Sealed
}

function ended(row: DelayedRow, event: JsonObject): JsonObject {
  return {
    delayed_event: event,
    outcome: row.outcome ?? 'cancel',
    reason: row.reason ?? 'action',
    finalised_ts: row.finishedTs ?? 0,
    ...(row.error !== null && { error: { errcode: row.error } }),
    ...(row.eventId !== null && { event_id: row.eventId }),
  }
}

function noSuch(): Error {
  return refuse('M_NOT_FOUND', 'You have no such delayed event. It may have been sent or cancelled.')
}

function refused(code: string, message: string, fields: Record<string, unknown> = {}): Error {
  return refuse('M_UNKNOWN', message, { status: 400, fields: { 'org.matrix.msc4140.errcode': code, ...fields } })
}
