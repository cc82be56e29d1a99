/** What an answer tells of each room: put together for all of its rooms at once, so that twenty cost little more than one. */
import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Clock } from '#platform/api.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import { membershipCodes, type Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { membershipHistoryRows } from '../store/room-state.ts'
import type { Changes } from '../sync/changes.ts'
import { strippedState } from '../sync/stripped-state.ts'
import { heroesOf } from '../sync/summary.ts'
import type { Unread } from '../unread/unread.ts'
import { live, never, type SentRoom, type StateDraft, type Told } from './connection-state.ts'
import type { DirectRooms } from './direct-rooms.ts'
import type { Dialect } from './request.ts'
import { canonicalRules, isLazy, membersWanted } from './required-state.ts'
import type { RoomWish } from './room-lists.ts'
import type { RoomStatePart, SlidingStates } from './room-states.ts'
import type { RoomTask } from './room-task.ts'
import { type JoinedText, joinedText, outsiderText } from './room-text.ts'
import { aggregationsOfRooms, type RoomTimeline, timelinesOf } from './room-timelines.ts'

type Deps = VisibilityDeps & {
  rooms: RoomCache
  unread: Unread
  directs: DirectRooms
  states: SlidingStates
  clock: Clock
}

export type ResultsQuery = {
  readonly subject: Subject
  readonly dialect: Dialect
  /** Names the connection, for members that are loaded lazily. */
  readonly connection: string
  /** The position that the client came with; undefined at the beginning of a connection. */
  readonly after: number | undefined
  readonly until: number
  readonly changes: Changes
}

export type RoomResult = {
  readonly matrixId: string
  readonly text: string
  /** The client begins the timeline of the room anew, and with it what belongs to its events. */
  readonly isAnew: boolean
  readonly timeline: readonly StoredEvent[]
}

const allEvents = 2 ** 31 - 1

