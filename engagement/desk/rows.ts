import type { Sensitivity } from '#channels/api.ts'
import type { AddressKind } from '../people/types.ts'
import type { ConversationRow } from '../store/conversations.ts'
import type { Conversation, ConversationState } from './types.ts'

export function conversationOf(row: ConversationRow): Conversation {
  return {
    id: row.id,
    publicId: row.publicId,
    agencyId: row.agencyId,
    queueId: row.queueId,
    roomId: row.roomId,
    matrixRoomId: row.matrixRoomId,
    notesRoomId: row.notesRoomId,
    matrixNotesRoomId: row.matrixNotesRoomId,
    personId: row.personId ?? undefined,
    addressId: row.addressId,
    citizen: { userId: row.citizenUserId, matrixId: row.citizenMatrixId },
    channelId: row.channelId,
    kind: row.kind as AddressKind,
    sensitivity: row.sensitivity as Sensitivity,
    state: row.state as ConversationState,
    assigneeId: row.assigneeId ?? undefined,
    openedMs: row.openedTs,
    updatedMs: row.updatedTs,
    lastInMs: row.lastInTs ?? undefined,
    lastOutMs: row.lastOutTs ?? undefined,
  }
}
