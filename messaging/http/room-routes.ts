import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Clock, Limits, Logger, Random, Route, Vault } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { Aliases } from '../directory/aliases.ts'
import { MutualRooms } from '../directory/mutual-rooms.ts'
import { PublicRooms } from '../directory/public-rooms.ts'
import type { RoomSummaries } from '../directory/room-summaries.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { VisibilityDeps } from '../events/visibility.ts'
import type { Notices } from '../notices/notices.ts'
import { Peek } from '../peeking/peek.ts'
import type { RoomWaiters } from '../peeking/room-waiters.ts'
import { Reports } from '../reports/reports.ts'
import type { RoomMaker } from '../rooms/create-room.ts'
import type { Doors } from '../rooms/doors.ts'
import type { JoinConditions } from '../rooms/join-conditions.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { RoomStates } from '../rooms/room-states.ts'
import { Hierarchy } from '../spaces/hierarchy.ts'
import { Previews } from '../spaces/previews.ts'
import type { SessionSignals } from '../sync/session-signals.ts'
import type { Heritage } from '../upgrades/heritage.ts'
import { RoomUpgrade } from '../upgrades/upgrade-room.ts'
import { getMutualRooms } from './get-mutual-rooms.ts'
import { getRoomSummary } from './get-room-summary.ts'
import { getSpaceHierarchy } from './get-space-hierarchy.ts'
import { listReports } from './list-reports.ts'
import { peekEvents } from './peek-events.ts'
import { reportEvent, reportRoom, reportUser } from './report-content.ts'
import { roomInitialSync } from './room-initial-sync.ts'
import { sendNotice } from './send-notice.ts'
import { putServerNotice, sendServerNotice } from './send-server-notice.ts'
import { upgradeRoom } from './upgrade-room.ts'

export type RoomRouteDeps = VisibilityDeps & {
  readonly access: Access
  readonly users: Users
  readonly rooms: RoomCache
  readonly memberships: Memberships
  readonly conditions: JoinConditions
  readonly aliases: Aliases
  readonly doors: Doors
  readonly maker: RoomMaker
  readonly writer: RoomWriter
  readonly heritage: Heritage
  readonly summaries: RoomSummaries
  readonly states: RoomStates
  readonly accountData: AccountData
  readonly roomWaiters: RoomWaiters
  readonly sessions: SessionSignals
  readonly logger: Logger
  readonly limits: Limits
  readonly vault: Vault
  readonly random: Random
  readonly clock: Clock
  readonly notices: Notices
}

/** Looking at rooms from outside, replacing them, and reporting what is amiss. */
export function roomRoutes(deps: RoomRouteDeps): Route[] {
  const previews = new Previews(deps)
  const parts = { ...deps, previews, hierarchy: new Hierarchy({ previews }), mutualRooms: new MutualRooms(deps) }
  const publicRooms = new PublicRooms(deps)
  const upgrades = new RoomUpgrade({ ...deps, publicRooms })
  const peek = new Peek({ ...deps, publicRooms, waiters: deps.roomWaiters })
  const reporting = { ...deps, reports: new Reports(deps) }
  return [
    upgradeRoom({ upgrades }),
    getSpaceHierarchy(parts),
    getRoomSummary(parts),
    getMutualRooms(parts),
    reportEvent(reporting),
    reportRoom(reporting),
    reportUser(reporting),
    listReports(reporting),
    sendNotice(deps),
    sendServerNotice(deps),
    putServerNotice(deps),
    peekEvents({ peek, sessions: deps.sessions }),
    roomInitialSync({ peek }),
  ]
}