export class RoomResults {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** What is to be told now, by room; `draft` takes in that it was. */
  async collect(
    query: ResultsQuery,
    wishes: ReadonlyMap<number, RoomWish>,
    draft: StateDraft,
  ): Promise<Map<number, RoomResult>> {
    const results = new Map<number, RoomResult>()
    const tasks: RoomTask[] = []
    const directs = await this.#deps.directs.of(query.subject.userId)
    const chosen = [...wishes.values()].filter((wish) => mayTell(query, wish, draft.rooms.get(wish.own.roomId), draft))
    const rooms = await this.#deps.rooms.readableOf(chosen.map((wish) => wish.own.roomId))
    for (const wish of chosen) {
      const { roomId, membership } = wish.own
      const sent = draft.rooms.get(roomId)
      const isIn = membership === 'join' || (wish.own.wasJoined && (membership === 'leave' || membership === 'ban'))
      const room = rooms.get(roomId)
      if (room === undefined) continue
      if (!isIn) await this.#addOutsider(query, wish, room, draft, results)
      else tasks.push(await this.#task(query, wish, room, sent))
    }
    await this.#addTasks(query, tasks, directs, draft, results)
    return results
  }

  async #addOutsider(
    query: ResultsQuery,
    wish: RoomWish,
    room: Room,
    draft: StateDraft,
    results: Map<number, RoomResult>,
  ): Promise<void> {
    const { membership, stays } = wish.own
    const sent = draft.rooms.get(room.id)
    const code = membershipCodes[membership]
    const isSame = sent?.membership === code && !query.changes.ownMemberships.has(room.id)
    if (isSame && sent.timeline === live) return
    const stripped = await strippedState(this.#deps, room, query.subject, membership)
    if (stripped === undefined) return
    const text = outsiderText({ own: wish.own, lists: wish.lists, stripped, dialect: query.dialect })
    results.set(room.id, { matrixId: room.matrixId, text, isAnew: true, timeline: [] })
    if (stays) draft.setRoom(room.id, { ...unsent, membership: code, timeline: live })
    else draft.forgetRoom(room.id)
  }

  async #task(query: ResultsQuery, wish: RoomWish, room: Room, sent: SentRoom | undefined): Promise<RoomTask> {
    const { subject, until, changes, after } = query
    const { membership } = wish.own
    const isJoined = membership === 'join'
    const was = sent === undefined ? undefined : sent.timeline === live ? after : sent.timeline
    const wasIn = sent?.membership === membershipCodes.join
    const mayHaveMoved = was !== after || changes.ownMemberships.has(room.id)
    const history =
      isJoined && (!wasIn || !mayHaveMoved) ? [] : await membershipHistoryRows(this.#deps.db, room.id, subject.userId)
    // The database may know more than this answer is about: that is told with the next one.
    const steps = history.filter((step) => step.position <= until)
    const ended = steps.filter((step) => step.membership !== membershipCodes.join && step.position > (was ?? 0))
    const lastJoin = steps.findLastIndex((step) => step.membership === membershipCodes.join)
    const end = isJoined ? until : (steps[lastJoin + 1]?.position ?? until)
    // Whoever left and came back begins anew: what was said between may be hidden from her.
    const begins = was === undefined || !wasIn || (isJoined && ended.length > 0)
    const from = begins ? undefined : Math.min(was, end)
    const change =
      from !== undefined && from === after && isJoined ? (changes.rooms.get(room.id) ?? noChange) : undefined
    const expands = from !== undefined && isJoined && sent !== undefined && wish.timelineLimit > sent.limit
    return { room, wish, sent, from, to: end, change, expands }
  }

  async #addTasks(
    query: ResultsQuery,
    tasks: readonly RoomTask[],
    directs: ReadonlySet<string>,
    draft: StateDraft,
    results: Map<number, RoomResult>,
  ): Promise<void> {
    if (tasks.length === 0) return
    const { subject } = query
    const timelines = await timelinesOf(this.#deps, subject, tasks)
    const anew = tasks.filter((task) => isAnew(task) || timelines.get(task.room.id)?.limited)
    const joined = tasks.filter((task) => task.wish.own.membership === 'join')
    const [states, aggregations, unread] = await Promise.all([
      this.#deps.states.of(query.connection, tasks, timelines, changedConfigs(tasks, draft)),
      aggregationsOfRooms(
        this.#deps,
        subject,
        anew.flatMap((task) => timelines.get(task.room.id) ?? []),
      ),
      this.#deps.unread.counts(
        subject,
        joined.map(({ room }) => room),
      ),
    ])
    for (const task of tasks) {
      const timeline = timelines.get(task.room.id)
      const held = states.get(task.room.id)
      if (timeline === undefined || held === undefined) continue
      const { form } = await visibilityFor(this.#deps, task.room, subject)
      const state = { ...held, required: held.required.map(form) }
      const isDirect = directs.has(task.room.matrixId)
      if (tells(query, task, timeline, state, isDirect)) {
        const heroes = await this.#heroes(task, state, subject)
        const parts: JoinedText = { task, timeline, state, heroes, isDirect, unread: unread.get(task.room.id) }
        const text = joinedText(parts, { ...query, aggregations, clock: this.#deps.clock })
        const told = timeline.events.map((placed) => placed.event)
        results.set(task.room.id, { matrixId: task.room.matrixId, text, isAnew: isAnew(task), timeline: told })
      }
      remember(draft, task, timeline, isDirect)
    }
  }

  /** By whom a room without a name may be called, where that is new to the client. */
  async #heroes(task: RoomTask, state: RoomStatePart, subject: Subject): Promise<JsonObject[] | undefined> {
    // Who has left is not told who is there now.
    if (task.wish.own.membership !== 'join') return undefined
    if (!state.membersChanged && !state.about.has('m.room.name') && task.from !== undefined) return undefined
    const name = task.room.content('m.room.name')?.name
    if (typeof name === 'string' && name !== '') return undefined
    const people = heroesOf(task.room, subject.matrixId)
    const ids = people.flatMap((person) => task.room.member(person)?.internalId ?? [])
    const events = await this.#deps.reader.byIds(ids)
    return events.map((event) => {
      const { displayname, avatar_url } = event.content
      return {
        user_id: event.stateKey ?? '',
        ...(typeof displayname === 'string' && { displayname }),
        ...(typeof avatar_url === 'string' && { avatar_url }),
      }
    })
  }
}

const noChange = { events: [], moreBefore: false, receipts: [] }
const untold = { timeline: never, receipts: never, accountData: never, members: live } as const
const unsent = { ...untold, limit: 0, config: 0, isDirect: false } as const

function isAnew(task: RoomTask): boolean {
  return task.from === undefined || task.expands
}

/** False for a room of which surely nothing is new, so that it need not be looked at. */
function mayTell(query: ResultsQuery, wish: RoomWish, sent: SentRoom | undefined, draft: StateDraft): boolean {
  if (sent === undefined || sent.timeline !== live) return true
  const { roomId, membership } = wish.own
  if (sent.membership !== membershipCodes[membership]) return true
  if (query.changes.rooms.has(roomId) || query.changes.ownMemberships.has(roomId)) return true
  if (membership !== 'join') return false
  if (query.changes.recounted.has(roomId)) return true
  if (wish.timelineLimit > sent.limit || draft.configText(sent) !== canonicalRules(wish.requiredState)) return true
  return query.changes.accountData.some((datum) => datum.roomId === null && datum.type === 'm.direct')
}

/** The required states that rooms were told by, where the client requires another one now. */
function changedConfigs(tasks: readonly RoomTask[], draft: StateDraft): Map<number, string> {
  const changed = new Map<number, string>()
  for (const { room, wish, sent, from } of tasks) {
    if (from === undefined || sent === undefined) continue
    const before = draft.configText(sent)
    if (before !== canonicalRules(wish.requiredState)) changed.set(room.id, before)
  }
  return changed
}

function tells(
  query: ResultsQuery,
  task: RoomTask,
  timeline: RoomTimeline,
  state: RoomStatePart,
  isDirect: boolean,
): boolean {
  const { sent, from, wish } = task
  if (isAnew(task) || sent === undefined || timeline.events.length > 0 || timeline.limited) return true
  if (state.required.length > 0 || state.about.size > 0 || state.membersChanged) return true
  if (sent.membership !== membershipCodes[wish.own.membership] || sent.isDirect !== isDirect) return true
  return from !== query.after || mayRecount(query, task.room.id)
}

/** Whether the person's own receipt, or rule, may have changed what of a room is unread to her. */
export function mayRecount({ changes, subject }: Pick<ResultsQuery, 'changes' | 'subject'>, roomId: number): boolean {
  const receipts = changes.rooms.get(roomId)?.receipts ?? []
  return changes.recounted.has(roomId) || receipts.some((receipt) => receipt.matrixId === subject.matrixId)
}

/** Whoever requires no members hears nothing of those that she was told before. After a gap she begins her list anew. */
function membersTold({ wish, sent, from }: RoomTask, timeline: RoomTimeline): Told {
  const { requiredState } = wish
  if (from === undefined || timeline.hasGap) return live
  if (isLazy(requiredState) || membersWanted(requiredState) === 'all') return live
  const told = sent?.members ?? live
  return told === live && timeline.span.some(({ event }) => event.type === 'm.room.member') ? from : told
}

function remember(draft: StateDraft, task: RoomTask, timeline: RoomTimeline, isDirect: boolean): void {
  const { room, wish, sent, from } = task
  const { membership, stays } = wish.own
  if (!stays) {
    draft.forgetRoom(room.id)
    return
  }
  const begins = from === undefined
  const isWhole = begins || task.expands
  const limit = isWhole
    ? timeline.limited
      ? wish.timelineLimit
      : allEvents
    : timeline.limited
      ? wish.timelineLimit
      : (sent?.limit ?? 0)
  draft.setRoom(room.id, {
    membership: membershipCodes[membership],
    timeline: live,
    receipts: begins ? never : (sent?.receipts ?? never),
    accountData: begins ? never : (sent?.accountData ?? never),
    members: membersTold(task, timeline),
    limit,
    config: draft.configIndex(canonicalRules(wish.requiredState)),
    isDirect,
  })
}
