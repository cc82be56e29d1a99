import type { StoredEvent } from '#messaging/api.ts'
import { type Clock, type Log, type LogReader, type LogRow, limits, logKinds, type Tx } from '#platform/api.ts'
import type { Purposes } from '../consent/types.ts'
import { insertTellings } from '../store/tellings.ts'
import type { Ways } from './find-way.ts'
import type { SendBook, WayTaken } from './send-book.ts'
import type { LeavingWords, RoomEvents, Talk, Talks } from './talks.ts'
import type { NoWay, Way } from './ways.ts'

type Deps = {
  readonly log: Pick<Log, 'read'>
  readonly clock: Clock
  readonly events: RoomEvents
  readonly talks: Pick<Talks, 'byRooms' | 'leaves' | 'takeLine'>
  readonly ways: Ways
  readonly book: SendBook
  readonly purposes: Pick<Purposes, 'conversationPurpose'>
  readonly onQueued: () => void
}

/** The name under which the position is stored. Another name would begin at position 0 again. */
const readerName = 'citizens-out'

/**
 * Reads the log for what the staff says to citizens, whatever client it was said with, and queues it. Queueing and the position are
 * one transaction, and an event is queued once whatever is read again.
 */
export class OutgoingReader {
  readonly #deps: Deps
  readonly reader: LogReader

  constructor(deps: Deps) {
    this.#deps = deps
    this.reader = deps.log.read(readerName, (rows, tx) => this.#handle(rows, tx))
  }

  async #handle(rows: readonly LogRow[], tx: Tx): Promise<void> {
    const told = rows.filter((row) => row.kind === logKinds.event && row.reference !== null)
    const roomIds = [...new Set(told.flatMap((row) => row.roomId ?? []))]
    if (roomIds.length === 0) return
    const talks = await this.#deps.talks.byRooms(roomIds, tx)
    const ids = told.flatMap((row) => (talks.has(row.roomId ?? 0) ? (row.reference ?? []) : []))
    if (ids.length === 0) return
    let queued = 0
    for (const event of await this.#deps.events.events(ids)) {
      const talk = talks.get(event.roomId)
      const leaving = talk === undefined ? undefined : await this.#deps.talks.leaves(talk, event)
      if (talk === undefined || leaving === undefined) continue
      await this.#queue(tx, talk, event, leaving)
      queued += 1
    }
    const last = rows.at(-1)?.position ?? 0
    if (queued > 0) void this.reader.reached(last).then(this.#deps.onQueued)
  }

  async #queue(tx: Tx, talk: Talk, event: StoredEvent, leaving: LeavingWords): Promise<void> {
    const { book, clock, purposes } = this.#deps
    const purpose = await purposes.conversationPurpose(talk.agencyId)
    const found = await this.#choose(talk, purpose.id, leaving)
    const nowTs = clock.nowMs()
    const way = found.isOpen ? found : undefined
    const made = await book.add(tx, {
      kind: 'reply',
      agencyId: talk.agencyId,
      personId: talk.personId,
      // A running conversation with an address of which nobody knows whose it is stays with that address.
      addressId: talk.personId === undefined ? talk.addressId : undefined,
      purposeId: purpose.id,
      conversationId: talk.id,
      eventId: event.id,
      sensitivity: talk.sensitivity,
      wishedKind: leaving.override,
      madeBy: event.senderId,
      deadlineTs: nowTs + limits.sendDeadlineMs,
      way,
      dueTs: nowTs,
    })
    if (made === undefined || way === undefined) return
    await this.#deps.talks.takeLine(tx, talk, way)
    await this.#tell(tx, talk, event, way)
  }

  /** In a transaction of its own: gates come before everything that this one holds. */
  async #choose(talk: Talk, purposeId: number, { override, file }: LeavingWords): Promise<Way | NoWay> {
    const way = await this.#deps.ways.choose(replyAsk(talk, purposeId, override))
    if (!way.isOpen || file === undefined || way.kind !== 'sms' || way.form === 'notice') return way
    if (talk.personId !== undefined) return { ...way, form: 'notice', reason: `${way.reason} ${fileWaits}` }
    return { isOpen: false, code: 'too-sensitive', message: noFile }
  }

  /** Only what the staff could not expect. */
  async #tell(tx: Tx, talk: Talk, event: StoredEvent, way: WayTaken): Promise<void> {
    if (way.kind === talk.kind && way.form === 'words') return
    const facts = { way: way.reason, kind: way.kind, form: way.form }
    await insertTellings(
      tx,
      [{ conversationId: talk.id, eventId: event.id, what: 'notice', facts }],
      this.#deps.clock.nowMs(),
    )
  }
}

const fileWaits = 'A file cannot go by SMS; it waits in her inbox, and she gets a neutral line with a link.'
const noFile = 'A file cannot go by SMS. Describe what is in it, or ask her for a mail address.'

/** What the next words of the staff in a conversation ask for. */
export function replyAsk(talk: Talk, purposeId: number, override: Way['kind'] | undefined) {
  return {
    agencyId: talk.agencyId,
    personId: talk.personId,
    addressId: talk.personId === undefined ? talk.addressId : undefined,
    conversationId: talk.id,
    purposeId,
    sensitivity: talk.sensitivity,
    override,
  }
}
