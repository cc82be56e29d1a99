import { isJsonObject, type Pdu, powerLevelOf } from '#matrix/api.ts'
import type { Room } from '../rooms/room.ts'

/** Stands for all who are in the room. No user id looks like it. */
export const everybody = '*'

/**
 * Whom an event highlights. Calling the whole room needs the level that the room sets for it.
 * https://spec.matrix.org/v1.19/client-server-api/#user-and-room-mentions
 */
export function mentionedIn(room: Room, pdu: Pdu): string[] {
  const mentions = pdu.content['m.mentions']
  if (!isJsonObject(mentions)) return []
  const ids = Array.isArray(mentions.user_ids) ? mentions.user_ids : []
  const people = new Set(ids.filter((id): id is string => typeof id === 'string' && id !== everybody))
  if (mentions.room === true && mayCallRoom(room, pdu.sender)) people.add(everybody)
  return [...people]
}

const levelDefault = 50

function mayCallRoom(room: Room, sender: string): boolean {
  const notifications = room.content('m.room.power_levels')?.notifications
  const set = isJsonObject(notifications) ? notifications.room : undefined
  return powerLevelOf(sender, room, room.version) >= (typeof set === 'number' ? set : levelDefault)
}
