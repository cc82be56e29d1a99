/** Shapes that the endpoints of the desk share. */
import Type from 'typebox'
import { limits } from '#platform/api.ts'

export const DeskId = Type.String({ minLength: 1, maxLength: 40 })
export const DeskAgency = Type.Optional(Type.String({ minLength: 1, maxLength: 40 }))
export const DeskLimit = Type.Optional(Type.Integer({ minimum: 1, maximum: limits.deskPageMax }))
export const DeskCursor = Type.Optional(Type.String({ maxLength: 80 }))
export const ById = Type.Object({ id: DeskId })
export const State = Type.Union([Type.Literal('open'), Type.Literal('waiting'), Type.Literal('closed')])
export const ChannelKind = Type.Union([Type.Literal('sms'), Type.Literal('mail'), Type.Literal('inbox')])
const Form = Type.Union([Type.Literal('words'), Type.Literal('notice')])
const orNull = <S extends Type.TSchema>(shape: S) => Type.Union([shape, Type.Null()])

export const QueueShape = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  agency: Type.String(),
  roomId: Type.String(),
  channels: Type.Array(Type.String()),
  open: Type.Integer(),
  unassigned: Type.Integer(),
})

const conversationMembers = {
  id: Type.String(),
  /** What people call it by. */
  reference: Type.String(),
  agency: Type.String(),
  roomId: Type.String(),
  notesRoomId: Type.String(),
  personId: orNull(Type.String()),
  /** Hers or, while nobody knows her, her address. */
  name: Type.String(),
  /** As whom she writes in the room. */
  citizen: Type.String(),
  queue: Type.String(),
  assignee: orNull(Type.String()),
  channel: ChannelKind,
  state: State,
  sensitivity: Type.Union([Type.Literal('public'), Type.Literal('personal'), Type.Literal('sensitive')]),
  openedMs: Type.Integer(),
  updatedMs: Type.Integer(),
  lastInMs: orNull(Type.Integer()),
  lastOutMs: orNull(Type.Integer()),
}
export const ConversationShape = Type.Object(conversationMembers)

const WayShape = Type.Union([
  Type.Object({ isOpen: Type.Literal(true), channel: ChannelKind, form: Form, reason: Type.String() }),
  Type.Object({
    isOpen: Type.Literal(false),
    code: Type.String(),
    message: Type.String(),
    nextBest: Type.Optional(Type.Object({ channel: ChannelKind, form: Form, reason: Type.String() })),
  }),
])

export const WholeConversation = Type.Object({
  ...conversationMembers,
  /** Who works on it. */
  staff: Type.Array(Type.String()),
  /** Which way the next words take, and why; left out where nothing is sent. */
  way: Type.Optional(WayShape),
})

export const CannedReplyShape = Type.Object({
  id: Type.String(),
  agency: Type.String(),
  key: Type.String(),
  title: Type.String(),
  texts: Type.Record(Type.String(), Type.String()),
  changedMs: Type.Integer(),
})

export const TimelineShape = Type.Object({
  conversations: Type.Array(
    Type.Object({
      id: Type.String(),
      roomId: Type.String(),
      channel: ChannelKind,
      state: State,
      openedMs: Type.Integer(),
      updatedMs: Type.Integer(),
    }),
  ),
  messages: Type.Array(
    Type.Object({
      eventId: Type.String(),
      conversation: Type.String(),
      roomId: Type.String(),
      from: Type.Union([Type.Literal('citizen'), Type.Literal('staff')]),
      sender: Type.String(),
      atMs: Type.Integer(),
      msgtype: Type.String(),
      text: Type.String(),
      channel: Type.Optional(Type.Object({ id: Type.String(), kind: ChannelKind })),
      url: Type.Optional(Type.String()),
    }),
  ),
  next_cursor: Type.Optional(Type.String()),
})
