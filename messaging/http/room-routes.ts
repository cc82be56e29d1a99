import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Db, Route } from '#platform/api.ts'
import type { Aliases } from '../directory/aliases.ts'
import { MutualRooms } from '../directory/mutual-rooms.ts'
import type { JoinConditions } from '../rooms/join-conditions.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { Hierarchy } from '../spaces/hierarchy.ts'
import { Previews } from '../spaces/previews.ts'
import { getMutualRooms } from './get-mutual-rooms.ts'
import { getRoomSummary } from './get-room-summary.ts'
import { getSpaceHierarchy } from './get-space-hierarchy.ts'

export type RoomRouteDeps = {
  readonly db: Db
  readonly access: Access
  readonly users: Users
  readonly rooms: RoomCache
  readonly memberships: Memberships
  readonly conditions: JoinConditions
  readonly aliases: Aliases
}

/** Looking at rooms from outside. */
export function roomRoutes(deps: RoomRouteDeps): Route[] {
  const previews = new Previews(deps)
  const parts = { ...deps, previews, hierarchy: new Hierarchy({ previews }), mutualRooms: new MutualRooms(deps) }
  return [getSpaceHierarchy(parts), getRoomSummary(parts), getMutualRooms(parts)]
}
