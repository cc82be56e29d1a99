import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import { eventOfTransaction } from '../store/append.ts'
import { relatedEventRows } from '../store/events.ts'
import { placeOf, timelineToken } from '../sync/tokens.ts'
import { aggregationsOf } from './aggregations.ts'
import type { EventReader } from './event-reader.ts'
import { eventText, relationOf } from './stored-event.ts'
import { noSuchEvent } from './timeline.ts'
import { visibilityFor } from './visibility.ts'

const annotationsLookedAtMax = 1_000

export type RelationsWish = {
  readonly eventId: string
  readonly relation: string | undefined
  readonly type: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly newestFirst: boolean
  readonly limit: number
}

/** What events say about one another. */
export class Relations {
  readonly #db: Db
  readonly #reader: EventReader

  constructor(deps: { db: Db; reader: EventReader }) {
    this.#db = deps.db
    this.#reader = deps.reader
  }

  /**
   * One person reacts once with the same key to the same event. A repeat of the same transaction is no second one.
   * https://spec.matrix.org/v1.19/client-server-api/#annotations-event-duplicates
   */
  async refuseSecondAnnotation(
    room: Room,
    subject: Subject,
    type: string,
    content: JsonObject,
    transactionKey: Buffer,
  ): Promise<void> {
    const relation = relationOf(content)
    const key = (content['m.relates_to'] as JsonObject | undefined)?.key
    if (relation === undefined || typeof key !== 'string') return
    const rows = await relatedEventRows(this.#db, {
      roomId: room.id,
      target: relation.target,
      relation: relation.type,
      type,
      above: Number.MIN_SAFE_INTEGER,
      below: Number.MAX_SAFE_INTEGER,
      newestFirst: true,
      limit: annotationsLookedAtMax,
    })
    const own = rows.filter((row) => row.senderId === subject.userId && row.redactedBy === null)
    if (own.length === 0) return
    const events = await this.#reader.open(own)
    const second = events.find((event) => (event.content['m.relates_to'] as JsonObject | undefined)?.key === key)
    if (second === undefined) return
    if ((await eventOfTransaction(this.#db, transactionKey)) !== undefined) return
    throw refuse('M_DUPLICATE_ANNOTATION', 'You have reacted to this message in this way already.')
  }

  /** A page of the events that refer to one, as JSON text. */
  async page(room: Room, subject: Subject, wish: RelationsWish): Promise<string> {
    const deps = { db: this.#db, reader: this.#reader }
    const visibility = await visibilityFor(deps, room, subject)
    const target = await this.#reader.inRoom(room, wish.eventId)
    if (target === undefined || !visibility.sees(target)) throw noSuchEvent()
    const [from, to] = [placeOf(wish.from), placeOf(wish.to)]
    const rows = await relatedEventRows(this.#db, {
      roomId: room.id,
      target: wish.eventId,
      relation: wish.relation,
      type: wish.type,
      above: (wish.newestFirst ? to : from) ?? Number.MIN_SAFE_INTEGER,
      below: (wish.newestFirst ? from : to) ?? Number.MAX_SAFE_INTEGER,
      newestFirst: wish.newestFirst,
      limit: wish.limit + 1,
    })
    const opened = await this.#reader.open(rows.slice(0, wish.limit))
    const events = opened.filter((event) => visibility.sees(event) && !event.isRedacted)
    const aggregations = await aggregationsOf(deps, subject, events, visibility)
    const chunk = events.map((event) => eventText(event, subject, aggregations.get(event.matrixId)))
    const last = opened.at(-1)
    const next = rows.length > wish.limit && last ? `,"next_batch":"${timelineToken(last.ordering)}"` : ''
    return `{"chunk":[${chunk.join(',')}]${next}}`
  }
}
