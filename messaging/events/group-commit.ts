/**
 * The group commit: the events of many rooms that wait at one moment go into one transaction.
 *
 * 1. A unit (one or more events of one room that stand or fall together) is built on the room in memory as soon as it
 *    arrives, and queued.
 * 2. While no transaction is on its way, all that is queued is sent in one call of `append_events`. A lone sender therefore
 *    waits for nobody.
 * 3. After the commit the log's followers are told, then the senders.
 * When something stands in the way:
 * - a head had moved (another node): those rooms are read anew, everything is built again and sent again;
 * - a transaction id was known: its sender gets the first event's id, the rest is sent again;
 * - a reaction stands already: its sender is refused, the rest is sent again;
 * - a row fails: the batch is halved until the unit at fault stands alone; only its sender hears of it;
 * - the fate of the commit is unknown: the database is asked before anybody is answered.
 * A room whose built events were not committed is dropped from memory; units built on it are built again.
 */
import {
  type Clock,
  type Dedicated,
  type Log,
  type Logger,
  type LogRow,
  logKinds,
  refuse,
  type WriterMetrics,
} from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { type AppendBatch, appendEvents, wasCommitted } from '../store/append.ts'
import type { BuiltEvent, BuiltRedaction } from './build-event.ts'
import { bumps } from './bumps.ts'
import type { Appended } from './draft.ts'
import type { StoredEvent } from './stored-event.ts'
import { mainThread } from './thread-of.ts'

export type Unit = {
  readonly roomId: number
  /** Builds the events on the room and lets it take them in; throws to refuse. */
  readonly build: (room: Room) => BuiltEvent[]
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
  room?: Room
  built?: BuiltEvent[]
  tries: number
}

export type Outcome = { readonly appended: readonly Appended[] } | { readonly repeated: string }

type Deps = {
  connection: Dedicated
  rooms: RoomCache
  log: Log
  clock: Clock
  logger: Logger
  metrics: WriterMetrics | undefined
}

const eventsPerBatchMax = 512
/** Two nodes that write to one room on a busy machine may lose to each other many times in a row. */
const triesMax = 60
const settleForMs = 20_000

export class GroupCommit {
  readonly #deps: Deps
  #waiting: Unit[] = []
  #running: Promise<void> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Takes a unit whose room is in memory. Builds at once: a refusal costs no transaction. */
  add(unit: Unit, room: Room): void {
    if (!this.#build(unit, room)) return
    this.#waiting.push(unit)
    this.#running ??= this.#run()
  }

  /** Resolves when everything that was added is committed or refused. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    // What arrives within the same turn of the event loop shares the first transaction.
    await Promise.resolve()
    try {
      while (this.#waiting.length > 0) await this.#commitNext()
    } finally {
      // Here, not when the promise settles: a unit that is added in between would find a run that looks no further.
      this.#running = undefined
    }
  }

  async #commitNext(): Promise<void> {
    const units = this.#next()
    try {
      await this.#commit(units)
    } catch (error) {
      this.#deps.logger.error('writer.batch_failed', { error, count: units.length })
      this.#dropRooms(units)
      for (const unit of units) unit.reject(error)
    }
  }

  #next(): Unit[] {
    let events = 0
    let count = 0
    for (const unit of this.#waiting) {
      events += unit.built?.length ?? 1
      if (count > 0 && events > eventsPerBatchMax) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  #build(unit: Unit, room: Room): boolean {
    const version = room.head.version
    try {
      unit.room = room
      unit.built = unit.build(room)
      return true
    } catch (error) {
      // A unit of several events may fail after the room took in some of them.
      if (room.head.version !== version) this.#deps.rooms.drop(room.id)
      unit.reject(error)
      return false
    }
  }

  /** Units whose room has been replaced in memory are built again, in order. */
  async #current(units: readonly Unit[]): Promise<Unit[]> {
    const ready: Unit[] = []
    for (const unit of units) {
      const room = this.#deps.rooms.peek(unit.roomId)
      if (room !== undefined && room === unit.room) {
        ready.push(unit)
        continue
      }
      unit.tries += 1
      if (unit.tries > triesMax) unit.reject(busy())
      else if (await this.#buildAnew(unit, room)) ready.push(unit)
    }
    // A later unit's failure may have dropped a room on which an earlier one stands.
    const settled = ready.every((unit) => this.#deps.rooms.peek(unit.roomId) === unit.room)
    return settled ? ready : this.#current(ready)
  }

  /** A room that can no longer be read fails its own senders and nobody else of the batch. */
  async #buildAnew(unit: Unit, inMemory: Room | undefined): Promise<boolean> {
    let room = inMemory
    try {
      room ??= await this.#deps.rooms.room(unit.roomId)
    } catch (error) {
      if ((error as { isConnectionLost?: boolean }).isConnectionLost === true) throw error
      unit.reject(error)
      return false
    }
    return this.#build(unit, room)
  }

  async #commit(candidates: readonly Unit[]): Promise<void> {
    const units = await this.#current(candidates)
    if (units.length === 0) return
    const batch = batchOf(units)
    const startMs = performance.now()
    try {
      const answer = await appendEvents(this.#deps.connection, batch, this.#deps.clock.nowMs())
      this.#deps.metrics?.batchCommitted(batch.events.length, performance.now() - startMs)
      if ('first' in answer) return this.#committed(units, answer.first)
      if ('lost' in answer) for (const roomId of answer.lost) this.#deps.rooms.drop(roomId)
      else if ('standing' in answer) this.#refuseStanding(units, new Set(answer.standing))
      else this.#answerRepeated(units, new Map(answer.repeated))
      return this.#commit(units.filter((unit) => unit.built !== undefined))
    } catch (error) {
      return this.#failed(units, error)
    }
  }

  #committed(units: readonly Unit[], first: number): void {
    const rows: LogRow[] = []
    const facts = new Map<number, StoredEvent>()
    const outcomes: Appended[][] = []
    let position = first
    for (const unit of units) {
      const appended: Appended[] = []
      for (const { event, redaction } of unit.built ?? []) {
        if (redaction !== undefined) overwrite(redaction)
        rows.push({ position, kind: logKinds.event, roomId: unit.roomId, userId: null, reference: event.id })
        facts.set(position, event)
        appended.push({ event, position })
        position += 1
      }
      outcomes.push(appended)
      this.#deps.rooms.reached(unit.roomId, unit.built?.at(-1)?.event.ordering ?? 0)
    }
    this.#deps.log.announce(rows, facts)
    units.forEach((unit, n) => {
      unit.resolve({ appended: outcomes[n] ?? [] })
    })
  }

