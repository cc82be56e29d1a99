/**
 * Which events of a room a person may read: two short look-ups (her memberships, the room's history visibilities), then
 * arithmetic on places in the timeline. https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
 */
import type { Membership } from '#access/api.ts'
import type { Db } from '#platform/api.ts'
import { type HistoryVisibility, historyVisibilityOf, membershipOfCode, type Room } from '../rooms/room.ts'
import { membershipHistoryRows, stateHistoryRows } from '../store/room-state.ts'
import type { EventReader } from './event-reader.ts'
import type { StoredEvent } from './stored-event.ts'

type Step<T> = { readonly ordering: number; readonly value: T }

export interface Visibility {
  sees(event: Pick<StoredEvent, 'ordering' | 'type' | 'stateKey' | 'content'>): boolean
  /** Nothing above this place in the timeline can be seen. */
  readonly ceiling: number
}

/** Of a member where history is open to members, or of whoever was told of the events already. */
export const everything: Visibility = { sees: () => true, ceiling: Number.MAX_SAFE_INTEGER }

type Deps = { db: Db; reader: EventReader }

export async function visibilityFor(
  deps: Deps,
  room: Room,
  person: { userId: number; matrixId: string },
): Promise<Visibility> {
  const [memberRows, visibilityRows] = await Promise.all([
    membershipHistoryRows(deps.db, room.id, person.userId),
    stateHistoryRows(deps.db, room.id, 'm.room.history_visibility'),
  ])
  const memberships = memberRows.map((row) => ({ ordering: row.ordering, value: membershipOfCode(row.membership) }))
  const events = await deps.reader.byIds(visibilityRows.map((row) => row.eventId))
  const contents = new Map(events.map((event) => [event.id, event.content]))
  const visibilities = visibilityRows.map((row) => ({
    ordering: row.ordering,
    value: historyVisibilityOf(contents.get(row.eventId)),
  }))
  const joinedNow = memberships.at(-1)?.value === 'join'
  if (joinedNow && visibilities.every((step) => step.value === 'shared' || step.value === 'world_readable')) {
    return everything
  }
  return visibilityOver(memberships, visibilities, person.matrixId)
}

export function visibilityOver(
  memberships: readonly Step<Membership>[],
  visibilities: readonly Step<HistoryVisibility>[],
  matrixId: string,
): Visibility {
  const joins = memberships.filter((step) => step.value === 'join').map((step) => step.ordering)
  const lastJoin = joins.at(-1)
  const ceiling = lastJoin === undefined ? -1 : endOfMembership(memberships, lastJoin)
  const everOpen = visibilities.some((step) => step.value === 'world_readable')
  return {
    ceiling: everOpen ? Number.MAX_SAFE_INTEGER : Math.max(ceiling, memberships.at(-1)?.ordering ?? -1),
    sees: (event) => {
      const own = event.type === 'm.room.member' && event.stateKey === matrixId
      const member = own ? (event.content.membership as Membership) : at(memberships, event.ordering)
      const visibility = at(visibilities, event.ordering) ?? 'shared'
      if (visibility === 'world_readable' || member === 'join') return true
      if (own) return true
      if (visibility === 'shared') return event.ordering <= ceiling
      return visibility === 'invited' && member === 'invite'
    },
  }
}

/** The place where the membership that begins at `from` ends; far away while it holds. */
function endOfMembership(memberships: readonly Step<Membership>[], from: number): number {
  const end = memberships.find((step) => step.ordering > from && step.value !== 'join')
  return end?.ordering ?? Number.MAX_SAFE_INTEGER
}

function at<T>(steps: readonly Step<T>[], ordering: number): T | undefined {
  let value: T | undefined
  for (const step of steps) {
    if (step.ordering > ordering) break
    value = step.value
  }
  return value
}
