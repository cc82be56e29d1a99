import type { Subject } from '#access/api.ts'
import type { Room } from '../rooms/room.ts'
import { threadRows } from '../store/threads.ts'
import { placeOf, tokenBehind } from '../sync/tokens.ts'
import { aggregationsOf } from './aggregations.ts'
import { eventText } from './stored-event.ts'
import { everything, shownOf, type VisibilityDeps, visibilityFor } from './visibility.ts'

type ThreadsWish = { readonly participated: boolean; readonly limit: number; readonly from: string | undefined }

/** The threads of rooms. https://spec.matrix.org/v1.19/client-server-api/#threading */
export class Threads {
  readonly #deps: VisibilityDeps

  constructor(deps: VisibilityDeps) {
    this.#deps = deps
  }

  /** A page of roots, by their newest reply, as JSON text. */
  async page(room: Room, subject: Subject, wish: ThreadsWish): Promise<string> {
    const { db, reader } = this.#deps
    const visibility = await visibilityFor(this.#deps, room, subject)
    const rows = await threadRows(db, {
      roomId: room.id,
      upTo: placeOf(wish.from) ?? Number.MAX_SAFE_INTEGER,
      participatedBy: wish.participated ? subject.userId : undefined,
      limit: wish.limit + 1,
      places: visibility === everything ? undefined : visibility.places,
    })
    const page = rows.slice(0, wish.limit)
    const roots = await reader.byIds(page.map((row) => row.id))
    const events = shownOf(visibility, roots)
    const aggregations = await aggregationsOf(this.#deps, subject, events, visibility)
    const chunk = events.map((event) => eventText(event, subject, aggregations.get(event.matrixId)))
    const last = page.at(-1)
    const next = rows.length > wish.limit && last ? `,"next_batch":"${tokenBehind(last.latest - 1)}"` : ''
    return `{"chunk":[${chunk.join(',')}]${next}}`
  }
}
