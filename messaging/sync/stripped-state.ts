import type { Membership } from '#access/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import { strippedText } from '../events/stored-event.ts'
import type { Ignores } from '../events/visibility.ts'
import type { Room } from '../rooms/room.ts'

const toldToOutsiders = [
  'm.room.create',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.avatar',
  'm.room.name',
  'm.room.topic',
  'm.room.encryption',
]

/**
 * What somebody who is invited, or knocks, is told about a room: the texts of its stripped events. Undefined when the person has
 * no tie with the room. Who is out of it is told so, and nothing of the room as it is now; so is whoever is told that she is,
 * because she ignores the person who asked her in.
 * https://spec.matrix.org/v1.19/client-server-api/#stripped-state
 */
export async function strippedState(
  deps: { reader: EventReader },
  room: Room,
  person: { matrixId: string },
  told: Membership,
): Promise<string[] | undefined> {
  const member = room.member(person.matrixId)
  if (member === undefined) return undefined
  const [own] = await deps.reader.byIds([member.internalId])
  if (own === undefined) return undefined
  const isOut = [member.membership, told].some((membership) => membership === 'leave' || membership === 'ban')
  const inviter = isOut ? undefined : room.member(own.sender)
  const [inviterEvent] =
    inviter === undefined || inviter === member ? [] : await deps.reader.byIds([inviter.internalId])
  const types = isOut ? ['m.room.create'] : toldToOutsiders
  const state = types.flatMap((type) => room.stateEntry(type)?.pdu ?? [])
  const ownPdu = isOut && member.membership === 'invite' ? [] : [own.pdu]
  return [...state, ...(inviterEvent ? [inviterEvent.pdu] : []), ...ownPdu].map(strippedText)
}

/** The same as an entry of `rooms.invite` or `rooms.knock`. Of an invitation by somebody whom the person ignores nothing is told. */
export async function outsideRoomText(
  deps: { reader: EventReader; ignores: Ignores },
  room: Room,
  person: { userId: number; matrixId: string },
  membership: 'invite' | 'knock',
): Promise<string | undefined> {
  if (membership === 'invite' && (await isAskedByIgnored(deps, room, person))) return undefined
  const texts = await strippedState(deps, room, person, membership)
  return texts && `{"${membership}_state":{"events":[${texts.join(',')}]}}`
}

async function isAskedByIgnored(
  { reader, ignores }: { reader: EventReader; ignores: Ignores },
  room: Room,
  person: { userId: number; matrixId: string },
): Promise<boolean> {
  const ignored = await ignores.ignoredBy(person)
  const member = room.member(person.matrixId)
  if (ignored.size === 0 || member === undefined) return false
  const [own] = await reader.byIds([member.internalId])
  return own !== undefined && ignored.has(own.sender)
}
