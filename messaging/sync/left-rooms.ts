import type { StoredEvent } from '../events/stored-event.ts'
import { type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import { isEnd, membershipCodes, type Room } from '../rooms/room.ts'
import { newestEventLogRows } from '../store/log-rows.ts'
import { type MembershipStep, membershipHistoryRows } from '../store/room-state.ts'
import type { EventFilter } from './filter.ts'
import { leftRoomText } from './render.ts'
import { newestPart, type Placed, shownIn, sinceStart, withoutOvertaken } from './room-delta.ts'
import { fullState, type StateQuery, stateChange, withHidden } from './room-state-part.ts'
import type { SentMembers } from './sent-members.ts'
import type { SyncQuery } from './sync.ts'
import { tokenBehind } from './tokens.ts'

type Deps = VisibilityDeps & { sent: SentMembers }

/** The part of a person's time in a room that a client has not been told: (after, end]; undefined when there is none. */
type Stay = {
  readonly after: number
  readonly end: MembershipStep
  readonly isNew: boolean
  /** Whether the client was told of an earlier stay, and may lack what was said between the two. */
  readonly isReturn: boolean
  /** Where the earlier stay ended that the client was told of. */
  readonly toldUpTo: number | undefined
}

/** Rooms that a person has left, or was removed from: told up to there, and not an event further. */
export class LeftRooms {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** What happened after one position and up to another, as the entry of `rooms.leave`. */
  async text(query: SyncQuery, room: Room, span: { after: number; until: number }): Promise<string> {
    const { after } = span
    const { subject } = query
    const filter = query.filter.inRoom(room.matrixId)
    const all = await membershipHistoryRows(this.#deps.db, room.id, subject.userId)
    // The database may know more than this answer is about: that is told with the next one.
    const steps = all.filter((step) => step.position <= span.until)
    const stay = untoldStay(steps, after)
    const { limit } = filter.timeline
    const range = { after, until: stay?.end.position ?? 0, limit: limit + 1 }
    const rows = stay === undefined ? [] : await newestEventLogRows(this.#deps.db, [room.id], range)
    // A removal that became a ban is told; what others said between the two is not.
    const own = steps.filter((step) => isEnd(step) && step.position > (stay?.end.position ?? after))
    const places = new Map(rows.map((row) => [row.reference, row.position]))
    for (const step of own) places.set(step.eventId, step.position)
    const events = await this.#deps.reader.byIds([...places.keys()])
    const visibility = await visibilityFor(this.#deps, room, subject, steps)
    const placed = events.map((event) => ({ event, position: places.get(event.id) ?? 0 }))
    placed.sort((a, b) => a.position - b.position)
    const seen = shownIn(visibility, placed)
    const lacks = stay?.isReturn === true || wasAskedBack(steps, after)
    const newest = newestPart(seen, limit, rows.length > limit || lacks)
    const spanned = { ...newest, span: sinceStart(placed, newest) }
    const part = query.stateAfter ? spanned : withoutOvertaken(spanned, filter.timeline.passes)
    const timeline = part.events.map(({ event }) => event).filter((event) => filter.timeline.passes(event))
    const then = stay === undefined ? [] : await this.#state({ ...query, filter }, room, stay, part.events)
    const state = then.map(visibility.form)
    const end = (part.events[0]?.event.ordering ?? (steps.at(-1)?.ordering ?? 0) + 1) - 1
    return leftRoomText(
      {
        timeline,
        limited: part.limited,
        end: tokenBehind(end),
        state: query.stateAfter
          ? withOwn(state, placed, own, filter.state)
          : stay === undefined
            ? []
            : withHidden(state, part.span, timeline, filter.state).map(visibility.form),
        stateAfter: query.stateAfter,
        aggregations: new Map(),
      },
      query.form,
    )
  }

  async #state(query: SyncQuery, room: Room, stay: Stay, timeline: readonly Placed[]): Promise<StoredEvent[]> {
    const { subject, filter } = query
    const { sent } = this.#deps
    const { userId, sessionId } = subject
    const wanted: StateQuery = { userId, sessionId, filter: filter.state, sent, stateAfter: query.stateAfter }
    const wish = { roomId: room.id, timeline, until: stay.end.position, toldUpTo: stay.toldUpTo }
    if (stay.isNew) return (await fullState(this.#deps, wanted, [wish])).get(room.id) ?? []
    return stateChange(this.#deps, wanted, { ...wish, after: stay.after, hasGap: true })
  }
}

/** The state behind the end of the stay, with what the person's own membership became since. */
function withOwn(
  state: readonly StoredEvent[],
  span: readonly Placed[],
  own: readonly MembershipStep[],
  filter: EventFilter,
): StoredEvent[] {
  const last = span.find(({ event }) => event.id === own.at(-1)?.eventId)?.event
  if (last === undefined || !filter.passes(last)) return [...state]
  return [...state.filter((event) => event.type !== last.type || event.stateKey !== last.stateKey), last]
}

/** Whether the client was last told of an invitation or a knock: that the stay before it had ended was passed over then. */
function wasAskedBack(steps: readonly MembershipStep[], after: number): boolean {
  const told = steps.filter((step) => step.position <= after)
  const last = told.at(-1)?.membership
  return (
    (last === membershipCodes.invite || last === membershipCodes.knock) &&
    told.some((step) => step.membership === membershipCodes.join)
  )
}

function untoldStay(steps: readonly MembershipStep[], after: number): Stay | undefined {
  const lastJoin = steps.findLastIndex((step) => step.membership === membershipCodes.join)
  const end = steps[lastJoin + 1]
  if (lastJoin < 0 || end === undefined || end.position <= after) return undefined
  const told = steps.findLast((step) => step.position <= after)
  const isNew = told?.membership !== membershipCodes.join
  const isBefore = (step: MembershipStep) => step.position <= after
  const toldJoin = steps.findLastIndex((step) => isBefore(step) && step.membership === membershipCodes.join)
  const isReturn = isNew && toldJoin >= 0
  return { after, end, isNew, isReturn, toldUpTo: isReturn ? steps[toldJoin + 1]?.position : undefined }
}
