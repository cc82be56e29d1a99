/** Sticky events over sliding sync: https://github.com/matrix-org/matrix-spec-proposals/pull/4480 */
import type { VisibleRooms } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Clock, Db } from '#platform/api.ts'
import { eventObject } from '../events/stored-event.ts'
import { membershipCodes } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { type StickyEvents, withoutTold } from '../sticky/sticky-events.ts'
import { membershipChangedSince } from '../store/log-rows.ts'
import { membershipRowsAt } from '../store/room-state.ts'
import type { Changes } from '../sync/changes.ts'
import { live, never, type StateDraft } from './connection-state.ts'
import { placeOf } from './device-extensions.ts'
import type { ExtensionAnswers } from './extensions.ts'
import { type SlidingQuery, stickyName } from './request.ts'
import type { Selection } from './room-lists.ts'
import type { RoomResult } from './room-results.ts'

type Deps = { db: Db; clock: Clock; rooms: Pick<RoomCache, 'matrixIds'>; sticky: StickyEvents }

export type StickyExtensionQuery = {
  readonly query: SlidingQuery
  readonly visible: VisibleRooms
  readonly selection: Selection
  readonly changes: Changes
  readonly results: ReadonlyMap<number, RoomResult>
  readonly after: number | undefined
  readonly until: number
}

/** A client that hears of nothing for so long is given a newer token, so that its next request need not look far back. */
const tokenAgeMax = 1_000

/** The client's own token says how far it has got; the connection's state says in which rooms. */
export class StickyExtension {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Whether anything of it is new to the client. */
  async collect(at: StickyExtensionQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<boolean> {
    const { query, until, after, visible, selection } = at
    const wish = query.extensions.sticky
    const { sticky: told, stickyOutside } = draft.scalars
    if (wish === undefined) {
      if (told === live && after !== undefined) draft.setScalars({ sticky: after })
      return false
    }
    const place = Math.min(placeOf(stickyName, wish.since), until)
    const roomIds = new Set([...visible.joined].filter((id) => selection.matching.has(id)))
    const since = told === live ? (after ?? place) : told === never ? place : told
    const fresh = await this.#joinedSince(at, since)
    for (const id of stickyOutside) if (roomIds.has(id)) fresh.add(id)
    const { byRoom, end } = await this.#deps.sticky.since(query.subject, {
      roomIds,
      fresh,
      after: place,
      until,
      limit: wish.limit,
    })
    draft.setScalars({ sticky: live, stickyOutside: [...visible.joined].filter((id) => !roomIds.has(id)) })
    const rooms: JsonObject = {}
    const names = byRoom.size === 0 ? new Map<number, string>() : await this.#deps.rooms.matrixIds([...byRoom.keys()])
    for (const [id, events] of byRoom) {
      const untold = withoutTold(events, at.results.get(id)?.timeline ?? [])
      const name = names.get(id)
      if (name === undefined || untold.length === 0) continue
      rooms[name] = { events: untold.map((event) => eventObject(event, query.subject, undefined, this.#deps.clock)) }
    }
    // Of a portion nothing may be for this person, and something of the next.
    const isNew = byRoom.size > 0 || end < until
    if (isNew || wish.since === undefined || end - place > tokenAgeMax) {
      answers.set(stickyName, { next_batch: String(end), ...(Object.keys(rooms).length > 0 && { rooms }) })
    }
    return isNew
  }

  /** Rooms that the person is in and was not in then. */
  async #joinedSince(at: StickyExtensionQuery, since: number): Promise<Set<number>> {
    // From the beginning of the log on, everything is told anyway.
    if (since === 0) return new Set()
    const { db } = this.#deps
    const { userId } = at.query.subject
    const changed =
      since === at.after
        ? [...at.changes.ownMemberships]
        : (await membershipChangedSince(db, userId, since, at.until)).map((row) => row.roomId)
    const moved = changed.filter((id) => at.visible.joined.has(id))
    if (moved.length === 0) return new Set()
    const rows = await membershipRowsAt(db, userId, moved, since)
    const wereIn = new Set(rows.filter((row) => row.membership === membershipCodes.join).map((row) => row.roomId))
    return new Set(moved.filter((id) => !wereIn.has(id)))
  }
}
