import type { Membership, VisibleRooms } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import { aggregationsOf } from '../events/aggregations.ts'
import { type Visibility, type VisibilityDeps, visibilityFor, visibilityOfTold } from '../events/visibility.ts'
import { saysWhoIsIgnored } from '../push/people-rules.ts'
import { type Receipts, receiptEvents } from '../receipts/receipts.ts'
import { membershipCodes, membershipOfCode, type Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { type StickyEvents, type StickyPart, withoutTold } from '../sticky/sticky-events.ts'
import { newestEventLogRows } from '../store/log-rows.ts'
import { type MembershipStep, membershipHistoryRows, membershipRowsAt } from '../store/room-state.ts'
import type { Typing } from '../typing/typing.ts'
import type { Unread } from '../unread/unread.ts'
import { type Changes, changesSince, type RoomChange } from './changes.ts'
import type { LeftRooms } from './left-rooms.ts'
import { type JoinedRoomParts, joinedRoomText, type SyncAnswer } from './render.ts'
import { newestPart, type Placed, shownIn, sinceStart, type TimelinePart, withoutOvertaken } from './room-delta.ts'
import { fullState, type StateQuery, stateChange, withHidden } from './room-state-part.ts'
import type { SentMembers } from './sent-members.ts'
import { outsideRoomText } from './stripped-state.ts'
import { heroIds, summaryOf } from './summary.ts'
import type { SyncQuery } from './sync.ts'
import { membershipSetBy, type Tail } from './tail.ts'
import { tokenBefore } from './tokens.ts'

type Deps = VisibilityDeps & {
  rooms: RoomCache
  receipts: Receipts
  accountData: AccountData
  typing: Typing
  unread: Unread
  tail: Tail
  sent: SentMembers
  leftRooms: LeftRooms
  sticky: StickyEvents
}
type Place = { readonly position: number; readonly typing: number }
/** Where the client is; it may have been told of sticky events up to an earlier place only. */
type From = Place & { readonly sticky: number }
type Span = {
  readonly query: SyncQuery
  readonly after: From
  readonly until: Place
  readonly changes: Changes
  readonly sticky: StickyPart['byRoom']
}

type VisiblePart = TimelinePart & {
  readonly visibility: Visibility
  /** Whether something of the span may not be seen. */
  readonly hides: boolean
  /** Everything that happened since the timeline's first event, seen or not. */
  readonly span: readonly Placed[]
  /** For a room of an earlier stay: where that ended. */
  readonly toldUpTo?: number | undefined
}

/** What of a room's state the client needs. */
type HowMuch = { readonly isNew: boolean; readonly hasGap: boolean; readonly toldUpTo: number | undefined }

/** What happened for one person between two places in the log. */
export class IncrementalSync {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async collect(query: SyncQuery, visible: VisibleRooms, after: From, until: Place): Promise<SyncAnswer> {
    const changes = await changesSince(this.#deps, {
      person: query.subject,
      joined: visible.joined,
      after: after.position,
      until: until.position,
      limit: query.filter.timeline.limit,
    })
    const { byRoom: sticky, end: stickyEnd } = await this.#sticky(query, visible, changes, { after, until })
    const span: Span = { query, after, until, changes, sticky }
    const answer = {
      join: new Map<string, string>(),
      invite: new Map<string, string>(),
      knock: new Map<string, string>(),
      leave: new Map<string, string>(),
      accountData: changes.accountData
        .filter((datum) => datum.roomId === null && query.filter.accountData.passes(datum))
        .map(({ type, content }) => ({ type, content })),
      stickyEnd,
    }
    for (const roomId of this.#touched(span, visible)) await this.#addRoom(answer, span, visible, roomId)
    return answer
  }

  /** What sticks in a room that the person has come into since is new to her, whenever it was said. */
  async #sticky(
    { subject }: SyncQuery,
    { joined }: VisibleRooms,
    { ownMemberships }: Changes,
    { after, until }: { after: From; until: Place },
  ): Promise<StickyPart> {
    const moved = [...ownMemberships].filter((id) => joined.has(id))
    const rows = moved.length === 0 ? [] : await membershipRowsAt(this.#deps.db, subject.userId, moved, after.position)
    const wereIn = new Set(rows.filter((row) => row.membership === membershipCodes.join).map((row) => row.roomId))
    return this.#deps.sticky.since(subject, {
      roomIds: joined,
      fresh: new Set(moved.filter((id) => !wereIn.has(id))),
      after: after.sticky,
      until: until.position,
      limit: limits.stickyAnswerMax,
    })
  }

  #touched(span: Span, visible: VisibleRooms): Set<number> {
    const touched = new Set(span.query.fullState ? visible.joined : span.changes.rooms.keys())
    for (const roomId of span.changes.ownMemberships) touched.add(roomId)
    // What whoever is no longer ignored asked her to was told to nobody.
    if (span.changes.accountData.some(saysWhoIsIgnored)) for (const roomId of visible.invited) touched.add(roomId)
    for (const roomId of span.sticky.keys()) touched.add(roomId)
    for (const roomId of span.changes.recounted) touched.add(roomId)
    for (const { roomId } of span.changes.accountData) if (roomId !== null) touched.add(roomId)
    for (const roomId of this.#deps.typing.roomsSince(span.after.typing)) {
      if (visible.membership(roomId) === 'join') touched.add(roomId)
    }
    return touched
  }

  async #addRoom(
    answer: { [K in 'join' | 'invite' | 'knock' | 'leave']: Map<string, string> },
    span: Span,
    visible: VisibleRooms,
    roomId: number,
  ): Promise<void> {
    const now = visible.membership(roomId)
    if (now === undefined) return
    const room = await this.#deps.rooms.readable(roomId)
    if (room === undefined) return
    const { filter } = span.query
    if (!filter.allowsRoom(room.matrixId)) return
    const own = span.changes.ownMemberships.has(roomId)
    if (now === 'invite' || now === 'knock') {
      const isAsked = own || span.changes.accountData.some(saysWhoIsIgnored)
      const text = isAsked ? await outsideRoomText(this.#deps, room, span.query.subject, now) : undefined
      if (text !== undefined) answer[now].set(room.matrixId, text)
      else if (own) await this.#addHidden(answer, span, room)
      return
    }
    if (now === 'join') {
      const before = own ? await this.#membershipAt(span, roomId) : now
      const ofRoom = { ...span, query: { ...span.query, filter: filter.inRoom(room.matrixId) } }
      answer.join.set(room.matrixId, await this.#joined(ofRoom, room, before))
    } else if (own) await this.#addLeft(answer, span, room)
  }

  async #addLeft(answer: { leave: Map<string, string> }, { query, after, until }: Span, room: Room): Promise<void> {
    const places = { after: after.position, until: until.position }
    answer.leave.set(room.matrixId, await this.#deps.leftRooms.text(query, room, places))
  }

  /** An invitation of which nothing is told: where the client was told of something before it, that is over. */
  async #addHidden(answer: { leave: Map<string, string> }, span: Span, room: Room): Promise<void> {
    const before = await this.#membershipAt(span, room.id)
    if (before === 'join' || before === 'invite' || before === 'knock') await this.#addLeft(answer, span, room)
  }

  async #membershipAt(span: Span, roomId: number): Promise<Membership | undefined> {
    const { subject } = span.query
    const [row] = await membershipRowsAt(this.#deps.db, subject.userId, [roomId], span.after.position)
    return row === undefined ? undefined : membershipOfCode(row.membership)
  }

  async #joined(span: Span, room: Room, before: Membership | undefined): Promise<string> {
    const { filter, subject, stateAfter, form } = span.query
    const change = span.changes.rooms.get(room.id)
    const isNew = before !== 'join'
    const found = isNew ? await this.#newestVisible(span, room) : await this.#timeline(span, room, change)
    const part = stateAfter ? found : withoutOvertaken(found, filter.timeline.passes)
    const told = part.events.map((placed) => placed.event).filter((event) => filter.timeline.passes(event))
    const state = await this.#state(span, room, part.events, {
      isNew: isNew || span.query.fullState,
      toldUpTo: part.toldUpTo,
      hasGap: part.limited || part.hides || (stateAfter && part.span.some(({ event }) => event.stateKey !== undefined)),
    })
    const { form: asSeen } = state.length === 0 ? part.visibility : await visibilityFor(this.#deps, room, subject)
    const parts: JoinedRoomParts = {
      timeline: told,
      limited: part.limited,
      end: tokenBefore(part.events[0]?.event, span.until.position),
      state: (stateAfter ? state : withHidden(state, part.span, told, filter.state)).map(asSeen),
      stateAfter,
      sticky: withoutTold(span.sticky.get(room.id) ?? [], told),
      ephemeral: this.#ephemeral(span, room, change, isNew ? await this.#allReceipts(span, room) : []),
      accountData: await this.#roomAccountData(span, room, isNew),
      unread: await this.#unread(span, room),
      unreadByThread: filter.unreadByThread,
      summary:
        isNew || span.query.fullState || part.limited || change?.events.some(({ event }) => membershipSetBy(event))
          ? summaryOf(room, subject.matrixId)
          : undefined,
      aggregations:
        isNew || part.limited ? await aggregationsOf(this.#deps, subject, told, part.visibility) : new Map(),
    }
    return joinedRoomText(parts, form)
  }

  async #timeline(span: Span, room: Room, change: RoomChange | undefined): Promise<VisiblePart> {
    const { query, changes } = span
    const events = change?.events ?? []
    // Whoever was away in between sees of that time what the history lets him see.
    const visibility = changes.ownMemberships.has(room.id)
      ? await visibilityFor(this.#deps, room, query.subject)
      : await visibilityOfTold(this.#deps, query.subject)
    const seen = shownIn(visibility, events)
    const part = newestPart(seen, query.filter.timeline.limit, change?.moreBefore ?? false)
    return { ...part, hides: seen.length < events.length, span: sinceStart(events, part), visibility }
  }

  /**
   * For a room that is new to the client, the newest events that may be seen, whenever they were sent; for one that it was told
   * of before, those since the person's last stay ended.
   */
  async #newestVisible(span: Span, room: Room): Promise<VisiblePart> {
    const { subject, filter } = span.query
    const { limit } = filter.timeline
    const steps = await membershipHistoryRows(this.#deps.db, room.id, subject.userId)
    const told = endOfToldStay(steps, span.after.position)
    const range = { after: told ?? 0, until: span.until.position, limit: limit + 1 }
    const rows = await newestEventLogRows(this.#deps.db, [room.id], range)
    const events = await this.#deps.reader.byIds(rows.map((row) => row.reference))
    const positions = new Map(rows.map((row) => [row.reference, row.position]))
    const visibility = await visibilityFor(this.#deps, room, subject, steps)
    const placed: Placed[] = events.map((event) => ({ event, position: positions.get(event.id) ?? 0 })).reverse()
    const seen = shownIn(visibility, placed)
    // What was hidden between two stays may be seen now: the client is to begin the timeline anew.
    const part = newestPart(seen, limit, rows.length > limit || told !== undefined)
    return { ...part, hides: false, span: sinceStart(placed, part), visibility, toldUpTo: told }
  }

  #state(span: Span, room: Room, timeline: readonly Placed[], how: HowMuch) {
    const { subject, filter } = span.query
    const { sent } = this.#deps
    const { userId, sessionId } = subject
    const query: StateQuery = { userId, sessionId, filter: filter.state, sent, stateAfter: span.query.stateAfter }
    const tellsHeroes = how.isNew || how.hasGap || timeline.some(({ event }) => membershipSetBy(event) !== undefined)
    const heroes = tellsHeroes ? heroIds(room, subject.matrixId) : []
    const wish = { roomId: room.id, timeline, until: span.until.position, heroes, toldUpTo: how.toldUpTo }
    if (how.isNew) return fullState(this.#deps, query, [wish]).then((rooms) => rooms.get(room.id) ?? [])
    return stateChange(this.#deps, query, { ...wish, after: span.after.position, hasGap: how.hasGap })
  }

  #ephemeral(
    span: Span,
    room: Room,
    change: RoomChange | undefined,
    receiptsBefore: RoomChange['receipts'],
  ): JsonObject[] {
    const { filter, subject } = span.query
    const events: JsonObject[] = []
    const receipts = receiptEvents([...receiptsBefore, ...(change?.receipts ?? [])], subject.matrixId)
    if (filter.ephemeral.passes({ type: 'm.receipt' })) events.push(...receipts)
    const typists = this.#deps.typing.since(room.id, span.after.typing)
    if (typists !== undefined && filter.ephemeral.passes({ type: 'm.typing' })) {
      events.push({ type: 'm.typing', content: { user_ids: typists } })
    }
    return events
  }

  async #allReceipts(span: Span, room: Room) {
    const receipts = await this.#deps.receipts.ofRooms([room.id], span.query.subject.userId)
    return receipts.get(room.id) ?? []
  }

  /** All of it for a room that is new to the client: of rooms that one is not in, nothing is told. */
  async #roomAccountData(span: Span, room: Room, isNew: boolean): Promise<JsonObject[]> {
    const { subject, filter } = span.query
    const data = isNew ? await this.#deps.accountData.all(subject.userId) : span.changes.accountData
    return data
      .filter((datum) => datum.roomId === room.id && filter.roomAccountData.passes(datum))
      .map(({ type, content }) => ({ type, content }))
  }

  async #unread(span: Span, room: Room) {
    const counts = await this.#deps.unread.counts(span.query.subject, [room])
    return counts.get(room.id)
  }
}

const isUpTo = (position: number) => (step: MembershipStep) => step.position <= position

/** Where the last time in the room ended that the client was told of; undefined when it was told of none. */
function endOfToldStay(steps: readonly MembershipStep[], after: number): number | undefined {
  const told = steps.filter(isUpTo(after))
  const lastJoin = told.findLastIndex((step) => step.membership === membershipCodes.join)
  return lastJoin < 0 ? undefined : told[lastJoin + 1]?.position
}
