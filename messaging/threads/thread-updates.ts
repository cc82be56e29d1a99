/** In which threads something was said: https://github.com/matrix-org/matrix-spec-proposals/pull/4360 */
import type { Access, Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { limits, refuse } from '#platform/api.ts'
import { aggregationsOf } from '../events/aggregations.ts'
import { eventObject, relationOf, type StoredEvent } from '../events/stored-event.ts'
import { type Visibility, type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { orderingAtPosition } from '../store/events.ts'
import { repliesSince, type ThreadChange, threadsChanged } from '../store/threads.ts'
import { parsePos, tokenBehind } from '../sync/tokens.ts'

type Deps = VisibilityDeps & {
  access: Pick<Access, 'visible'>
  rooms: Pick<RoomCache, 'readableOf'>
}

export type ThreadsWish = {
  readonly roomIds: ReadonlySet<number>
  readonly after: number
  readonly until: number
  readonly limit: number
  readonly withRoots: boolean
  /** Timelines that the client is told in the same answer. Without roots, threads are left out of which they tell all. */
  readonly told: (roomId: number) => readonly StoredEvent[]
}

export type ThreadUpdatesPart = {
  /** By room and root. */
  readonly rooms: JsonObject
  /** Where older updates go on, when there are more. */
  readonly more: string | undefined
}

type Place = { readonly from: number; readonly visibility: Visibility; readonly matrixId: string }

export class ThreadUpdates {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Threads whose newest reply came in (after, until], the newest first, each once. */
  async since(subject: Subject, wish: ThreadsWish): Promise<ThreadUpdatesPart> {
    const { db } = this.#deps
    const found = await threadsChanged(db, [...wish.roomIds], wish.after, wish.until, wish.limit + 1)
    const changes = found.slice(0, wish.limit)
    const last = found.length > wish.limit ? changes.at(-1) : undefined
    const places = await this.#places(subject, changes, wish.after)
    const placed = changes.filter((change) => places.has(change.roomId))
    const counted = await repliesSince(
      db,
      placed.map((change) => {
        const { from, visibility } = places.get(change.roomId) as Place
        return { ...change, after: from, places: visibility.places }
      }),
      await this.#deps.ignores.ignoredBy(subject),
      wish.withRoots ? 2 : limits.pageSizeMax + 1,
    )
    const roots = await this.#roots(
      subject,
      placed.map((change) => change.rootId),
      places,
    )
    const rooms: { [room: string]: JsonObject } = {}
    for (const [n, { roomId, rootId, root }] of placed.entries()) {
      const replies = counted.get(n)
      const thread = roots.get(rootId)
      const place = places.get(roomId)
      if (replies === undefined || thread === undefined || place === undefined) continue
      if (!wish.withRoots && replies.count <= repliesTold(wish.told(roomId), root, place.from)) continue
      const update = {
        ...(wish.withRoots && { thread_root: thread }),
        ...(replies.count > 1 && { prev_batch: tokenBehind(replies.latest - 1) }),
      }
      rooms[place.matrixId] = { ...rooms[place.matrixId], [root]: update }
    }
    return { rooms, more: last && `w${last.position - 1}` }
  }

  /** A page of them in all rooms of the person. `from` and `to` as clients have them: of such pages, or (`to`) of sliding sync. */
  page(subject: Subject, from: string | undefined, to: string | undefined, limit: number): Promise<ThreadUpdatesPart> {
    return this.since(subject, {
      roomIds: this.#deps.access.visible(subject).joined,
      after: to === undefined ? 0 : (parsePos(to)?.position ?? placeOf(to)),
      until: from === undefined ? Number.MAX_SAFE_INTEGER : placeOf(from),
      limit: Math.min(limit, limits.threadUpdatesMax),
      withRoots: true,
      told: () => [],
    })
  }

  async #places(subject: Subject, changes: readonly ThreadChange[], after: number): Promise<Map<number, Place>> {
    const { db, rooms } = this.#deps
    const places = new Map<number, Place>()
    for (const [id, room] of await rooms.readableOf([...new Set(changes.map((change) => change.roomId))])) {
      const visibility = await visibilityFor(this.#deps, room, subject)
      const from = after === 0 ? 0 : await orderingAtPosition(db, id, after)
      places.set(id, { from, visibility, matrixId: room.matrixId })
    }
    return places
  }

  /** Those that the person may see, as she is told them. */
  async #roots(subject: Subject, ids: readonly number[], places: ReadonlyMap<number, Place>) {
    const seen = (await this.#deps.reader.byIds(ids)).flatMap(
      (root) => places.get(root.roomId)?.visibility.shown(root) ?? [],
    )
    const roots = new Map<number, JsonObject>()
    for (const [visibility, ofSame] of Map.groupBy(seen, (root) => places.get(root.roomId)?.visibility)) {
      if (visibility === undefined) continue
      const aggregations = await aggregationsOf(this.#deps, subject, ofSame, visibility)
      for (const root of ofSame) roots.set(root.id, eventObject(root, subject, aggregations.get(root.matrixId)))
    }
    return roots
  }
}

function repliesTold(timeline: readonly StoredEvent[], root: string, from: number): number {
  return timeline.filter((event) => {
    const relation = relationOf(event.content)
    return event.ordering > from && relation?.type === 'm.thread' && relation.target === root
  }).length
}

const placeForm = /^w(\d{1,16})$/

function placeOf(token: string): number {
  const place = Number(placeForm.exec(token)?.[1])
  if (!Number.isSafeInteger(place)) {
    throw refuse('M_INVALID_PARAM', 'from and to are tokens that this list, or sliding sync, gave.')
  }
  return place
}
