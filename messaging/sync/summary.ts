import type { JsonObject } from '#matrix/api.ts'
import type { Room } from '../rooms/room.ts'

const heroesMax = 5

/**
 * Counts, and for rooms without a name the people by whom a client may call it.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
 */
export function summaryOf(room: Room, reader: string): JsonObject {
  const summary: JsonObject = {
    'm.joined_member_count': room.memberCount('join'),
    'm.invited_member_count': room.memberCount('invite'),
  }
  const name = room.content('m.room.name')?.name
  const alias = room.content('m.room.canonical_alias')?.alias
  if ((typeof name === 'string' && name !== '') || typeof alias === 'string') return summary
  return { ...summary, 'm.heroes': heroesOf(room, reader) }
}

/** Those who are here or invited; when nobody is, those who were. */
export function heroesOf(room: Room, reader: string): string[] {
  const here: string[] = []
  const gone: string[] = []
  for (const member of room.members()) {
    if (member.matrixId === reader) continue
    const list = member.membership === 'join' || member.membership === 'invite' ? here : gone
    if (list.length < heroesMax) list.push(member.matrixId)
    if (here.length === heroesMax) break
  }
  return here.length > 0 ? here : gone
}
