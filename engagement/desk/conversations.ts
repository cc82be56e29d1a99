import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { ServiceRooms, StoredEvent } from '#messaging/api.ts'
import { type Clock, type Db, InTurn, limits, type Postgres, type Random } from '#platform/api.ts'
import type { Address, People } from '../people/types.ts'
import { beginLine, conversationOnLine, takeLine } from '../store/conversation-lines.ts'
import {
  type ConversationRow,
  conversationHeard,
  conversationRow,
  conversationRowByPublicId,
  conversationRowsByRooms,
  insertConversation,
  setConversationPerson,
  setConversationReady,
} from '../store/conversations.ts'
import { commandIn } from './commands.ts'
import { leavingWords, sendOptions } from './leaving.ts'
import { shownName } from './names.ts'
import { citizenPrefix, conversationWish, deskName, notesWish, stateTypes } from './room-shapes.ts'
import { conversationOf } from './rows.ts'
import type { Settling } from './settling.ts'
import { publicToken } from './tokens.ts'
import type {
  CitizenWords,
  Conversation,
  Conversations,
  DeskNotice,
  Inbound,
  InboundFile,
  Leaving,
  Queues,
} from './types.ts'

type Deps = {
  db: Postgres
  service: ServiceRooms
  people: Pick<People, 'byId' | 'addressById' | 'addressesOf'>
  queues: Pick<Queues, 'forChannel' | 'byId'>
  settling: Settling
  clock: Clock
  random: Random
}

/** Somebody else began a conversation on the same line first. */
class LineTaken extends Error {}

const citizenTokenBytes = 15

