import { refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'

/** What the server writes as. */
export const noticesName = 'notices'

export function isNoticeRoom(room: Pick<Room, 'stateEntry'>, serverName: string): boolean {
  return room.stateEntry('m.room.create')?.pdu.sender === `@${noticesName}:${serverName}`
}

/** For whoever wants to leave or to reject the invitation. https://spec.matrix.org/v1.19/client-server-api/#server-notices */
export function refuseLeavingNotices(room: Pick<Room, 'stateEntry'>, serverName: string): void {
  if (!isNoticeRoom(room, serverName)) return
  throw refuse(
    'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM',
    'Here the server writes to you when it must. This room cannot be left, and its invitation not be rejected.',
  )
}
