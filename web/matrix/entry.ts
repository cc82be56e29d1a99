import {
  Direction,
  EventStatus,
  type EventTimelineSet,
  EventType,
  type MatrixClient,
  type MatrixEvent,
  type Room,
  THREAD_RELATION_TYPE,
  type Thread,
} from 'matrix-js-sdk'
import { type Change, readChange } from './change.ts'
import { type Person, personIn } from './person.ts'
import { richText, wordsIn } from './rich-text.ts'

export type Picture = {
  mxc: string
  thumbnail?: string
  name: string
  width: number
  height: number
  size: number
}
export type FilePaper = { mxc: string; name: string; type: string; size: number }
export type Endorsement = { key: string; count: number; mineId?: string; people: string[] }
export type Quote = { id: string; name: string; text: string }
export type ThreadSummary = {
  rootId: string
  count: number
  unread: number
  lastName: string
  lastAt: number
  people: Person[]
}
export type Sending = 'sent' | 'sending' | 'waits' | 'failed'

/** One line of the sheet as plain data: the same data means the same picture, so it can be compared and kept. */
export type Entry = {
  /** The same before and after the server gave its id. */
  key: string
  id: string
  kind: 'words' | 'change' | 'gone' | 'locked' | 'unknown'
  sender: Person
  at: number
  mine: boolean
  toMe: boolean
  /** Safe HTML of what was written, and the plain words for quoting and copying. */
  html: string
  text: string
  emote: boolean
  picture?: Picture
  file?: FilePaper
  quote?: Quote
  editedAt?: number
  endorsements: Endorsement[]
  thread?: ThreadSummary
  sending: Sending
  failure?: string
  change?: Change
  removedBy?: string
}

export type EntryContext = {
  client: MatrixClient
  room: Room
  timelineSet: EventTimelineSet
  inThread: boolean
  /** Why a send failed, in words; nothing when it only waits for the connection. Asked for failed events only. */
  failureOf(event: MatrixEvent): string | undefined
  /** An event that is quoted but not loaded; asking starts fetching it. */
  quoted(eventId: string): MatrixEvent | undefined
}

const hiddenRelations = new Set(['m.annotation', 'm.replace'])

/** Whether an event has a line of its own. Relations show on the event that they belong to. */
function isShown(event: MatrixEvent): boolean {
  const relation = event.getRelation()
  if (relation?.rel_type && hiddenRelations.has(relation.rel_type)) return false
  if (event.isRedacted())
    return event.getType() === EventType.RoomMessage || event.getType() === EventType.RoomMessageEncrypted
  const type = event.getType()
  return (
    type === EventType.RoomMessage ||
    type === EventType.RoomMessageEncrypted ||
    type === EventType.Sticker ||
    readChange(event, () => '') !== undefined
  )
}

const firstLine = (text: string, lettersMax = 140): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > lettersMax ? `${line.slice(0, lettersMax)}…` : line
}

/** The plain words of a message, without the quotation that clients of old put before a reply. */
export function plainWords(event: MatrixEvent): string {
  const content = event.getContent()
  const body = typeof content.body === 'string' ? content.body : ''
  return event.replyEventId ? body.replace(/^(?:> .*\n)+\n/, '') : body
}

function htmlOf(event: MatrixEvent, ownId: string): string {
  const content = event.getContent()
  const formatted = content.format === 'org.matrix.custom.html' ? content.formatted_body : undefined
  return richText(plainWords(event), typeof formatted === 'string' ? formatted : undefined, ownId)
}

function sendingOf(event: MatrixEvent): Sending {
  switch (event.status) {
    case EventStatus.NOT_SENT:
      return 'failed'
    case EventStatus.SENDING:
    case EventStatus.ENCRYPTING:
      return 'sending'
    case EventStatus.QUEUED:
      return 'waits'
    default:
      return 'sent'
  }
}

const number = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
const mxcOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith('mxc://') ? value : undefined

