import type { Pdu } from '../events/pdu.ts'
import { isJsonObject } from '../json/json.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import type { AuthEvent } from './auth-state.ts'
import { type Denial, deny, NotAllowed } from './not-allowed.ts'

/** What the selection looks at, so that it can be made before the event is. */
export type Selectable = Pick<Pdu, 'type' | 'sender' | 'content' | 'state_key'>

/** An event named in `auth_events`, and whether it was itself refused when it came. */
export type AuthEntry = { readonly event: AuthEvent; readonly isRejected: boolean }

/**
 * The keys `[type, state key]` of the state events that an event names as its auth events, those that exist. Each
 * stands once. Version 12 never names the create event.
 * https://spec.matrix.org/v1.19/server-server-api/#auth-events-selection
 */
export function authTypesFor(event: Selectable, version: RoomVersion): [string, string][] {
  if (event.type === 'm.room.create') return []
  const keys: [string, string][] = version.roomIdIsCreateHash ? [] : [['m.room.create', '']]
  keys.push(['m.room.power_levels', ''], ['m.room.member', event.sender])
  if (event.type !== 'm.room.member') return keys
  const { membership } = event.content
  const members = [event.sender]
  const addMember = (userId: unknown) => {
    if (typeof userId !== 'string' || members.includes(userId)) return
    members.push(userId)
    keys.push(['m.room.member', userId])
  }
  addMember(event.state_key)
  if (membership === 'join' || membership === 'invite' || membership === 'knock') keys.push(['m.room.join_rules', ''])
  if (membership === 'invite') {
    const token = inviteToken(event)
    if (token !== undefined) keys.push(['m.room.third_party_invite', token])
  }
  if (membership === 'join' && version.restrictedJoins) addMember(event.content.join_authorised_via_users_server)
  return keys
}

/** Throws NotAllowed unless the events named in `auth_events` are the ones that the selection asks for. */
export function checkAuthEventsSelection(event: Pdu, version: RoomVersion, entries: readonly AuthEntry[]): void {
  const denial = denySelection(event, version, entries)
  if (denial !== undefined) throw new NotAllowed(denial)
}

function denySelection(event: Pdu, version: RoomVersion, entries: readonly AuthEntry[]): Denial | undefined {
  if (event.type === 'm.room.create') {
    if (entries.length === 0) return undefined
    return deny('auth_events.unexpected', 'A create event names no auth events.')
  }
  const expected = new Set(authTypesFor(event, version).map(([type, stateKey]) => joined(type, stateKey)))
  const seen = new Set<string>()
  for (const { event: entry } of entries) {
    const key = joined(entry.type, entry.state_key)
    const name = `${entry.type} “${entry.state_key ?? ''}”`
    if (seen.has(key)) return deny('auth_events.duplicate', `The auth events name ${name} twice.`)
    seen.add(key)
    if (!expected.has(key))
      return deny('auth_events.unexpected', `The auth events name ${name}, which has no say here.`)
  }
  for (const { event: entry, isRejected } of entries) {
    if (isRejected) return deny('auth_events.rejected', `The auth events name a ${entry.type} event that was refused.`)
  }
  if (!version.roomIdIsCreateHash && !seen.has(joined('m.room.create', ''))) {
    return deny('auth_events.create', 'The auth events do not name the room’s create event.')
  }
  for (const { event: entry } of entries) {
    // Parts of events that a store holds for one room carry no room id.
    if (entry.room_id !== undefined && entry.room_id !== event.room_id) {
      return deny('auth_events.room', `The auth events name a ${entry.type} event of another room.`)
    }
  }
  return undefined
}

function inviteToken(event: Selectable): string | undefined {
  const invitation = event.content.third_party_invite
  if (!isJsonObject(invitation) || !isJsonObject(invitation.signed)) return undefined
  return typeof invitation.signed.token === 'string' ? invitation.signed.token : undefined
}

/** Events without a state key match nothing that the selection asks for. */
function joined(type: string, stateKey: string | undefined): string {
  return stateKey === undefined ? type : `${type}\0${stateKey}`
}
