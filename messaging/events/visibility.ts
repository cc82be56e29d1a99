/**
 * Which events of a room a person may read: two short look-ups (her memberships, the room's history visibilities), then
 * arithmetic on places in the timeline. https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
 * And which of these she wants to: not what people say whom she ignores.
 */
import type { Membership } from '#access/api.ts'
import type { Db } from '#platform/api.ts'
import type { Erasures } from '../departure/erasures.ts'
import { type HistoryVisibility, historyVisibilityOf, membershipOfCode, type Room } from '../rooms/room.ts'
import type { Places } from '../store/events.ts'
import { type MembershipStep, membershipHistoryRows, stateHistoryRows } from '../store/room-state.ts'
import type { EventReader } from './event-reader.ts'
import type { StoredEvent } from './stored-event.ts'

type Step<T> = { readonly ordering: number; readonly value: T }

export interface Visibility {
  /** The event as the person may see it; undefined where she may not. */
  shown(event: StoredEvent): StoredEvent | undefined
  /** The same for state, which is told whether she may see the event in the timeline or not. */
  form(event: StoredEvent): StoredEvent
  /** Nothing above this place in the timeline can be seen. */
  readonly ceiling: number
  /** Where what everybody says can be seen; one's own memberships are seen anywhere. In order, apart from each other. */
  readonly places: readonly Places[]
  /** Matrix ids of those of whom only state is told. */
  readonly ignored: ReadonlySet<string>
}

const first = Number.MIN_SAFE_INTEGER
const last = Number.MAX_SAFE_INTEGER
const nobody: ReadonlySet<string> = new Set()

/** Of a member where history is open to members, or of whoever was told of the events already. */
export const everything: Visibility = {
  shown: (event) => event,
  form: (event) => event,
  ceiling: last,
  places: [{ from: first, to: last }],
  ignored: nobody,
}

type Person = { readonly userId: number; readonly matrixId: string }

/** https://spec.matrix.org/v1.19/client-server-api/#ignoring-users */
export interface Ignores {
  /** Matrix ids of those whom the person ignores. The same set until she changes it. */
  ignoredBy(person: Person): Promise<ReadonlySet<string>>
}

type HistoryDeps = { db: Db; reader: EventReader; erasures: Pick<Erasures, 'inRoom'> }
export type VisibilityDeps = HistoryDeps & { ignores: Ignores }

/** What the person is told of. `memberships` are hers in the room, where they are known already. */
export async function visibilityFor(
  deps: VisibilityDeps,
  room: Room,
  person: Person,
  memberships?: readonly MembershipStep[],
): Promise<Visibility> {
  const [history, ignored] = await Promise.all([
    historyFor(deps, room, person, memberships),
    deps.ignores.ignoredBy(person),
  ])
  return without(ignored, history)
}

/** Of events that the person may see, because she is in the room or was told of them. */
export async function visibilityOfTold({ ignores }: Pick<VisibilityDeps, 'ignores'>, person: Person) {
  return without(await ignores.ignoredBy(person), everything)
}

/** State is told whoever set it, so that a room does not look otherwise to whoever ignores somebody. */
export function isIgnored({ stateKey, sender }: StoredEvent, ignored: ReadonlySet<string>): boolean {
  return stateKey === undefined && ignored.has(sender)
}

/** One object for each set: what belongs to the events of several rooms is asked for at once where they are seen alike. */
const everythingBut = new WeakMap<ReadonlySet<string>, Visibility>()

function without(ignored: ReadonlySet<string>, history: Visibility): Visibility {
  if (ignored.size === 0) return history
  const known = history === everything ? everythingBut.get(ignored) : undefined
  if (known !== undefined) return known
  const shown = (event: StoredEvent) => (isIgnored(event, ignored) ? undefined : history.shown(event))
  const visibility = { ...history, shown, ignored }
  if (history === everything) everythingBut.set(ignored, visibility)
  return visibility
}

/** What the person may read, also of those whom she ignores. */
export async function historyFor(
  deps: HistoryDeps,
  room: Room,
  person: Person,
  memberships?: readonly MembershipStep[],
): Promise<Visibility> {
  const erased = await deps.erasures.inRoom(room.id)
  if (erased.size === 0 && isMemberOfOpenRoom(room, person)) return everything
  const [memberRows, visibilityRows] = await Promise.all([
    memberships ?? membershipHistoryRows(deps.db, room.id, person.userId),
    stateHistoryRows(deps.db, room.id, 'm.room.history_visibility'),
  ])
  const steps = memberRows.map((row) => ({ ordering: row.ordering, value: membershipOfCode(row.membership) }))
  const events = await deps.reader.byIds(visibilityRows.map((row) => row.eventId))
  const contents = new Map(events.map((event) => [event.id, event.content]))
  const visibilities = visibilityRows.map((row) => ({
    ordering: row.ordering,
    value: historyVisibilityOf(contents.get(row.eventId)),
  }))
  const joinedNow = steps.at(-1)?.value === 'join'
  const isOpen = joinedNow && visibilities.every((step) => isOpenToMembers(step.value))
  if (isOpen && erased.size === 0) return everything
  return visibilityOver(steps, visibilities, person.matrixId, erased)
}

