import { KnownMembership, type MatrixClient, type MatrixEvent, type Room } from 'matrix-js-sdk'
import { request, segment } from './http.ts'
import type { Session } from './session.ts'

// The part of the server's own API about conversations with citizens. What is said in them stands in Matrix rooms.

export const channelKinds = ['sms', 'mail', 'inbox'] as const
export type ChannelKind = (typeof channelKinds)[number]
export type TalkState = 'open' | 'waiting' | 'closed'
export type Queue = {
  id: string
  key: string
  name: string
  agency: string
  /** A space; everybody who works for the agency is in it. */
  roomId: string
  open: number
  unassigned: number
}
export type Talk = {
  id: string
  /** What people call it by. */
  reference: string
  agency: string
  roomId: string
  notesRoomId: string
  personId: string | null
  name: string
  /** As whom she writes in the room. */
  citizen: string
  queue: string
  assignee: string | null
  channel: ChannelKind
  state: TalkState
  sensitivity: 'public' | 'personal' | 'sensitive'
  openedMs: number
  updatedMs: number
  lastInMs: number | null
  lastOutMs: number | null
}
/** `notice`: the words wait in her inbox, and a neutral line goes by the channel. */
export type OpenWay = { isOpen: true; channel: ChannelKind; form: 'words' | 'notice'; reason: string }
export type ShutWay = { isOpen: false; code: string; message: string; nextBest?: NextBest }
export type NextBest = { channel: ChannelKind; form?: 'words' | 'notice'; reason: string }
export type WholeTalk = Talk & { staff: string[]; way?: OpenWay | ShutWay }
export type CannedReply = { id: string; agency: string; key: string; title: string; texts: Record<string, string> }
export type TalkAct = 'close' | 'wait' | 'open'
export type TalkFilter = { state?: TalkState; queue?: string; assignee?: string }
export type TalkPage = { talks: readonly Talk[]; next: string | undefined }

export interface DeskApi {
  queues(): Promise<Queue[]>
  /** The newest news first. */
  talks(filter: TalkFilter, cursor?: string): Promise<TalkPage>
  /** `by`: with the way that the next words take if this kind of channel is wished for. */
  talk(id: string, by?: ChannelKind): Promise<WholeTalk>
  take(id: string, takeOver: boolean): Promise<WholeTalk>
  handOver(id: string, to: string): Promise<WholeTalk>
  act(id: string, act: TalkAct): Promise<WholeTalk>
  cannedReplies(): Promise<CannedReply[]>
  filled(talkId: string, replyId: string): Promise<string>
}

const pageMax = 50

export function createDeskApi(session: Session): DeskApi {
  const token = session.accessToken
  const path = (id: string) => `/api/v1/conversations/${segment(id)}`
  return {
    queues: async () => (await request<{ queues: Queue[] }>('GET', '/api/v1/queues', { token })).queues,
    async talks(filter, cursor) {
      const query = new URLSearchParams({ ...filter, ...(cursor ? { cursor } : {}), limit: String(pageMax) })
      type Answer = { conversations: Talk[]; next_cursor?: string }
      const answer = await request<Answer>('GET', `/api/v1/conversations?${query}`, { token })
      return { talks: answer.conversations, next: answer.next_cursor }
    },
    talk: (id, by) => request('GET', `${path(id)}${by ? `?by=${by}` : ''}`, { token }),
    take: (id, takeOver) => request('POST', `${path(id)}/take`, { token, body: { takeOver } }),
    handOver: (id, to) => request('POST', `${path(id)}/hand-over`, { token, body: { to } }),
    act: (id, act) => request('POST', `${path(id)}/${act}`, { token, body: {} }),
    async cannedReplies() {
      return (await request<{ replies: CannedReply[] }>('GET', '/api/v1/canned-replies', { token })).replies
    },
    async filled(talkId, replyId) {
      const reply = `${path(talkId)}/canned-replies/${segment(replyId)}`
      return (await request<{ text: string }>('GET', reply, { token })).text
    },
  }
}

/** In whose name the server speaks at the desk. */
export const deskId = (client: MatrixClient): string => `@desk:${client.getDomain() ?? ''}`

/** Whether nobody of the staff is behind a name: the server speaks by it, or a citizen does. Accounts never have such names. */
export const isService = (userId: string): boolean => /^@(desk$|desk:|c-)/.test(userId)

/** Whether a room belongs to the desk: it has its own place, and none in the list of rooms. Known of invitations too. */
export function isDeskRoom(client: MatrixClient, room: Room): boolean {
  return room.currentState.getStateEvents('m.room.create', '')?.getSender() === deskId(client)
}

/** The conversation that a room of the desk is about, or about which it holds the notes. */
export function talkIdOf(room: Room): string | undefined {
  const id = room.currentState.getStateEvents('chancery.conversation', '')?.getContent().id
  return typeof id === 'string' ? id : undefined
}

/** Since when somebody leads the conversation. */
export function ledSince(room: Room): { userId: string; at: number } | undefined {
  const event = room.currentState.getStateEvents('chancery.assignment', '')
  const userId = event?.getContent().user_id
  return event && typeof userId === 'string' ? { userId, at: event.getTs() } : undefined
}

export const isIn = (room: Room | null | undefined): room is Room => room?.getMyMembership() === KnownMembership.Join

const kinds: ReadonlySet<unknown> = new Set(channelKinds)
const kindIn = (value: unknown): ChannelKind | undefined => (kinds.has(value) ? (value as ChannelKind) : undefined)
const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** By which channel her words came; for words to her, the one that was chosen or that the writer was told of. */
export function channelOf(event: MatrixEvent | undefined): ChannelKind | undefined {
  const content = event?.getContent() ?? {}
  const send = membersOf(content['chancery.send'])
  return kindIn(membersOf(content['chancery.channel']).kind) ?? kindIn(send.channel) ?? kindIn(send.expected)
}

/** What a notice of the desk is about; undefined for all other events. */
export function noticeFacts(event: MatrixEvent | undefined): Record<string, unknown> | undefined {
  const content = event?.getContent() ?? {}
  return content.msgtype === 'm.notice' ? membersOf(content['chancery.notice']) : undefined
}

export type LetterOptions = {
  channel?: ChannelKind | undefined
  /** The way that the writer was shown. */
  expected?: ChannelKind | undefined
  seen?: string | undefined
  confirm?: boolean
}

/** Words for a citizen: plain, as most channels have nothing else. */
export function letterContent(text: string, options: LetterOptions): Record<string, unknown> {
  const send = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== false))
  return { msgtype: 'm.text', body: text, 'm.mentions': {}, 'chancery.send': send }
}

/** Why the server did not take words for a citizen; `isBefore`: why it would not. */
export type Refusal = { message: string; reason: string; userId?: string; nextBest?: NextBest; isBefore?: true }

/** Undefined when it failed for another reason than that it may not be sent. */
export function refusalIn(error: unknown): Refusal | undefined {
  const data = membersOf(membersOf(error).data)
  if (data.errcode !== 'M_FORBIDDEN' || typeof data.reason !== 'string') return undefined
  const next = membersOf(data.next_best)
  const channel = kindIn(next.channel)
  return {
    message: String(data.error ?? ''),
    reason: data.reason,
    ...(typeof data.user_id === 'string' ? { userId: data.user_id } : {}),
    ...(channel ? { nextBest: { channel, reason: String(next.reason ?? '') } } : {}),
  }
}
