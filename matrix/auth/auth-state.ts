import { eventIdOf } from '../events/hash.ts'
import type { Pdu } from '../events/pdu.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'

/** What the rules read of a state event. Whole events fit, and so do rows that hold no more than this. */
export type AuthEvent = Pick<Pdu, 'type' | 'sender' | 'content'> &
  Partial<Pick<Pdu, 'state_key' | 'room_id'>> & {
    /** Needed of the create event alone, in any version; where it is missing, it is computed from a whole event. */
    readonly event_id?: string
  }

/**
 * The state before an event, or its auth events: whatever the rules are asked against. In version 12 no event names
 * the create event as an auth event, yet the state must still answer it.
 */
export interface AuthState {
  get(type: string, stateKey: string): AuthEvent | undefined
}

/** What the state says about a person; undefined when it says nothing. */
export function membershipOf(userId: string, state: AuthState): string | undefined {
  const membership = state.get('m.room.member', userId)?.content.membership
  return typeof membership === 'string' ? membership : undefined
}

/** The join rule; `invite` when the room has none, and empty when it has one that cannot be read. */
export function joinRuleOf(state: AuthState): string {
  const event = state.get('m.room.join_rules', '')
  if (event === undefined) return 'invite'
  return typeof event.content.join_rule === 'string' ? event.content.join_rule : ''
}

/**
 * Who opened the room: the create event's sender, and in version 12 also its `additional_creators`. Until version 10
 * `content.creator` says it. Only in version 12 do creators stand above all power levels.
 */
export function isCreator(userId: string, state: AuthState, version: RoomVersion): boolean {
  const create = state.get('m.room.create', '')
  return create !== undefined && isCreatorIn(create, userId, version)
}

export function isCreatorIn(create: AuthEvent, userId: string, version: RoomVersion): boolean {
  if (!version.implicitRoomCreator) return create.content.creator === userId
  if (create.sender === userId) return true
  if (!version.privilegedCreators) return false
  const additional = create.content.additional_creators
  return Array.isArray(additional) && additional.includes(userId)
}

const computedIds: WeakMap<object, string> = new WeakMap()

/** The create event's id, carried or computed; undefined when only a part of the event is at hand, without its id. */
export function createIdOf(create: AuthEvent, version: RoomVersion): string | undefined {
  if (create.event_id !== undefined) return create.event_id
  if (version.eventIds === 'in-event' || !('auth_events' in create)) return undefined
  let id = computedIds.get(create)
  if (id === undefined) {
    id = eventIdOf(create as Pdu, version)
    computedIds.set(create, id)
  }
  return id
}
