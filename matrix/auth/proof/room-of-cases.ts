import type { Pdu } from '../../events/pdu.ts'
import type { JsonObject } from '../../json/json.ts'
import type { RoomVersion } from '../../room-versions/room-versions.ts'
import type { AuthEvent, AuthState } from '../auth-state.ts'
import type { AuthRule } from '../not-allowed.ts'

/**
 * What the authorisation rules must answer, as data. Every case is an event in the same small room, which it may change
 * first, and holds in all versions that it names.
 *
 * In the room: Ada opened it (level 100; above all in version 12), Ben is a moderator (50), Cleo a member (0). Dora is
 * invited, Emil banned, Gwen has knocked, Hugo has left, and Finn was never there. Joining is by invitation.
 */
export type AuthCase = {
  readonly what: string
  /** The rule that refuses; absent when the event is allowed. */
  readonly refusedBy?: AuthRule
  /** First and last version in which this holds; all of them when absent. */
  readonly versions?: readonly [number, number]
  readonly room?: RoomChanges
  readonly event: EventOfCase
}

export type RoomChanges = {
  readonly joinRule?: string | null
  /** The whole content; null means that the event is absent. Ada’s entry is dropped where creators may have none. */
  readonly levels?: JsonObject | null
  /** Added to the create event’s content. */
  readonly create?: JsonObject
  readonly members?: { readonly [userId: string]: string }
  /** Token → content of third-party invitations, made by Ben. */
  readonly offers?: { readonly [token: string]: JsonObject }
  readonly withoutCreate?: true
}

export type EventOfCase = {
  readonly type: string
  readonly sender: string
  readonly stateKey?: string
  readonly content?: JsonObject
  /** Written over the event at last: for keys that seldom matter. */
  readonly with?: Partial<Pdu>
}

export const ada = '@ada:one'
export const ben = '@ben:one'
export const cleo = '@cleo:two'
export const dora = '@dora:two'
export const emil = '@emil:three'
export const finn = '@finn:three'
export const gwen = '@gwen:one'
export const hugo = '@hugo:two'

export const baseUsers: JsonObject = { [ada]: 100, [ben]: 50 }

const createId = '$eLqMB9kUQBg4nNFTOlFOYxKx1ZGtUDZHbGLwj2rSNTg'

export function roomIdOf(version: RoomVersion): string {
  return version.roomIdIsCreateHash ? `!${createId.slice(1)}` : '!room:one'
}

/** A state made of parts of events: no more than what the rules may lean on. */
export function stateOfCase(version: RoomVersion, room: RoomChanges = {}): AuthState {
  const events = new Map<string, AuthEvent>()
  const put = (type: string, stateKey: string, sender: string, content: JsonObject, id = '$other') => {
    events.set(`${type} ${stateKey}`, { type, state_key: stateKey, sender, content, event_id: id })
  }
  if (room.withoutCreate !== true) {
    const creator: JsonObject = version.implicitRoomCreator ? {} : { creator: ada }
    put('m.room.create', '', ada, { room_version: version.id, ...creator, ...room.create }, createId)
  }
  const members = { [ada]: 'join', [ben]: 'join', [cleo]: 'join', [dora]: 'invite', [emil]: 'ban', [gwen]: 'knock' }
  for (const [userId, membership] of Object.entries({ ...members, [hugo]: 'leave', ...room.members })) {
    put('m.room.member', userId, userId, { membership })
  }
  if (room.joinRule !== null) put('m.room.join_rules', '', ada, { join_rule: room.joinRule ?? 'invite' })
  if (room.levels !== null) {
    const levels = { users: baseUsers, ...room.levels }
    const users = { ...(levels.users as JsonObject) }
    if (version.privilegedCreators) delete users[ada]
    put('m.room.power_levels', '', ada, { ...levels, users })
  }
  for (const [token, content] of Object.entries(room.offers ?? {}))
    put('m.room.third_party_invite', token, ben, content)
  return { get: (type, stateKey) => events.get(`${type} ${stateKey}`) }
}

export function eventOfCase(version: RoomVersion, event: EventOfCase): Pdu {
  const isHashedCreate = event.type === 'm.room.create' && version.roomIdIsCreateHash
  return {
    type: event.type,
    sender: event.sender,
    ...(event.stateKey === undefined ? {} : { state_key: event.stateKey }),
    ...(isHashedCreate ? {} : { room_id: roomIdOf(version) }),
    content: event.content ?? {},
    origin_server_ts: 1,
    depth: 9,
    prev_events: event.type === 'm.room.create' ? [] : ['$before'],
    auth_events: [],
    ...event.with,
  }
}

/** The first event after the create event, in either way of naming it. */
export function rightAfterCreate(version: RoomVersion): Partial<Pdu> {
  return { prev_events: version.eventReferences === 'ids' ? [createId] : [[createId, { sha256: '' }]] }
}
