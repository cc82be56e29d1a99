import type { Db } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import { strippedText } from '../events/stored-event.ts'
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
 * no tie with the room. Who is out of it is told so, and nothing of the room as it is now.
 * https://spec.matrix.org/v1.19/client-server-api/#stripped-state
 */
export async function strippedState(
  deps: { db: Db; reader: EventReader },
  room: Room,
  person: { matrixId: string },
): Promise<string[] | undefined> {
  const member = room.member(person.matrixId)
  if (member === undefined) return undefined
  const [own] = await deps.reader.byIds([member.internalId])
  if (own === undefined) return undefined
  const isOut = member.membership === 'leave' || member.membership === 'ban'
  const inviter = isOut ? undefined : room.member(own.sender)
  const [inviterEvent] =
    inviter === undefined || inviter === member ? [] : await deps.reader.byIds([inviter.internalId])
  const types = isOut ? ['m.room.create'] : toldToOutsiders
  const state = types.flatMap((type) => room.stateEntry(type)?.pdu ?? [])
  return [...state, ...(inviterEvent ? [inviterEvent.pdu] : []), own.pdu].map(strippedText)
}

/** The same as an entry of `rooms.invite` or `rooms.knock`. */
export async function invitedRoomText(
  deps: { db: Db; reader: EventReader },
  room: Room,
  person: { matrixId: string },
  membership: 'invite' | 'knock',
): Promise<string | undefined> {
  const texts = await strippedState(deps, room, person)
  return texts && `{"${membership}_state":{"events":[${texts.join(',')}]}}`
}