  #answerRepeated(units: readonly Unit[], known: ReadonlyMap<string, string>): void {
    for (const unit of units) {
      const key = unit.built?.[0]?.draft.transaction?.key.toString('base64')
      const eventId = key === undefined ? undefined : known.get(key)
      if (eventId === undefined) continue
      this.#deps.rooms.drop(unit.roomId)
      unit.built = undefined
      unit.resolve({ repeated: eventId })
    }
  }

  /** Of two in the same batch the first stands. */
  #refuseStanding(units: readonly Unit[], standing: Set<string>): void {
    for (const unit of units) {
      const hashes = (unit.built ?? []).flatMap((built) => built.annotation?.toString('base64') ?? [])
      if (!hashes.some((hash) => standing.has(hash))) {
        for (const hash of hashes) standing.add(hash)
        continue
      }
      this.#deps.rooms.drop(unit.roomId)
      unit.built = undefined
      unit.reject(refuse('M_DUPLICATE_ANNOTATION', 'You have reacted to this message in this way already.'))
    }
  }

  async #failed(units: readonly Unit[], error: unknown): Promise<void> {
    if ((error as { isConnectionLost?: boolean }).isConnectionLost === true) return this.#settle(units, error)
    this.#dropRooms(units)
    const [only] = units
    if (units.length === 1 && only !== undefined) {
      this.#deps.logger.warn('writer.event_failed', { error, room: only.roomId })
      only.reject(error)
      return
    }
    const middle = Math.ceil(units.length / 2)
    await this.#commit(units.slice(0, middle))
    await this.#commit(units.slice(middle))
  }

  /** One event of the batch tells of all: they were one transaction. */
  async #settle(units: readonly Unit[], lost: unknown): Promise<void> {
    const event = units[0]?.built?.[0]?.event
    if (event === undefined) return
    const until = this.#deps.clock.nowMs() + settleForMs
    for (;;) {
      try {
        const done = await this.#deps.connection.transaction((tx) => wasCommitted(tx, event.roomId, event.matrixId))
        if (done) return await this.#committedElsewhere(units)
        this.#dropRooms(units)
        return await this.#commit(units)
      } catch (error) {
        if ((error as { isConnectionLost?: boolean }).isConnectionLost !== true) throw error
        if (this.#deps.clock.nowMs() > until) throw lost
        await this.#deps.clock.sleep(200)
      }
    }
  }

  /** Committed, but the answer with the positions was lost: the log tells them. */
  async #committedElsewhere(units: readonly Unit[]): Promise<void> {
    for (const unit of units) {
      for (const { redaction } of unit.built ?? []) if (redaction !== undefined) overwrite(redaction)
    }
    const position = await this.#deps.log.reachNewest()
    for (const unit of units) {
      unit.resolve({ appended: (unit.built ?? []).map(({ event }) => ({ event, position })) })
    }
  }

  #dropRooms(units: readonly Unit[]): void {
    for (const unit of units) this.#deps.rooms.drop(unit.roomId)
  }
}

