/** What the desk's rooms are made of, so that a plain Matrix app shows them in a useful way. */
import type { Sensitivity } from '#channels/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { RoomWish } from '#messaging/api.ts'
import type { AddressKind } from '../people/types.ts'
import { referenceOf } from './tokens.ts'
import type { ConversationState } from './types.ts'

export const deskName = 'desk'
export const citizenPrefix = 'c-'

export const stateTypes = {
  /** Of a conversation's room: its public id, state, queue and sensitivity. Of the room for notes: which conversation. */
  conversation: 'chancery.conversation',
  assignment: 'chancery.assignment',
  notes: 'chancery.notes',
  queue: 'chancery.queue',
} as const

export const kindNames: Readonly<Record<AddressKind, string>> = { sms: 'SMS', mail: 'E-mail', inbox: 'Inbox' }

const version = '12'
const stateLevel = 50
const staffLevel = 25

/** Everybody is staff but the citizen; `@desk`, who made the room, stands above all levels. */
function levels(citizen: string | undefined): JsonObject {
  return {
    users: citizen === undefined ? {} : { [citizen]: 0 },
    users_default: staffLevel,
    events_default: 0,
    state_default: stateLevel,
    invite: staffLevel,
    kick: stateLevel,
    ban: stateLevel,
    redact: stateLevel,
    events: {},
    notifications: { room: stateLevel },
  }
}

const plain = (type: string, content: JsonObject) => ({ type, state_key: '', content })

function wishOf(wish: RoomWish, state: RoomWish['initial_state']): RoomWish {
  return {
    ...wish,
    room_version: version,
    preset: 'private_chat',
    visibility: 'private',
    creation_content: { ...wish.creation_content, 'm.federate': false },
    initial_state: [
      plain('m.room.history_visibility', { history_visibility: 'shared' }),
      plain('m.room.guest_access', { guest_access: 'forbidden' }),
      ...(state ?? []),
    ],
  }
}

/** Members of the queue's space may come in. */
export function openTo(space: string): JsonObject {
  return { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: space }] }
}

export const shut: JsonObject = { join_rule: 'invite' }

export type ConversationFacts = {
  readonly id: string
  readonly state: ConversationState
  readonly queue: string
  readonly channel: AddressKind
  readonly sensitivity: Sensitivity
}

export function conversationWish(facts: ConversationFacts, space: string, citizen: string): RoomWish {
  return wishOf(
    {
      name: `${kindNames[facts.channel]} ${referenceOf(facts.id)}`,
      topic:
        'What you write here goes to the citizen. Lines that begin with ! are for the desk and go nowhere: ' +
        '!by sms, !wait, !close, !help.',
    },
    [
      plain('m.room.power_levels', levels(citizen)),
      plain('m.room.join_rules', openTo(space)),
      plain(stateTypes.conversation, { ...facts }),
      { type: 'm.space.parent', state_key: space, content: { via: [serverOf(space)], canonical: true } },
    ],
  )
}

export function notesWish(facts: ConversationFacts, space: string): RoomWish {
  return wishOf(
    {
      name: `Notes on ${kindNames[facts.channel]} ${referenceOf(facts.id)}`,
      topic: 'For colleagues only. Nothing of this ever goes to the citizen.',
    },
    [plain('m.room.power_levels', levels(undefined)), plain('m.room.join_rules', openTo(space))],
  )
}

export function queueWish(name: string, id: string): RoomWish {
  return wishOf({ name, topic: 'Join a conversation to take it.', creation_content: { type: 'm.space' } }, [
    plain('m.room.power_levels', { ...levels(undefined), events_default: stateLevel, invite: stateLevel }),
    plain('m.room.join_rules', shut),
    plain(stateTypes.queue, { id }),
  ])
}

/** Room ids of version 12 name no server; the rest of a Matrix id does. */
export function serverOf(matrixId: string): string {
  return matrixId.includes(':') ? matrixId.slice(matrixId.indexOf(':') + 1) : ''
}
