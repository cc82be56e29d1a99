import type { VisibleRooms } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'
import type { AccountData, OwnedDatum } from '../account-data/account-data.ts'
import { aggregationsOf } from '../events/aggregations.ts'
import type { Aggregations } from '../events/stored-event.ts'
import { everything, type Visibility, type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import { type Receipts, receiptEvents } from '../receipts/receipts.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { type StickyEvents, type StickyPart, withoutTold } from '../sticky/sticky-events.ts'
import { forgottenRooms } from '../store/forgotten-rooms.ts'
import { newestEventLogRows } from '../store/log-rows.ts'
import type { Typing } from '../typing/typing.ts'
import type { Unread } from '../unread/unread.ts'
import type { SyncFilter } from './filter.ts'
import type { LeftRooms } from './left-rooms.ts'
import { joinedRoomText, type SyncAnswer } from './render.ts'
import { newestPart, type Placed, shownIn, sinceStart, type TimelinePart, withoutOvertaken } from './room-delta.ts'
import { fullState, withHidden } from './room-state-part.ts'
import type { SentMembers } from './sent-members.ts'
import { outsideRoomText } from './stripped-state.ts'
import { heroIds, summaryOf } from './summary.ts'
import type { SyncQuery } from './sync.ts'
import { tokenBefore } from './tokens.ts'

type Deps = VisibilityDeps & {
  rooms: RoomCache
  receipts: Receipts
  accountData: AccountData
  typing: Typing
  unread: Unread
  sent: SentMembers
  leftRooms: LeftRooms
  sticky: StickyEvents
}

const roomsAtOnce = 200

type SeenPart = TimelinePart & { readonly span: readonly Placed[]; readonly visibility: Visibility }

/** Everything that a client that knows nothing must be told. Rooms are gathered in groups, a few queries each. */
export class InitialSync {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async collect(query: SyncQuery, visible: VisibleRooms, until: number): Promise<SyncAnswer> {
    const { subject, filter } = query
    const data = await this.#deps.accountData.all(subject.userId)
    const { byRoom: sticky, end: stickyEnd } = await this.#deps.sticky.since(subject, {
      roomIds: visible.joined,
      fresh: new Set(),
      after: 0,
      until,
      limit: limits.stickyAnswerMax,
    })
    const answer = {
      join: new Map<string, string>(),
      invite: new Map<string, string>(),
      knock: new Map<string, string>(),
      leave: new Map<string, string>(),
      accountData: data
        .filter((datum) => datum.roomId === null && filter.accountData.passes(datum))
        .map(({ type, content }) => ({ type, content })),
      stickyEnd,
    }
    const joined = [...visible.joined]
    for (let start = 0; start < joined.length; start += roomsAtOnce) {
      await this.#addJoined(answer.join, query, joined.slice(start, start + roomsAtOnce), until, { data, sticky })
    }
    await this.#addOutside(answer.invite, query, visible.invited, 'invite')
    await this.#addOutside(answer.knock, query, visible.knocked, 'knock')
    if (filter.includeLeave) {
      const forgotten = await forgottenRooms(this.#deps.db, subject.userId)
      await this.#addLeft(
        answer.leave,
        query,
        [...visible.left].filter((id) => !forgotten.has(id)),
        until,
      )
    }
    return answer
  }

  async #addJoined(
    texts: Map<string, string>,
    query: SyncQuery,
    roomIds: readonly number[],
    until: number,
    { data, sticky }: { data: readonly OwnedDatum[]; sticky: StickyPart['byRoom'] },
  ): Promise<void> {
    const { subject, filter } = query
    const rooms = await this.#allowed(query, roomIds)
    const ids = rooms.map((room) => room.id)
    const parts = await this.#timelines(query, rooms, until)
    const wishes = rooms.map((room) => ({
      roomId: room.id,
      timeline: parts.get(room.id)?.events ?? [],
      until,
      heroes: heroIds(room, subject.matrixId),
    }))
    const sent = this.#deps.sent
    const { userId, sessionId } = subject
    const stateQuery = { userId, sessionId, filter: filter.state, sent, stateAfter: query.stateAfter }
    const [states, receipts, unread, aggregations] = await Promise.all([
      fullState(this.#deps, stateQuery, wishes),
      this.#deps.receipts.ofRooms(ids, subject.userId),
      this.#deps.unread.counts(subject, rooms),
      this.#aggregations(query, [...parts.values()]),
    ])
    for (const room of rooms) {
      const part = parts.get(room.id)
      const own = filter.inRoom(room.matrixId)
      const { form } = part?.visibility ?? everything
      const timeline = (part?.events ?? []).map(({ event }) => event).filter((event) => own.timeline.passes(event))
      const state = (states.get(room.id) ?? []).filter((event) => own.state.passes(event))
      const text = joinedRoomText(
        {
          timeline,
          limited: part?.limited ?? false,
          end: tokenBefore(part?.events[0]?.event, until),
          state: (query.stateAfter ? state : withHidden(state, part?.span ?? [], timeline, own.state)).map(form),
          stateAfter: query.stateAfter,
          sticky: withoutTold(sticky.get(room.id) ?? [], timeline),
          ephemeral: this.#ephemeral(own, room, receiptEvents(receipts.get(room.id) ?? [], subject.matrixId)),
          accountData: data
            .filter((datum) => datum.roomId === room.id && own.roomAccountData.passes(datum))
            .map(({ type, content }) => ({ type, content })),
          unread: unread.get(room.id),
          unreadByThread: filter.unreadByThread,
          summary: summaryOf(room, subject.matrixId),
          aggregations,
        },
        query.form,
      )
      texts.set(room.matrixId, text)
    }
  }

  #ephemeral({ ephemeral }: SyncFilter, room: Room, receipts: readonly JsonObject[]): JsonObject[] {
    const events: JsonObject[] = []
    if (ephemeral.passes({ type: 'm.receipt' })) events.push(...receipts)
    const typists = this.#deps.typing.since(room.id, 0)
    if (typists !== undefined && typists.length > 0 && ephemeral.passes({ type: 'm.typing' })) {
      events.push({ type: 'm.typing', content: { user_ids: typists } })
    }
    return events
  }

  async #timelines(query: SyncQuery, rooms: readonly Room[], until: number): Promise<Map<number, SeenPart>> {
    const { limit } = query.filter.timeline
    const ids = rooms.map((room) => room.id)
    const rows = await newestEventLogRows(this.#deps.db, ids, { after: 0, until, limit: limit + 1 })
    const byRoom = Map.groupBy(rows, (row) => row.roomId)
    const events = await this.#deps.reader.byIds(rows.map((row) => row.reference))
    const byId = new Map(events.map((event) => [event.id, event]))
    const parts = new Map<number, SeenPart>()
    for (const room of rooms) {
      const ofRoom = byRoom.get(room.id) ?? []
      const placed: Placed[] = ofRoom.flatMap((row) => {
        const event = byId.get(row.reference)
        return event === undefined ? [] : [{ event, position: row.position }]
      })
      placed.reverse()
      const visibility = await visibilityFor(this.#deps, room, query.subject)
      const seen = shownIn(visibility, placed)
      const part = newestPart(seen, limit, ofRoom.length > limit)
      const spanned = { ...part, span: sinceStart(placed, part), visibility }
      const { passes } = query.filter.inRoom(room.matrixId).timeline
      parts.set(room.id, query.stateAfter ? spanned : withoutOvertaken(spanned, passes))
    }
    return parts
  }

  /** Of all rooms in which everything may be seen at once; of each other room by itself. */
  async #aggregations({ subject }: SyncQuery, parts: readonly SeenPart[]): Promise<Map<string, Aggregations>> {
    const byVisibility = Map.groupBy(parts, (part) => part.visibility)
    const found: [string, Aggregations][] = []
    for (const [visibility, ofSame] of byVisibility) {
      const told = ofSame.flatMap((part) => part.events.map((placed) => placed.event))
      found.push(...(await aggregationsOf(this.#deps, subject, told, visibility)))
    }
    return new Map(found)
  }

  async #allowed(query: SyncQuery, roomIds: readonly number[]): Promise<Room[]> {
    const rooms = await this.#deps.rooms.readableOf(roomIds)
    return [...rooms.values()].filter((room) => query.filter.allowsRoom(room.matrixId))
  }

  async #addOutside(
    texts: Map<string, string>,
    query: SyncQuery,
    roomIds: ReadonlySet<number>,
    membership: 'invite' | 'knock',
  ): Promise<void> {
    for (const room of await this.#allowed(query, [...roomIds])) {
      const text = await outsideRoomText(this.#deps, room, query.subject, membership)
      if (text !== undefined) texts.set(room.matrixId, text)
    }
  }

  async #addLeft(texts: Map<string, string>, query: SyncQuery, roomIds: readonly number[], until: number) {
    for (const room of await this.#allowed(query, roomIds)) {
      texts.set(room.matrixId, await this.#deps.leftRooms.text(query, room, { after: 0, until }))
    }
  }
}