function attachmentOf(event: MatrixEvent): Pick<Entry, 'picture' | 'file'> {
  const content = event.getContent()
  const mxc = mxcOf(content.url)
  if (!mxc) return {}
  const info = (content.info ?? {}) as Record<string, unknown>
  const name = String(content.filename ?? content.body ?? '')
  const size = number(info.size)
  if (content.msgtype === 'm.image' || event.getType() === EventType.Sticker) {
    const thumbnail = mxcOf(info.thumbnail_url)
    return {
      picture: { mxc, name, width: number(info.w), height: number(info.h), size, ...(thumbnail ? { thumbnail } : {}) },
    }
  }
  if (['m.file', 'm.video', 'm.audio'].includes(String(content.msgtype))) {
    return { file: { mxc, name, type: String(info.mimetype ?? ''), size } }
  }
  return {}
}

function endorsementsOf(event: MatrixEvent, { client, room, timelineSet }: EntryContext): Endorsement[] {
  const id = event.getId()
  if (!id) return []
  const own = client.getSafeUserId()
  const relations = timelineSet.relations.getChildEventsForEvent(id, 'm.annotation', EventType.Reaction)
  const byKey = relations?.getSortedAnnotationsByKey() ?? []
  return byKey
    .map(([key, events]) => {
      const bySender = new Map<string, MatrixEvent>()
      for (const reaction of events) {
        if (!reaction.isRedacted() && reaction.status !== EventStatus.NOT_SENT)
          bySender.set(reaction.getSender() ?? '', reaction)
      }
      const mineId = bySender.get(own)?.getId()
      const people = [...bySender.keys()].map((userId) => personIn(client, room, userId).name)
      return { key, count: bySender.size, people, ...(mineId ? { mineId } : {}) }
    })
    .filter((endorsement) => endorsement.count > 0)
}

function quoteOf(event: MatrixEvent, context: EntryContext): Quote | undefined {
  const id = event.replyEventId
  if (!id || event.getWireContent()['m.relates_to']?.is_falling_back === true) return undefined
  const quoted = context.quoted(id)
  if (!quoted) return { id, name: '', text: '' }
  return {
    id,
    name: personIn(context.client, context.room, quoted.getSender() ?? '').name,
    text: firstLine(quoted.isRedacted() ? '' : wordsIn(htmlOf(quoted, context.client.getSafeUserId()))),
  }
}

/**
 * How many replies a thread has. The SDK adds what it hears to a number that the server gave a moment before or after, so
 * a reply can count twice or not at all; once the whole thread is here, its replies themselves are counted.
 */
function countReplies(thread: Thread, replies: readonly MatrixEvent[], pending: number): number {
  const isWhole = thread.initialEventsFetched && !thread.liveTimeline.getPaginationToken(Direction.Backward)
  return isWhole ? replies.length + pending : Math.max(thread.length, replies.length)
}

function threadOf(event: MatrixEvent, { client, room, inThread }: EntryContext): ThreadSummary | undefined {
  const thread = inThread ? undefined : event.getThread()
  if (!thread || thread.id !== event.getId()) return undefined
  const replies = thread.events.filter((reply) => reply.isRelation(THREAD_RELATION_TYPE.name) && !reply.isRedacted())
  const known = new Set(replies.map((reply) => reply.getId()))
  const pending = room
    .getPendingEvents()
    .filter(
      (reply) =>
        reply.threadRootId === thread.id && reply.isRelation(THREAD_RELATION_TYPE.name) && !known.has(reply.getId()),
    )
  const count = countReplies(thread, replies, pending.length)
  if (count === 0) return undefined
  const last = pending.at(-1) ?? replies.at(-1) ?? thread.replyToEvent
  const senders = new Set([...replies, ...pending].map((reply) => reply.getSender() ?? ''))
  if (last?.getSender()) senders.add(last.getSender() as string)
  return {
    rootId: thread.id,
    count,
    unread: room.getThreadUnreadNotificationCount(thread.id),
    lastName: last ? personIn(client, room, last.getSender() ?? '').name : '',
    lastAt: last?.getTs() ?? 0,
    people: [...senders].slice(-3).map((userId) => personIn(client, room, userId)),
  }
}

