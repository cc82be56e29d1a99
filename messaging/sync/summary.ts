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
  return hasName(room) ? summary : { ...summary, 'm.heroes': heroesOf(room, reader) }
}

/** The heroes that a summary names, by internal id. */
export function heroIds(room: Room, reader: string): number[] {
  return hasName(room) ? [] : heroesOf(room, reader).flatMap((id) => room.member(id)?.userId ?? [])
}

function hasName(room: Room): boolean {
  const isSet = (value: unknown) => typeof value === 'string' && value !== ''
  return isSet(room.content('m.room.name')?.name) || isSet(room.content('m.room.canonical_alias')?.alias)
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
