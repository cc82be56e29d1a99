import { type Access, room as roomObject, type Subject } from '#access/api.ts'
import { isAlias } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import { isRestricted, type JoinConditions } from '../rooms/join-conditions.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Aliases } from './aliases.ts'

export type KnownAliasDeps = {
  aliases: Pick<Aliases, 'resolve'>
  access: Pick<Access, 'decide'>
  rooms: Pick<RoomCache, 'room'>
  memberships: Pick<Memberships, 'load'>
  conditions: Pick<JoinConditions, 'verdict'>
}

/** The room behind an address, for those who may know of it; for all others there is no such address. */
export async function roomOfAlias(deps: KnownAliasDeps, subject: Subject, alias: string): Promise<Room> {
  if (!isAlias(alias)) throw refuse('M_INVALID_PARAM', 'An address of a room looks like #name:server.')
  const roomId = await deps.aliases.resolve(alias)
  if (roomId === undefined) throw noSuchAlias()
  const [room] = await Promise.all([deps.rooms.room(roomId), deps.memberships.load(subject.userId)])
  if (!(await mayKnow(deps, subject, room))) throw noSuchAlias()
  return room
}

/** Whoever could see the room or come in may know that it exists. The person's memberships are loaded. */
export async function mayKnow(
  deps: Pick<KnownAliasDeps, 'access' | 'conditions'>,
  subject: Subject,
  room: Room,
): Promise<boolean> {
  if (deps.access.decide(subject, 'room.see', roomObject(room.id)).allowed) return true
  return isRestricted(room) && (await deps.conditions.verdict(room, subject.userId)) === 'met'
}

export function noSuchAlias(): Error {
  return refuse('M_NOT_FOUND', 'No room has this address. Check the spelling.')
}
