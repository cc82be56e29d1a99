import type { JsonObject } from '#matrix/api.ts'
import type { Member, Room } from '../rooms/room.ts'

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

/**
 * Those who are here or invited; when nobody is, those who were. By the age of their membership, so that every node names the
 * same.
 */
export function heroesOf(room: Room, reader: string): string[] {
  const here: Member[] = []
  const gone: Member[] = []
  for (const member of room.members()) {
    if (member.matrixId === reader) continue
    keepOldest(member.membership === 'join' || member.membership === 'invite' ? here : gone, member)
  }
  return (here.length > 0 ? here : gone).map((member) => member.matrixId)
}

function keepOldest(oldest: Member[], member: Member): void {
  const last = oldest[heroesMax - 1]
  if (last !== undefined && last.internalId < member.internalId) return
  const after = oldest.findIndex((one) => one.internalId > member.internalId)
  oldest.splice(after < 0 ? oldest.length : after, 0, member)
  if (oldest.length > heroesMax) oldest.pop()
}