export class DeskConversations implements Conversations {
  readonly #deps: Deps
  readonly #inTurn = new InTurn()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async byRoom(roomId: number, db?: Db): Promise<Conversation | undefined> {
    return (await this.byRooms([roomId], db)).get(roomId)
  }

  async byRooms(roomIds: readonly number[], db: Db = this.#deps.db): Promise<Map<number, Conversation>> {
    if (roomIds.length === 0) return new Map()
    const rows = await conversationRowsByRooms(db, roomIds)
    return new Map(rows.map((row) => [row.roomId, conversationOf(row)]))
  }

  async byId(id: number, db: Db = this.#deps.db): Promise<Conversation | undefined> {
    return opened(await conversationRow(db, id))
  }

  async byPublicId(publicId: string): Promise<Conversation | undefined> {
    return opened(await conversationRowByPublicId(this.#deps.db, publicId))
  }

  async takeLine(db: Db, conversation: Conversation, line: { addressId: number; channelId: string }): Promise<void> {
    await takeLine(db, line, conversation.id)
  }

  async route(inbound: Inbound): Promise<Conversation> {
    const { address, channelId } = inbound
    return this.#inTurn.run(`${address.id} ${channelId}`, async () => {
      const found = (await this.#answered(inbound)) ?? (await this.#onLine(inbound)) ?? (await this.#begin(inbound))
      await this.#complete(found.id, address)
      return (await this.byId(found.id)) ?? found
    })
  }

  /** What she says that she answers; whoever got hold of somebody else's token begins a matter of her own. */
  async #answered({ agencyId, address, answersConversation }: Inbound): Promise<Conversation | undefined> {
    const conversation = answersConversation === undefined ? undefined : await this.byId(answersConversation)
    if (conversation === undefined || conversation.agencyId !== agencyId) return undefined
    if (conversation.addressId === address.id) return conversation
    if (conversation.personId === undefined) return undefined
    const hers = await this.#deps.people.addressesOf(conversation.personId)
    return hers.some((one) => one.id === address.id) ? conversation : undefined
  }

  async #onLine({ agencyId, address, channelId, receivedMs }: Inbound): Promise<Conversation | undefined> {
    const id = await conversationOnLine(this.#deps.db, { addressId: address.id, channelId })
    const conversation = id === undefined ? undefined : await this.byId(id)
    if (conversation === undefined || conversation.agencyId !== agencyId) return undefined
    const lastMs = Math.max(conversation.lastInMs ?? 0, conversation.lastOutMs ?? 0, conversation.openedMs)
    const isOver = conversation.state === 'closed' && receivedMs - lastMs > limits.answersLaterMsMax
    return isOver ? undefined : conversation
  }

  /**
   * The rooms are made first, without anything of the citizen in them, and claimed by the row; then they are made whole. So of
   * two that begin at the same moment one stays empty, and what a stop of the server left undone the next word finishes.
   */
  async #begin(inbound: Inbound): Promise<Conversation> {
    const { db, service, queues, clock, random } = this.#deps
    const { agencyId, address, channelId } = inbound
    const line = { addressId: address.id, channelId }
    const before = await conversationOnLine(db, line)
    const queue = await queues.forChannel(agencyId, channelId, inbound.queue)
    const [desk, citizen] = await Promise.all([service.user(deskName), service.user(this.#citizenName())])
    const id = publicToken('c', random)
    const sensitivity = address.isShared || address.isReadByOthers ? 'public' : 'personal'
    const facts = { id, state: 'open', queue: queue.publicId, channel: address.kind, sensitivity } as const
    const room = await service.make(desk, conversationWish(facts, queue.matrixRoomId, citizen.matrixId))
    const notes = await service.make(desk, notesWish(facts, queue.matrixRoomId))
    const row = {
      publicId: id,
      agencyId,
      queueId: queue.id,
      roomId: room.id,
      notesRoomId: notes.id,
      citizenUserId: citizen.userId,
      personId: address.isShared ? undefined : address.personId,
      addressId: address.id,
      channelId,
      kind: address.kind,
      sensitivity,
      openedTs: clock.nowMs(),
    }
    const claimed = await this.#claim(row, line, before)
    if (claimed !== undefined) return claimed
    await Promise.all([room, notes].map((one) => service.leave(desk, one.matrixId)))
    const first = await this.#onLine(inbound)
    if (first === undefined) throw new Error('a conversation that somebody else began is not there')
    return first
  }

  async #claim(
    row: Parameters<typeof insertConversation>[1],
    line: { addressId: number; channelId: string },
    before: number | undefined,
  ): Promise<Conversation | undefined> {
    try {
      const id = await this.#deps.db.transaction(async (tx) => {
        const made = await insertConversation(tx, row)
        if (!(await beginLine(tx, line, made, before))) throw new LineTaken()
        return made
      })
      return await this.byId(id)
    } catch (error) {
      if (error instanceof LineTaken) return undefined
      throw error
    }
  }

  #citizenName(): string {
    return `${citizenPrefix}${this.#deps.random.bytes(citizenTokenBytes).toString('hex')}`
  }

  /** Puts her into her room, links the notes and hangs the room into its queue, as far as that has not been done. */
  async #complete(id: number, address: Address | undefined): Promise<void> {
    const { db, service, settling } = this.#deps
    const row = await conversationRow(db, id)
    if (row === undefined) return
    if (row.isReady) return this.#recognise(row, address)
    const from = address ?? (await this.#deps.people.addressById(row.addressId))
    const [desk, citizen] = await Promise.all([service.user(deskName), service.person(row.citizenUserId)])
    await service.bring(desk, row.matrixRoomId, citizen, { displayname: await this.#nameOf(row.personId, from) })
    const link = (roomId: string): JsonObject => ({ room_id: roomId })
    await service.set(desk, row.matrixRoomId, { type: stateTypes.notes, content: link(row.matrixNotesRoomId) })
    const about = { id: row.publicId, ...link(row.matrixRoomId) }
    await service.set(desk, row.matrixNotesRoomId, { type: stateTypes.conversation, content: about })
    await settling.settle(id)
    await setConversationReady(db, id)
  }

  /** An address that nobody knew has become somebody's since. */
  async #recognise(row: ConversationRow, address: Address | undefined): Promise<void> {
    if (row.personId !== null || address === undefined || address.id !== row.addressId) return
    if (address.personId === undefined || address.isShared) return
    await setConversationPerson(this.#deps.db, row.id, address.personId)
    await this.rename({ ...conversationOf(row), personId: address.personId })
  }

  /** Writes her name of now into the room. */
  async rename(conversation: Conversation): Promise<void> {
    const { service, people } = this.#deps
    const citizen = await service.person(conversation.citizen.userId)
    const displayname = await this.#nameOf(conversation.personId, await people.addressById(conversation.addressId))
    await service.present(citizen, conversation.matrixRoomId, { displayname })
  }

  async #nameOf(personId: number | undefined | null, address: Address | undefined): Promise<string> {
    const person = personId === undefined || personId === null ? undefined : await this.#deps.people.byId(personId)
    return shownName(person?.name ?? '') ?? shownName(address?.value ?? '') ?? 'Citizen'
  }

  async say(conversation: Conversation, words: CitizenWords): Promise<string> {
    const { db, service, settling } = this.#deps
    await this.#complete(conversation.id, undefined)
    const citizen = await service.person(conversation.citizen.userId)
    const ids: string[] = []
    for (const [n, content] of (await this.#contents(citizen, conversation, words)).entries()) {
      const key = n === 0 ? `in ${words.key}` : `in ${words.key} ${n}`
      const saidMs = words.receivedMs
      ids.push(await service.send(citizen, conversation.matrixRoomId, { type: 'm.room.message', content, key, saidMs }))
    }
    await conversationHeard(db, conversation.id, { ts: words.receivedMs, ...words })
    if ((await this.byId(conversation.id))?.state !== 'open') await settling.settle(conversation.id)
    return ids[0] ?? ''
  }

  /** Her words first, then her files. What is too long to be read in a room is a file as well. */
  async #contents(citizen: Subject, { matrixRoomId }: Conversation, words: CitizenWords): Promise<JsonObject[]> {
    const channel = { id: words.channelId, kind: words.kind }
    const whole = words.subject === undefined || words.subject === '' ? words.text : `${words.subject}\n\n${words.text}`
    const isLong = whole.length > limits.deskWordsCharsMax
    const text = isLong ? `${whole.slice(0, limits.deskWordsCharsMax)}\u2026` : whole
    const rest: InboundFile[] = isLong ? [{ name: 'message.txt', type: 'text/plain', bytes: Buffer.from(whole) }] : []
    const files = [...rest, ...words.files.slice(0, limits.deskFilesMax)]
    const contents: JsonObject[] = []
    if (text !== '' || files.length === 0) contents.push({ msgtype: 'm.text', body: text, 'chancery.channel': channel })
    for (const file of files)
      contents.push({ ...(await this.#fileContent(citizen, matrixRoomId, file)), 'chancery.channel': channel })
    return contents
  }

  async #fileContent(citizen: Subject, room: string, file: InboundFile): Promise<JsonObject> {
    const name = shownName(file.name) ?? 'file'
    const url = await this.#deps.service.upload(citizen, room, { ...file, name })
    const major = file.type.split('/')[0] ?? ''
    const msgtype = ['image', 'audio', 'video'].includes(major) ? `m.${major}` : 'm.file'
    return { msgtype, body: name, filename: name, url, info: { mimetype: file.type, size: file.bytes.length } }
  }

  async notice(conversation: Conversation, notice: DeskNotice): Promise<string> {
    const desk = await this.#deps.service.user(deskName)
    return this.noticeIn(desk, conversation.matrixRoomId, notice)
  }

  /** Also in the room for notes. */
  noticeIn(desk: Subject, room: string, { key, text, inReplyTo, facts }: DeskNotice): Promise<string> {
    const content: JsonObject = { msgtype: 'm.notice', body: text }
    if (inReplyTo !== undefined) content['m.relates_to'] = { 'm.in_reply_to': { event_id: inReplyTo } }
    if (facts !== undefined) content['chancery.notice'] = facts
    return this.#deps.service.send(desk, room, { type: 'm.room.message', content, key: `notice ${key}` })
  }

  async delivered(conversation: Conversation, eventId: string): Promise<void> {
    const { service } = this.#deps
    await service.read(await service.person(conversation.citizen.userId), conversation.matrixRoomId, eventId)
  }

  async leaves(conversation: Conversation, event: StoredEvent): Promise<Leaving | undefined> {
    const words = event.roomId === conversation.roomId ? leavingWords(event) : undefined
    if (words === undefined) return undefined
    const chosen = sendOptions(event.content)?.channel
    return { ...words, override: chosen ?? (await this.#commanded(conversation, event)) }
  }

  /** `!by` counts for the next message of whoever wrote it. */
  async #commanded(conversation: Conversation, event: StoredEvent): Promise<Leaving['override']> {
    const { service } = this.#deps
    const room = await service.room(conversation.matrixRoomId)
    const [last] = room === undefined ? [] : await service.saidBefore(room, event.senderId, event, 1)
    const command = last === undefined ? undefined : commandIn(last.content)
    return command?.name === 'by' ? command.kind : undefined
  }
}

function opened(row: ConversationRow | undefined): Conversation | undefined {
  return row === undefined ? undefined : conversationOf(row)
}
