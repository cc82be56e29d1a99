import type { ErrorCode } from '#platform/api.ts'

/** What a person is to a room; `undefined` where this is used means "was never anything". */
export type Membership = 'join' | 'invite' | 'knock' | 'leave' | 'ban'

/** Something besides the own membership that opens the door of a room for an act. */
export type Opening = 'publicToJoin' | 'knockable' | 'restricted' | 'worldReadable'

type RoomActRow = {
  /** What a refusal says the person wanted: "You cannot … here." */
  readonly meaning: string
  /** Memberships that open the door. */
  readonly members: readonly Membership[]
  /** What opens the door to anybody who is not banned. */
  readonly openings: readonly Opening[]
  /** What the specification wants to hear when the door is shut; the same for "forbidden" and "absent". */
  readonly code: ErrorCode
  /** Also for a person whose account is suspended, who otherwise only reads. */
  readonly whenSuspended?: true | 'for notices of the server'
}

const joined = ['join'] as const
const everyTie = ['join', 'invite', 'knock', 'leave', 'ban'] as const

/**
 * What can be done in a room, and who gets through the door for it.
 *
 * This is the door and not the protocol: whether the room's power levels let a member ban somebody is decided by the
 * event authorisation rules of the room version, which the writer of a room applies to each event in addition.
 *
 * A person who left or was banned still reads what she could read then; `room.read` lets her in and the history
 * visibility at each event bounds what she gets.
 */
export const roomActs = {
  'room.see': {
    meaning: 'see this room',
    members: everyTie,
    openings: ['publicToJoin', 'knockable', 'worldReadable'],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  // What is told of a room to somebody who might come in.
  'room.preview': {
    meaning: 'look at this room',
    members: ['join', 'invite', 'knock'],
    openings: ['publicToJoin', 'knockable', 'worldReadable'],
    code: 'M_FORBIDDEN',
  },
  'room.read': {
    meaning: 'read this room',
    members: ['join', 'leave', 'ban'],
    openings: ['worldReadable'],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  'room.event': {
    meaning: 'read this event',
    members: ['join', 'leave', 'ban'],
    openings: ['worldReadable'],
    code: 'M_NOT_FOUND',
    whenSuspended: true,
  },
  'room.send': { meaning: 'write in this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.state': { meaning: 'change this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.redact': {
    meaning: 'remove messages in this room',
    members: joined,
    openings: [],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  // Asked for in addition when what is to be removed is somebody else's.
  'room.redactOthers': {
    meaning: 'remove what others wrote in this room',
    members: joined,
    openings: [],
    code: 'M_FORBIDDEN',
  },
  'room.invite': { meaning: 'invite people to this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.kick': { meaning: 'remove people from this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.ban': { meaning: 'ban people from this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.unban': { meaning: 'lift bans in this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.join': {
    meaning: 'join this room',
    members: ['join', 'invite'],
    openings: ['publicToJoin', 'restricted'],
    code: 'M_FORBIDDEN',
    // What the server has to tell her she must hear, why she is suspended above all.
    whenSuspended: 'for notices of the server',
  },
  'room.knock': {
    meaning: 'ask to join this room',
    members: ['knock'],
    openings: ['knockable'],
    code: 'M_FORBIDDEN',
  },
  'room.leave': {
    meaning: 'leave this room',
    members: ['join', 'invite', 'knock', 'leave'],
    openings: [],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  // That a room must be left first is told to those who are in it; nobody else hears of it.
  'room.forget': {
    meaning: 'forget this room',
    members: everyTie,
    openings: [],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  'room.members': {
    meaning: 'see who is in this room',
    members: ['join', 'leave', 'ban'],
    openings: ['worldReadable'],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  'room.receipt': {
    meaning: 'mark messages in this room as read',
    members: joined,
    openings: [],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  'room.typing': { meaning: 'write in this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.accountData': {
    meaning: 'keep notes of your own about this room',
    members: everyTie,
    openings: [],
    code: 'M_FORBIDDEN',
    whenSuspended: true,
  },
  'room.alias': { meaning: 'give this room an address', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.upgrade': { meaning: 'replace this room', members: joined, openings: [], code: 'M_FORBIDDEN' },
  'room.report': {
    meaning: 'report something in this room',
    members: joined,
    openings: [],
    code: 'M_NOT_FOUND',
    whenSuspended: true,
  },
} as const satisfies Readonly<Record<string, RoomActRow>>

export type RoomAct = keyof typeof roomActs

/** The row of an act; undefined for any other word, also one that every object knows ('constructor'). */
export function roomAct(act: string): RoomActRow | undefined {
  return isRoomAct(act) ? roomActs[act] : undefined
}

export function isRoomAct(act: string): act is RoomAct {
  return Object.hasOwn(roomActs, act)
}