function overwrite({ target, pdu, successor }: BuiltRedaction): void {
  target.replace(pdu)
  if (successor !== undefined && successor.target.isRedacted === (successor.redactedBy !== null)) {
    successor.target.replace(successor.pdu)
  }
}

function busy(): Error {
  return refuse('M_UNKNOWN', 'Too many people changed this room at the same moment. Send it again.', { status: 503 })
}

function batchOf(units: readonly Unit[]): AppendBatch {
  const batch: AppendBatch = {
    rooms: [],
    events: [],
    states: [],
    redactions: [],
    mentions: [],
    annotations: [],
    threads: [],
    stickies: [],
    transactions: [],
  }
  const byRoom = new Map<number, BuiltEvent[]>()
  for (const unit of units) {
    for (const built of unit.built ?? []) {
      addEvent(batch, unit, built)
      const ofRoom = byRoom.get(unit.roomId)
      if (ofRoom === undefined) byRoom.set(unit.roomId, [built])
      else ofRoom.push(built)
    }
  }
  for (const [roomId, events] of byRoom) addHead(batch, roomId, events)
  return batch
}

function addEvent(batch: AppendBatch, unit: Unit, built: BuiltEvent): void {
  const { draft, event, row, state, redaction, annotation } = built
  const n = batch.events.length
  if (state !== undefined) batch.states.push({ ...state, n })
  const { stickyUntil } = event
  if (stickyUntil !== undefined) {
    batch.stickies.push({ n, room_id: unit.roomId, event_id: event.id, expires_ts: stickyUntil })
  }
  batch.events.push(row)
  if (redaction !== undefined) {
    const { target, sealed, successor } = redaction
    batch.redactions.push({ id: target.id, sealed: sealed.toString('base64'), redacted_by: event.matrixId })
    if (successor !== undefined) {
      const { target: after, sealed: without, redactedBy } = successor
      batch.redactions.push({ id: after.id, sealed: without.toString('base64'), redacted_by: redactedBy })
    }
  }
  if (annotation !== undefined) batch.annotations.push({ hash: annotation.toString('base64'), event_id: event.id })
  if (draft.transaction !== undefined) {
    batch.transactions.push({ k: draft.transaction.key, e: event.id })
  }
  addNotice(batch, unit, built)
}

/** Whom the event concerns beyond the running count, and the thread that it counts in. */
function addNotice(batch: AppendBatch, unit: Unit, { event, notice, thread }: BuiltEvent): void {
  const place = { room_id: unit.roomId, ordering: event.ordering, sender_id: event.senderId }
  if (notice.counts && thread !== mainThread) batch.threads.push({ ...place, root: thread })
  const people = notice.calls ? [0] : notice.mentions.flatMap((id) => unit.room?.member(id)?.userId ?? [])
  for (const userId of people) {
    batch.mentions.push({ ...place, user_id: userId, thread, is_extra: !notice.counts })
  }
}

/** The head after the last event of the room in this batch; events built later are not in it yet. */
function addHead(batch: AppendBatch, roomId: number, events: readonly BuiltEvent[]): void {
  const last = events.at(-1)
  if (last === undefined) return
  const { row, state, headVersion } = last
  batch.rooms.push({
    room_id: roomId,
    was: headVersion - events.length,
    version: headVersion,
    extremity: row.matrix_id,
    depth: row.depth,
    ordering: row.ordering,
    notify_count: row.notify_count,
    line_seq: row.line_seq + (state === undefined ? 0 : 1),
    active_ts: newest(events),
    bump_ts: newest(events.filter(({ event }) => bumps(event.type))),
  })
}

function newest(events: readonly BuiltEvent[]): number {
  return events.reduce((ts, { row }) => Math.max(ts, row.origin_ts), 0)
}