/** What the room in memory tells: where history was open to members from the first, they need no look-up. */
function isMemberOfOpenRoom(room: Room, person: Person): boolean {
  if (room.member(person.matrixId)?.membership !== 'join' || !isOpenToMembers(room.historyVisibility())) return false
  // A redacted event no longer tells what it replaced.
  const unsigned = room.stateEntry('m.room.history_visibility')?.pdu.unsigned
  return unsigned?.replaces_state === undefined && unsigned?.redacted_because === undefined
}

function isOpenToMembers(visibility: HistoryVisibility): boolean {
  return visibility === 'shared' || visibility === 'world_readable'
}

function visibilityOver(
  memberships: readonly Step<Membership>[],
  visibilities: readonly Step<HistoryVisibility>[],
  matrixId: string,
  erased: ReadonlySet<string>,
): Visibility {
  const joins = memberships.filter((step) => step.value === 'join').map((step) => step.ordering)
  const lastJoin = joins.at(-1)
  const ceiling = lastJoin === undefined ? -1 : endOfMembership(memberships, lastJoin)
  const everOpen = visibilities.some((step) => step.value === 'world_readable')
  const seesAt = (ordering: number) => {
    const member = at(memberships, ordering)
    const visibility = at(visibilities, ordering) ?? 'shared'
    if (visibility === 'world_readable' || member === 'join') return true
    if (visibility === 'shared') return ordering <= ceiling
    return visibility === 'invited' && member === 'invite'
  }
  const sees = (event: StoredEvent) =>
    (event.type === 'm.room.member' && event.stateKey === matrixId) || seesAt(event.ordering)
  const form = (event: StoredEvent) =>
    isOfErased(event, erased) && at(memberships, event.ordering) !== 'join' ? event.pruned() : event
  return {
    ignored: nobody,
    ceiling: everOpen ? last : Math.max(ceiling, memberships.at(-1)?.ordering ?? -1),
    form,
    shown: (event) => (sees(event) ? form(event) : undefined),
    places: placesWhere(seesAt, [...memberships, ...visibilities].map((step) => step.ordering).concat(ceiling + 1)),
  }
}

/**
 * Whether it holds words of an erased person: what she said, and what memberships tell of her. State that she set is the room's
 * and stays.
 */
function isOfErased(event: StoredEvent, erased: ReadonlySet<string>): boolean {
  if (erased.size === 0) return false
  const { stateKey, redactedBy } = event
  if (stateKey === undefined && erased.has(event.sender)) return true
  if (event.type === 'm.room.member' && erased.has(stateKey ?? '')) return true
  return redactedBy !== undefined && erased.has(redactedBy)
}

/** Those of these events that the person may see, as she may see them. */
export function shownOf(visibility: Visibility, events: readonly StoredEvent[]): StoredEvent[] {
  if (visibility === everything) return [...events]
  return events.flatMap((event) => visibility.shown(event) ?? [])
}

/** The places that a rule admits, when it changes its answer at no others than those given. */
function placesWhere(admits: (ordering: number) => boolean, changes: readonly number[]): Places[] {
  const starts = [first, ...new Set(changes.filter((place) => place > first && place <= last))].sort((a, b) => a - b)
  const admitted: { from: number; to: number }[] = []
  for (const [n, from] of starts.entries()) {
    if (!admits(from)) continue
    const to = (starts[n + 1] ?? last + 1) - 1
    const before = admitted.at(-1)
    if (before !== undefined && before.to === from - 1) before.to = to
    else admitted.push({ from, to })
  }
  return admitted
}

/** The place where the membership that begins at `from` ends; far away while it holds. */
function endOfMembership(memberships: readonly Step<Membership>[], from: number): number {
  const end = memberships.find((step) => step.ordering > from && step.value !== 'join')
  return end?.ordering ?? last
}

function at<T>(steps: readonly Step<T>[], ordering: number): T | undefined {
  let value: T | undefined
  for (const step of steps) {
    if (step.ordering > ordering) break
    value = step.value
  }
  return value
}
