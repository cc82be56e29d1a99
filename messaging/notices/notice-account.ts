import { permissionsOf, type Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'

/** What the server writes as. The name is kept from people (identity/users/usernames.ts). */
export const noticesId = (serverName: string) => `@notices:${serverName}`

/** A user without an account: nobody signs in as it, and no directory or list of people knows it. */
export async function noticesSubject(users: Pick<Users, 'ensure'>, serverName: string): Promise<Subject> {
  const matrixId = noticesId(serverName)
  const user = (await users.ensure([matrixId])).get(matrixId)
  if (user === undefined) throw new Error('the user that notices are written as is not there')
  const device = { deviceId: '', sessionId: 0, isGuest: false }
  return Object.freeze({ userId: user.id, matrixId, ...device, permissions: permissionsOf('member') })
}

export function isNoticeRoom(room: Pick<Room, 'stateEntry'>, serverName: string): boolean {
  return room.stateEntry('m.room.create')?.pdu.sender === noticesId(serverName)
}

/** For whoever wants to leave or to reject the invitation. https://spec.matrix.org/v1.19/client-server-api/#server-notices */
export function refuseLeavingNotices(room: Pick<Room, 'stateEntry'>, serverName: string): void {
  if (!isNoticeRoom(room, serverName)) return
  throw refuse(
    'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM',
    'Here the server writes to you when it must. This room cannot be left, and its invitation not be rejected.',
  )
}
