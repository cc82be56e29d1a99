import { type Access, agency as agencyObject, type Principal } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { ServiceRooms, StoredEvent } from '#messaging/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { People, RecordOpenings } from '../people/types.ts'
import { conversationRowsOf } from '../store/conversations.ts'
import { isCommand } from './commands.ts'
import { isStaffId, leavingWords } from './leaving.ts'
import { conversationOf } from './rows.ts'
import type { Conversation } from './types.ts'

type Deps = {
  db: Db
  access: Pick<Access, 'require'>
  service: Pick<ServiceRooms, 'messages' | 'room' | 'event'>
  people: Pick<People, 'byPublicId' | 'addressesOf'>
  openings: Pick<RecordOpenings, 'record' | 'require'>
}

export type TimelineWish = {
  readonly reason: string | undefined
  readonly before: string | undefined
  readonly limit: number
}

const noAgency = 0

/** What a citizen and an agency said to each other, in all conversations and by whatever channel. */
export class Timeline {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Newest first. Outside her own conversations a member of the staff says why she looks, and the citizen can see it. */
  async page(principal: Principal, publicId: string, wish: TimelineWish): Promise<JsonObject> {
    const { db, access, service, people } = this.#deps
    const person = await people.byPublicId(publicId)
    access.require(principal, 'citizens.desk', agencyObject(person?.agencyId ?? noAgency))
    if (person === undefined) {
      throw refuse('M_NOT_FOUND', 'There is no such thing, or it belongs to an agency that you do not work for.')
    }
    await this.#requireReason(principal, person.id, wish.reason)
    const addresses = await people.addressesOf(person.id)
    const ids = addresses.filter((one) => !one.isShared).map((one) => one.id)
    const rows = await conversationRowsOf(db, person.agencyId, [person.id], ids)
    const conversations = rows.map(conversationOf)
    const byRoom = new Map(conversations.map((one) => [one.roomId, one]))
    const page = { before: wish.before, limit: wish.limit }
    const events = rows.length === 0 ? [] : await service.messages([...byRoom.keys()], page)
    const last = events.at(-1)
    return {
      conversations: conversations.map(shownConversation),
      messages: events.flatMap((event) => shownMessage(byRoom.get(event.roomId), event)),
      ...(events.length === wish.limit && last !== undefined ? { next_cursor: last.matrixId } : {}),
    }
  }

  async #requireReason(principal: Principal, personId: number, reason: string | undefined): Promise<void> {
    const { openings } = this.#deps
    const given = reason?.trim() ?? ''
    if (given !== '') await openings.record(principal, personId, given)
    else await openings.require(principal, personId)
  }
}

function shownConversation(one: Conversation): JsonObject {
  return {
    id: one.publicId,
    roomId: one.matrixRoomId,
    channel: one.kind,
    state: one.state,
    openedMs: one.openedMs,
    updatedMs: one.updatedMs,
  }
}

/** What was said between her and the staff; notices of the desk and lines for it are no part of it. */
function shownMessage(conversation: Conversation | undefined, event: StoredEvent): JsonObject[] {
  if (conversation === undefined || event.isRedacted || isCommand(event.content)) return []
  const isHers = event.sender === conversation.citizen.matrixId
  const words = isHers ? undefined : leavingWords(event)
  if (!isHers && (!isStaffId(event.sender) || words === undefined)) return []
  const channel = event.content['chancery.channel']
  return [
    {
      eventId: event.matrixId,
      conversation: conversation.publicId,
      roomId: conversation.matrixRoomId,
      from: isHers ? 'citizen' : 'staff',
      sender: event.sender,
      atMs: event.pdu.origin_server_ts,
      msgtype: typeof event.content.msgtype === 'string' ? event.content.msgtype : 'm.text',
      text: typeof event.content.body === 'string' ? event.content.body : '',
      ...(channel === undefined ? {} : { channel }),
      ...(typeof event.content.url === 'string' ? { url: event.content.url } : {}),
    },
  ]
}
