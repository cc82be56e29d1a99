import { Recent } from '#platform/api.ts'
import type { Membership } from './acts.ts'
import type { RoomFacts, Subject, VisibleRooms } from './types.ts'

/** People whose sets are kept. Somebody in 5,000 rooms takes about 200 kB, most people a few hundred bytes. */
const peopleMax = 10_000

/**
 * The sets of visible rooms, one a person, each kept until the version of the person's memberships changes. A person
 * who was not seen for longest is dropped first.
 */
export function createVisibility(facts: RoomFacts): (subject: Subject) => VisibleRooms {
  const kept = new Recent<number, VisibleRooms>(peopleMax)
  return (subject) => {
    const version = String(facts.membershipsVersion(subject.userId))
    const known = kept.get(subject.userId)
    if (known?.version === version) return known
    const rooms = sortRooms(version, facts.memberships(subject.userId))
    kept.set(subject.userId, rooms)
    return rooms
  }
}

function sortRooms(version: string, memberships: ReadonlyMap<number, Membership>): VisibleRooms {
  const joined = new Set<number>()
  const invited = new Set<number>()
  const knocked = new Set<number>()
  const left = new Set<number>()
  const banned = new Set<number>()
  const sets: Record<Membership, Set<number>> = {
    join: joined,
    invite: invited,
    knock: knocked,
    leave: left,
    ban: left,
  }
  for (const [roomId, membership] of memberships) {
    sets[membership].add(roomId)
    if (membership === 'ban') banned.add(roomId)
  }
  function membership(roomId: number): Membership | undefined {
    if (joined.has(roomId)) return 'join'
    if (invited.has(roomId)) return 'invite'
    if (knocked.has(roomId)) return 'knock'
    if (banned.has(roomId)) return 'ban'
    return left.has(roomId) ? 'leave' : undefined
  }
  return Object.freeze({
    version,
    joined,
    invited,
    knocked,
    left,
    has: (roomId: number) => membership(roomId) !== undefined,
    membership,
  })
}
