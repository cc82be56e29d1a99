import type { Sensitivity } from '#channels/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Sender, StoredEvent } from '#messaging/api.ts'
import type { Db } from '#platform/api.ts'
import type { Address, AddressKind } from '../people/types.ts'
import type { NoWay, Way } from '../sends/ways.ts'

export type ConversationState = 'open' | 'waiting' | 'closed'

/** What an agency and one citizen have to say to each other about one matter. */
export type Conversation = {
  readonly id: number
  readonly publicId: string
  readonly agencyId: number
  readonly queueId: number
  readonly roomId: number
  readonly matrixRoomId: string
  readonly notesRoomId: number
  readonly matrixNotesRoomId: string
  /** Undefined while nobody knows whose address it is. */
  readonly personId: number | undefined
  /** Where she wrote from when it began. */
  readonly addressId: number
  /** As whom her words stand in the room. */
  readonly citizen: Sender
  /** By which she wrote last. */
  readonly channelId: string
  readonly kind: AddressKind
  readonly sensitivity: Sensitivity
  readonly state: ConversationState
  /** Internal id of the account that leads it. */
  readonly assigneeId: number | undefined
  readonly openedMs: number
  readonly updatedMs: number
  readonly lastInMs: number | undefined
  readonly lastOutMs: number | undefined
}

export type Inbound = {
  readonly agencyId: number
  readonly address: Address
  readonly channelId: string
  /** Key of the queue that the configuration names for the channel. */
  readonly queue?: string | undefined
  /** The conversation that it says it answers. Believed only when the address is one of hers. */
  readonly answersConversation?: number | undefined
  readonly receivedMs: number
}

export type InboundFile = { readonly name: string; readonly type: string; readonly bytes: Buffer }

export type CitizenWords = {
  /** The same again says nothing. */
  readonly key: string
  readonly text: string
  /** Of a mail; shown above the words. */
  readonly subject?: string | undefined
  readonly files: readonly InboundFile[]
  readonly channelId: string
  readonly kind: AddressKind
  readonly receivedMs: number
}

export type DeskNotice = {
  /** The same again says nothing. */
  readonly key: string
  readonly text: string
  /** Id of an event of the room. */
  readonly inReplyTo?: string | undefined
  /** For programs, in `chancery.notice`. */
  readonly facts?: JsonObject | undefined
}

/** For whatever carries words in and out. */
export interface Conversations {
  /** Rooms of notes, queues and everything else answer undefined: no event of theirs may reach a channel. */
  byRoom(roomId: number, db?: Db): Promise<Conversation | undefined>
  byRooms(roomIds: readonly number[], db?: Db): Promise<Map<number, Conversation>>
  byId(id: number, db?: Db): Promise<Conversation | undefined>
  byPublicId(publicId: string): Promise<Conversation | undefined>
  /** The one that an inbound message answers, else a new one in the queue of that channel. Two at the same moment make one. */
  route(inbound: Inbound): Promise<Conversation>
  /** Words from her; a closed conversation is open again. Answers the id of the event. */
  say(conversation: Conversation, words: CitizenWords): Promise<string>
  /** Words of `@desk` to the staff in the room. They never leave. */
  notice(conversation: Conversation, notice: DeskNotice): Promise<string>
  /** Her device or provider tells that the words arrived: everybody in the room sees it as her receipt. */
  delivered(conversation: Conversation, eventId: string): Promise<void>
  /** Answers from this address to this channel belong here from now on. In the transaction that sends there. */
  takeLine(db: Db, conversation: Conversation, line: { addressId: number; channelId: string }): Promise<void>
  /** What of an event goes to her; undefined for everything that stays in the room. */
  leaves(conversation: Conversation, event: StoredEvent): Promise<Leaving | undefined>
}

export type LeavingFile = { readonly url: string; readonly name: string; readonly type: string | undefined }

export type Leaving = {
  readonly text: string
  readonly file: LeavingFile | undefined
  /** The kind of channel that the sender chose, by `chancery.send` or by `!by`. */
  readonly override: AddressKind | undefined
}

/** Which way the next words would take; the part that sends knows. */
export interface ReplyWays {
  forReply(conversation: Conversation, override: AddressKind | undefined): Promise<Way | NoWay>
}

export type Queue = {
  readonly id: number
  readonly publicId: string
  readonly agencyId: number
  readonly key: string
  readonly roomId: number
  readonly matrixRoomId: string
  readonly channels: readonly string[]
}

export interface Queues {
  byId(id: number): Promise<Queue | undefined>
  byPublicId(publicId: string): Promise<Queue | undefined>
  ofAgency(agencyId: number): Promise<Queue[]>
  nameOf(queue: Queue): Promise<string>
  create(wish: { agencyId: number; key: string; name: string; channels?: readonly string[] }): Promise<Queue>
  rename(queue: Queue, name: string): Promise<void>
  setChannels(queue: Queue, channels: readonly string[]): Promise<void>
  /** Where a conversation that begins on a channel waits; the first queue of the agency, made when there is none. */
  forChannel(agencyId: number, channelId: string, key: string | undefined): Promise<Queue>
  /** Makes the members of the agency's queues its staff, and nobody else. */
  reconcile(agencyId: number): Promise<void>
}