export function mentionsMe(event: MatrixEvent, ownId: string): boolean {
  if (event.getSender() === ownId) return false
  const mentions = event.getContent()['m.mentions'] as { user_ids?: unknown; room?: unknown } | undefined
  return Boolean(mentions?.room) || (Array.isArray(mentions?.user_ids) && mentions.user_ids.includes(ownId))
}

function kindOf(event: MatrixEvent): Entry['kind'] {
  if (event.isRedacted()) return 'gone'
  if (event.isState()) return 'change'
  if (event.getType() === EventType.RoomMessageEncrypted || event.isDecryptionFailure()) return 'locked'
  return 'words'
}

/** What every line has, whatever the event holds. */
function emptyEntry(event: MatrixEvent, { client, room }: EntryContext): Entry {
  const senderId = event.getSender() ?? ''
  const id = event.getId() ?? ''
  return {
    key: event.getTxnId() ?? event.getUnsigned().transaction_id ?? id,
    id,
    kind: 'unknown',
    sender: personIn(client, room, senderId),
    at: event.getTs(),
    mine: senderId === client.getSafeUserId(),
    toMe: false,
    html: '',
    text: '',
    emote: false,
    endorsements: [],
    sending: sendingOf(event),
  }
}

/**
 * Reads one event as a line of the sheet; undefined if it has none. What others send may be of any shape: an event that
 * cannot be read stands there as `unknown`, and takes no other with it.
 */
export function readLine(event: MatrixEvent, context: EntryContext): Entry | undefined {
  try {
    return isShown(event) ? readEntry(event, context) : undefined
  } catch (error) {
    console.error('An event could not be read.', event.getId(), error)
    return emptyEntry(event, context)
  }
}

function readEntry(event: MatrixEvent, context: EntryContext): Entry {
  const { client, room } = context
  const ownId = client.getSafeUserId()
  const nameOf = (userId: string) => personIn(client, room, userId).name
  const kind = kindOf(event)
  const entry: Entry = {
    ...emptyEntry(event, context),
    kind,
    toMe: kind === 'words' && mentionsMe(event, ownId),
    emote: event.getContent().msgtype === 'm.emote',
  }
  if (kind === 'change') return { ...entry, change: readChange(event, nameOf, ownId) ?? { kind: 'named', who: '' } }
  const thread = threadOf(event, context)
  if (thread) entry.thread = thread
  if (kind === 'gone') return { ...entry, removedBy: nameOf(event.getRedactionEvent()?.sender ?? entry.sender.id) }
  if (kind === 'locked') return entry
  return { ...entry, ...wordsOf(event, context, ownId) }
}

function wordsOf(event: MatrixEvent, context: EntryContext, ownId: string): Partial<Entry> {
  const content = event.getContent()
  const attachment = attachmentOf(event)
  const text = plainWords(event)
  const file = attachment.picture ?? attachment.file
  // A file's body is its name unless a file name stands apart: then it is a caption.
  const captioned =
    !file || (typeof content.filename === 'string' && content.filename !== content.body && Boolean(content.body))
  const quote = quoteOf(event, context)
  const editedAt = event.replacingEventDate()?.getTime()
  const failure = event.status === EventStatus.NOT_SENT ? context.failureOf(event) : undefined
  return {
    text,
    html: captioned ? htmlOf(event, ownId) : '',
    endorsements: endorsementsOf(event, context),
    ...attachment,
    // A send that only misses the connection waits; it has no failure to tell.
    ...(event.status === EventStatus.NOT_SENT && !failure ? { sending: 'waits' as const } : {}),
    ...(quote ? { quote } : {}),
    ...(editedAt ? { editedAt } : {}),
    ...(failure ? { failure } : {}),
  }
}
