/** Conversations and queues as the staff's programs see them. */
import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { ServiceRooms } from '#messaging/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { AddressKind, People } from '../people/types.ts'
import type { NoWay, Way } from '../sends/ways.ts'
import { type ConversationFilter, conversationCounts, conversationPage } from '../store/conversations.ts'
import { shownName } from './names.ts'
import { conversationOf } from './rows.ts'
import { staffIn } from './settling.ts'
import { referenceOf } from './tokens.ts'
import type { Conversation, Queue, Queues, ReplyWays } from './types.ts'

type Deps = {
  db: Db
  agencies: Pick<Agencies, 'byId'>
  queues: Queues
  people: Pick<People, 'byId' | 'addressById'>
  users: Pick<Users, 'byIds'>
  service: Pick<ServiceRooms, 'room'>
  ways: ReplyWays | undefined
}

export type ConversationPage = { readonly conversations: JsonObject[]; readonly next_cursor?: string }

const cursorForm = /^(\d{1,15})_(\d{1,10})$/

export class Shown {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async queues(queues: readonly Queue[]): Promise<JsonObject[]> {
    const agencyIds = [...new Set(queues.map((queue) => queue.agencyId))]
    const counts = new Map((await conversationCounts(this.#deps.db, agencyIds)).map((row) => [row.queueId, row]))
    return Promise.all(
      queues.map(async (queue) => ({
        id: queue.publicId,
        key: queue.key,
        name: await this.#deps.queues.nameOf(queue),
        agency: (await this.#deps.agencies.byId(queue.agencyId))?.key ?? '',
        roomId: queue.matrixRoomId,
        channels: [...queue.channels],
        open: counts.get(queue.id)?.open ?? 0,
        unassigned: counts.get(queue.id)?.unassigned ?? 0,
      })),
    )
  }

  /** The newest news first. `cursor` is the `next_cursor` of the page before. */
  async page(filter: Omit<ConversationFilter, 'before'>, cursor: string | undefined): Promise<ConversationPage> {
    const { limit } = filter
    const rows = await conversationPage(this.#deps.db, { ...filter, before: placeOf(cursor), limit: limit + 1 })
    const told = rows.slice(0, limit)
    const conversations = await this.all(told.map(conversationOf))
    const last = told.at(-1)
    if (rows.length <= limit || last === undefined) return { conversations }
    return { conversations, next_cursor: `${last.updatedTs}_${last.id}` }
  }

  async all(conversations: readonly Conversation[]): Promise<JsonObject[]> {
    const leaders = await this.#deps.users.byIds(conversations.flatMap((one) => one.assigneeId ?? []))
    return Promise.all(conversations.map((one) => this.#one(one, leaders.get(one.assigneeId ?? 0)?.matrixId)))
  }

  async #one(conversation: Conversation, assignee: string | undefined): Promise<JsonObject> {
    const { agencies, queues, people } = this.#deps
    const { personId, addressId } = conversation
    const [own, queue, person, address] = await Promise.all([
      agencies.byId(conversation.agencyId),
      queues.byId(conversation.queueId),
      personId === undefined ? undefined : people.byId(personId),
      personId === undefined ? people.addressById(addressId) : undefined,
    ])
    return {
      id: conversation.publicId,
      reference: referenceOf(conversation.publicId),
      agency: own?.key ?? '',
      roomId: conversation.matrixRoomId,
      notesRoomId: conversation.matrixNotesRoomId,
      personId: person?.publicId ?? null,
      name: shownName(person?.name ?? address?.value ?? '') ?? '',
      citizen: conversation.citizen.matrixId,
      queue: queue?.publicId ?? '',
      assignee: assignee ?? null,
      channel: conversation.kind,
      state: conversation.state,
      sensitivity: conversation.sensitivity,
      openedMs: conversation.openedMs,
      updatedMs: conversation.updatedMs,
      lastInMs: conversation.lastInMs ?? null,
      lastOutMs: conversation.lastOutMs ?? null,
    }
  }

  /** With what is asked for when it is open on the screen: who works on it, and which way the next words take. */
  async whole(conversation: Conversation, override?: AddressKind): Promise<JsonObject> {
    const [shown] = await this.all([conversation])
    const room = await this.#deps.service.room(conversation.matrixRoomId)
    const staff = room === undefined ? [] : staffIn(room, 'join').map((person) => person.matrixId)
    const way = await this.#deps.ways?.forReply(conversation, override)
    return { ...shown, staff, ...(way === undefined ? {} : { way: shownWay(way) }) }
  }
}

function shownWay(way: Way | NoWay): JsonObject {
  if (way.isOpen) return { isOpen: true, channel: way.kind, form: way.form, reason: way.reason }
  const next = way.nextBest
  return {
    isOpen: false,
    code: way.code,
    message: way.message,
    ...(next === undefined ? {} : { nextBest: { channel: next.kind, form: next.form, reason: next.reason } }),
  }
}

function placeOf(cursor: string | undefined): ConversationFilter['before'] {
  if (cursor === undefined) return undefined
  const [, updatedTs, id] = cursorForm.exec(cursor) ?? []
  if (updatedTs !== undefined && id !== undefined) return { updatedTs: Number(updatedTs), id: Number(id) }
  throw refuse('M_INVALID_PARAM', 'This cursor is none that this server gave. Load the first page.')
}
