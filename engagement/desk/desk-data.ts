import type { JsonObject } from '#matrix/api.ts'
import type { ServiceRooms, StoredEvent } from '#messaging/api.ts'
import { type Db, limits, type Postgres } from '#platform/api.ts'
import type { CitizenData, DataSubject, Remainder } from '../people/types.ts'
import { deleteLinesOf } from '../store/conversation-lines.ts'
import { conversationRowsOf, deleteConversation } from '../store/conversations.ts'
import { isStaffId, leavingWords } from './leaving.ts'
import { deskName } from './room-shapes.ts'
import { conversationOf } from './rows.ts'
import type { Settling } from './settling.ts'
import type { Conversation } from './types.ts'

type Deps = { db: Postgres; service: ServiceRooms; settling: Settling }

const erasedReason = 'What was said here was erased at the wish of the citizen.'

/** What the desk keeps of a citizen: what she and the staff said to each other. Notes of the staff are told to nobody. */
export class DeskData implements CitizenData {
  readonly name = 'conversations'
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async export(subject: DataSubject): Promise<readonly JsonObject[]> {
    const conversations = await this.#of(subject)
    return Promise.all(
      conversations.map(async (one) => ({
        id: one.publicId,
        channel: one.kind,
        state: one.state,
        openedMs: one.openedMs,
        messages: await this.#messages(one),
      })),
    )
  }

  /** Everybody is taken out first and can read nothing of it any more; then the keys of both rooms die, and the row last. */
  async erase(subject: DataSubject): Promise<readonly Remainder[]> {
    const { db, service } = this.#deps
    const conversations = await this.#of(subject)
    for (const conversation of conversations) {
      const rooms = [conversation.matrixRoomId, conversation.matrixNotesRoomId]
      await this.#close(conversation)
      for (const room of rooms) await this.#takeOut(room)
      for (const room of rooms) await service.erase(room)
      await db.transaction((tx) => forget(tx, conversation.id))
    }
    if (conversations.length === 0) return []
    return [
      {
        what: 'When something was said to you or by you, and how long it was, under random numbers.',
        why: 'Other records rest on this order. Nobody can tell from it who you are or what was said.',
      },
    ]
  }

  async #close(conversation: Conversation): Promise<void> {
    const { service, settling } = this.#deps
    if ((await service.room(conversation.matrixRoomId)) === undefined) return
    await settling.setState(conversation, 'closed')
    await settling.settle(conversation.id)
  }

  async #takeOut(roomId: string): Promise<void> {
    const { service } = this.#deps
    const [desk, room] = await Promise.all([service.user(deskName), service.room(roomId)])
    if (room === undefined) return
    for (const { userId, matrixId } of [...room.members()]) {
      if (!isStaffId(matrixId)) continue
      await service.remove(desk, roomId, await service.person(userId), { reason: erasedReason, forgets: true })
    }
  }

  async #messages(conversation: Conversation): Promise<JsonObject[]> {
    const told: JsonObject[] = []
    for (let before: string | undefined; ; ) {
      const page = { before, limit: limits.deskPageMax }
      const events = await this.#deps.service.messages([conversation.roomId], page)
      told.push(...events.flatMap((event) => exported(conversation, event)))
      before = events.at(-1)?.matrixId
      if (events.length < limits.deskPageMax) return told.reverse()
    }
  }

  async #of({ agencyId, personIds, addressIds }: DataSubject): Promise<Conversation[]> {
    return (await conversationRowsOf(this.#deps.db, agencyId, personIds, addressIds)).map(conversationOf)
  }
}

async function forget(tx: Db, conversationId: number): Promise<void> {
  await deleteLinesOf(tx, conversationId)
  await deleteConversation(tx, conversationId)
}

function exported(conversation: Conversation, event: StoredEvent): JsonObject[] {
  const isHers = event.sender === conversation.citizen.matrixId
  const words = leavingWords(event)
  if (event.isRedacted || (!isHers && words === undefined)) return []
  const { body, filename } = event.content
  return [
    {
      from: isHers ? 'you' : 'us',
      atMs: event.pdu.origin_server_ts,
      text: words?.text ?? (typeof body === 'string' ? body : ''),
      ...(typeof filename === 'string' ? { file: filename } : {}),
    },
  ]
}
