import { powerLevelOf, requiredPowerLevel } from '#matrix/api.ts'
import type { Room } from '../rooms/room.ts'

/** Whoever may say which address is a room's main one may also take addresses away and list the room. */
export function mayName(room: Room, matrixId: string): boolean {
  const needed = requiredPowerLevel('m.room.canonical_alias', true, room, room.version)
  return powerLevelOf(matrixId, room, room.version) >= needed
}
