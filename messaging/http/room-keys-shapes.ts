/** Shapes that the endpoints of key backups share. */
import Type from 'typebox'
import { isRoomId } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import type { KeyBackupSession, KeyBackupSessions } from '../encryption/key-backups.ts'

const sessionId = /^[^\0]{1,255}$/

export const SessionId = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$' })
export const VersionQuery = Type.Object({ version: Type.String() })
export const Session = Type.Object({
  first_message_index: Type.Integer({ minimum: 0 }),
  forwarded_count: Type.Integer({ minimum: 0 }),
  is_verified: Type.Boolean(),
  session_data: Type.Object({}),
})
export const RoomSessions = Type.Object({ sessions: Type.Record(Type.String(), Session) })
export const AllSessions = Type.Object({ rooms: Type.Record(Type.String(), RoomSessions) })
export const StateAnswer = Type.Object({ etag: Type.String(), count: Type.Integer() })
export const AboutBackup = { algorithm: Type.String({ minLength: 1, maxLength: 255 }), auth_data: Type.Object({}) }
export const InfoAnswer = Type.Object({
  ...AboutBackup,
  version: Type.String(),
  etag: Type.String(),
  count: Type.Integer(),
})

/** The sessions of rooms as read from a body. Throws M_BAD_JSON for names that are none. */
export function sessionsIn(rooms: {
  [roomId: string]: { sessions: { [sessionId: string]: unknown } }
}): KeyBackupSessions {
  const found = new Map<string, Map<string, KeyBackupSession>>()
  for (const [roomId, { sessions }] of Object.entries(rooms)) {
    if (!isRoomId(roomId)) throw refuse('M_BAD_JSON', 'The field "rooms" must hold ids of rooms, which begin with "!".')
    const ofRoom = new Map(Object.entries(sessions as { [sessionId: string]: KeyBackupSession }))
    for (const name of ofRoom.keys()) {
      if (!sessionId.test(name)) throw refuse('M_BAD_JSON', 'The id of a session has 1 to 255 characters, none U+0000.')
    }
    found.set(roomId, ofRoom)
  }
  return found
}
