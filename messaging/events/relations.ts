import type { Subject } from '#access/api.ts'
import { limits, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import { relatedEventRows } from '../store/event-relations.ts'
import { tokenBehind } from '../sync/tokens.ts'
import { aggregationsOf } from './aggregations.ts'
import { placeOfToken } from './places.ts'
import { eventText, type Relation, relationOf } from './stored-event.ts'
import { noSuchEvent } from './timeline.ts'
import { shownOf, type VisibilityDeps, visibilityFor } from './visibility.ts'

export type RelationsWish = {
  readonly eventId: string
  readonly relation: string | undefined
  readonly type: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly newestFirst: boolean
  readonly limit: number
  /** Also what refers to what refers to it, and so on. */
  readonly recurse: boolean
}

const first = Number.MIN_SAFE_INTEGER
const last = Number.MAX_SAFE_INTEGER

/** What events say about one another. */
export class Relations {
  readonly #deps: VisibilityDeps

  constructor(deps: VisibilityDeps) {
    this.#deps = deps
  }

  /**
   * A thread begins at an event that refers to none itself.
   * https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-30
   */
  async refuseThreadWithinThread(room: Room, relation: Relation): Promise<void> {
    const root = await this.#deps.reader.inRoom(room, relation.target)
    if (root === undefined || relationOf(root.content) === undefined) return
    throw refuse('M_UNKNOWN', 'A thread cannot begin at an event that refers to another. Answer in its own thread.', {
      status: 400,
    })
  }

  /** A page of the events that refer to one, as JSON text. */
  async page(room: Room, subject: Subject, wish: RelationsWish): Promise<string> {
    const { db, reader } = this.#deps
    const visibility = await visibilityFor(this.#deps, room, subject)
    const target = await reader.inRoom(room, wish.eventId)
    if (target === undefined || visibility.shown(target) === undefined) throw noSuchEvent()
    const [from, to] = await Promise.all([wish.from, wish.to].map((token) => placeOfToken(db, room, token)))
    const rows = await relatedEventRows(db, {
      roomId: room.id,
      target: wish.eventId,
      relation: wish.relation,
      type: wish.type,
      above: (wish.newestFirst ? to : from) ?? first,
      upTo: (wish.newestFirst ? from : to) ?? last,
      places: visibility.places,
      newestFirst: wish.newestFirst,
      limit: wish.limit + 1,
      depth: wish.recurse ? limits.relationDepthMax : 1,
    })
    const page = rows.slice(0, wish.limit)
    // What is as if redacted refers to nothing.
    const events = shownOf(visibility, await reader.open(page)).filter((event) => !event.isPruned)
    const aggregations = await aggregationsOf(this.#deps, subject, events, visibility)
    const chunk = events.map((event) => eventText(event, subject, aggregations.get(event.matrixId)))
    const parts = [`"chunk":[${chunk.join(',')}]`]
    const [begin, end] = [page[0], page.at(-1)]
    const [before, behind] = wish.newestFirst ? [0, -1] : [-1, 0]
    if (rows.length > wish.limit && end) parts.push(`"next_batch":"${tokenBehind(end.ordering + behind)}"`)
    if (from !== undefined && begin) parts.push(`"prev_batch":"${tokenBehind(begin.ordering + before)}"`)
    if (wish.recurse) parts.push(`"recursion_depth":${limits.relationDepthMax}`)
    return `{${parts.join(',')}}`
  }
}
