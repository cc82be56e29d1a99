import type { AgencyFacts } from '#access/api.ts'
import { type Clock, type Log, type LogFollower, limits, logKinds, type Postgres, refuse } from '#platform/api.ts'
import { allStaff, deleteStaff, insertStaff } from '../store/agencies.ts'

/** Who works for which agency: in memory on every node, because access decides without waiting. */
export interface Staff extends AgencyFacts {
  of(agencyId: number): readonly number[]
  /** On all nodes: here before it returns, elsewhere when they hear of it. */
  add(agencyId: number, userId: number): Promise<void>
  remove(agencyId: number, userId: number): Promise<void>
}

type Change = { readonly agencyId: number; readonly userId: number; readonly isStaff: boolean }
type Deps = { db: Postgres; log: Pick<Log, 'append' | 'announce' | 'follow'>; clock: Clock }

export async function createStaff({ db, log, clock }: Deps): Promise<Staff> {
  const members = new Map<number, Set<number>>()
  let count = 0
  /** What was told while the table was being read; done again afterwards, because the table may be older. */
  let meanwhile: Change[] | undefined = []

  function take(change: Change): void {
    meanwhile?.push(change)
    const { agencyId, userId, isStaff } = change
    const staff = members.get(agencyId) ?? new Set()
    members.set(agencyId, staff)
    if (staff.has(userId) === isStaff) return
    if (isStaff) staff.add(userId)
    else staff.delete(userId)
    count += isStaff ? 1 : -1
  }
  const follower: LogFollower = {
    deliver(rows) {
      for (const { kind, userId, reference: agencyId } of rows) {
        if (userId === null || agencyId === null) continue
        if (kind === logKinds.staffJoined) take({ agencyId, userId, isStaff: true })
        else if (kind === logKinds.staffLeft) take({ agencyId, userId, isStaff: false })
      }
    },
  }
  log.follow(follower)
  const rows = await allStaff(db)
  const told = meanwhile
  meanwhile = undefined
  for (const row of rows) take({ ...row, isStaff: true })
  for (const change of told) take(change)

  async function set(change: Change): Promise<void> {
    const { agencyId, userId, isStaff } = change
    const drafts = await db.transaction(async (tx) => {
      const changed = isStaff
        ? await insertStaff(tx, agencyId, userId, clock.nowMs())
        : await deleteStaff(tx, agencyId, userId)
      if (!changed) return []
      const kind = isStaff ? logKinds.staffJoined : logKinds.staffLeft
      return log.append(tx, [{ kind, roomId: null, userId, reference: agencyId }])
    })
    take(change)
    log.announce(drafts)
  }

  return {
    isStaff: (userId, agencyId) => members.get(agencyId)?.has(userId) === true,
    of: (agencyId) => [...(members.get(agencyId) ?? [])],
    async add(agencyId, userId) {
      if (count >= limits.agencyStaffMax) {
        throw refuse('M_RESOURCE_LIMIT_EXCEEDED', 'No more people can be made staff of agencies on this server.')
      }
      await set({ agencyId, userId, isStaff: true })
    },
    remove: (agencyId, userId) => set({ agencyId, userId, isStaff: false }),
  }
}
