import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Access, Subject } from '#access/api.ts'
import type { JsonValue } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'
import { eventText, type StoredEvent } from '../events/stored-event.ts'
import { threadOf } from '../events/thread-of.ts'
import { type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { newestEventLogRows, type RoomLogRow } from '../store/log-rows.ts'
import { stayPlaces } from '../store/unread.ts'
import { placeInThread, type ReadPosition, readPositions } from '../unread/read-positions.ts'
import type { PeopleRules } from './people-rules.ts'
import { decisionFor } from './push-reader.ts'
import type { RulesInForce } from './rules-in-force.ts'

type Deps = VisibilityDeps & {
  access: Access
  rooms: RoomCache
  memberships: Memberships
  peopleRules: PeopleRules
}
export type NotificationsWish = {
  /** Only what happened before this position of the log. */
  readonly before: number | undefined
  readonly limit: number
  readonly onlyHighlights: boolean
}
type Page = { readonly rules: RulesInForce; readonly stays: ReadonlyMap<number, number>; readonly read: Reading }
type Reading = ReadonlyMap<number, ReadPosition>

/** So many of the newest events of each room are looked at for one page. */
const ofRoomMax = 20
/** Others have a turn after so many. */
const eventsInOneGo = 50

/**
 * What somebody was notified of, the newest first: nothing is stored for it, the newest events of her rooms are put to her
 * rules of now. https://spec.matrix.org/v1.19/client-server-api/#listing-notifications
 */
export class Notifications {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The answer as JSON text. A page may hold less than was asked for, and nothing, although more comes after it. */
  async page(subject: Subject, wish: NotificationsWish): Promise<string> {
    const { access, db, memberships, peopleRules } = this.#deps
    await memberships.load(subject.userId)
    const joined = [...access.visible(subject).joined]
    const { rows, next } = await this.#newest(joined, wish.before)
    const roomIds = [...new Set(rows.map((row) => row.roomId))]
    const [rules, stays, read] = await Promise.all([
      peopleRules.of(subject),
      stayPlaces(db, subject.userId, roomIds),
      readPositions(db, subject.userId, roomIds),
    ])
    const page: Page = {
      rules,
      stays: new Map(stays.map((row) => [row.roomId, row.ordering])),
      read: new Map(read.map((position) => [position.roomId, position])),
    }
    const texts: string[] = []
    let last: number | undefined
    for (let start = 0; start < rows.length && texts.length < wish.limit; start += eventsInOneGo) {
      if (start > 0) await nextTurn()
      const some = rows.slice(start, start + eventsInOneGo)
      const events = new Map(
        (await this.#deps.reader.byIds(some.map((row) => row.reference))).map((one) => [one.id, one]),
      )
      for (const { position, reference } of some) {
        if (texts.length >= wish.limit) break
        last = position
        const event = events.get(reference)
        const text = event === undefined ? undefined : await this.#text(subject, page, event, wish.onlyHighlights)
        if (text !== undefined) texts.push(text)
      }
    }
    const isOver = last === undefined || (next === undefined && last === rows.at(-1)?.position)
    const token = isOver ? '' : `,"next_token":"${Math.max(last ?? 0, 1)}"`
    return `{"notifications":[${texts.join(',')}]${token}}`
  }

  /** Without a gap from the newest down; `next` is undefined where that is all there is. */
  async #newest(
    roomIds: readonly number[],
    before: number | undefined,
  ): Promise<{ rows: RoomLogRow[]; next?: number }> {
    const until = (before ?? Number.MAX_SAFE_INTEGER) - 1
    const found = await newestEventLogRows(this.#deps.db, roomIds, { after: 0, until, limit: ofRoomMax })
    let floor = 0
    for (const [, ofRoom] of Map.groupBy(found, (row) => row.roomId)) {
      const oldest = ofRoom.at(-1)?.position ?? 0
      if (ofRoom.length === ofRoomMax) floor = Math.max(floor, oldest)
    }
    const rows = found.filter((row) => row.position >= floor).sort((a, b) => b.position - a.position)
    const page = rows.slice(0, limits.notificationsLookMax)
    return page.length < rows.length || floor > 0 ? { rows: page, next: page.at(-1)?.position ?? 0 } : { rows: page }
  }

  async #text(subject: Subject, page: Page, event: StoredEvent, onlyHighlights: boolean): Promise<string | undefined> {
    if (event.senderId === subject.userId || event.ordering <= (page.stays.get(event.roomId) ?? 0)) return undefined
    const room = await this.#deps.rooms.readable(event.roomId)
    if (room === undefined || event.isRedacted) return undefined
    const decision = await decisionFor(this.#deps, page.rules, room, event)
    if (!decision.notify || (onlyHighlights && !decision.highlight)) return undefined
    const shown = (await visibilityFor(this.#deps, room, subject)).shown(event)
    if (shown === undefined) return undefined
    const position = page.read.get(event.roomId)
    const thread = await threadOf(this.#deps, room, event)
    const read = position !== undefined && event.ordering <= placeInThread(position, thread)
    const about = {
      actions: decision.actions as JsonValue,
      read,
      room_id: room.matrixId,
      ts: event.pdu.origin_server_ts,
    }
    return `${JSON.stringify(about).slice(0, -1)},"event":${eventText(shown, subject)}}`
  }
}
