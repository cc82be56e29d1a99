import type { Pdu } from '../events/pdu.ts'
import { isUserId, serverOf } from '../ids/ids.ts'
import { type RoomVersion, roomVersion } from '../room-versions/room-versions.ts'
import { type AuthEvent, type AuthState, createIdOf, membershipOf } from './auth-state.ts'
import { denyMembership } from './membership.ts'
import { type Denial, deny, NotAllowed } from './not-allowed.ts'
import { denyPowerChange } from './power-change.ts'
import { powerLevelOf, powerLevels, requiredPowerLevel } from './power-levels.ts'

/**
 * The authorisation rules of room versions 1 to 12.
 * https://spec.matrix.org/v1.19/rooms/ (the section "Authorisation rules" of each version)
 *
 * Which auth events an event may name is checked by `checkAuthEventsSelection`, and signatures where keys are at hand.
 */

/** Throws NotAllowed when an event with this state before it (or with these auth events) is refused. */
export function checkAuth(event: Pdu, version: RoomVersion, state: AuthState): void {
  const denial = denialOf(event, version, state)
  if (denial !== undefined) throw new NotAllowed(denial)
}

/** The same answer as `checkAuth` as a value, for those who ask often and expect refusals. */
export function denialOf(event: Pdu, version: RoomVersion, state: AuthState): Denial | undefined {
  if (event.type === 'm.room.create') return denyCreate(event, version)
  const create = state.get('m.room.create', '')
  if (create === undefined)
    return deny('create.missing', 'This room has no create event, so nothing can be sent to it.')
  const denial = denyRoom(event, version, create)
  if (denial !== undefined) return denial
  if (event.type === 'm.room.aliases' && version.specialCaseAliases) return denyAliases(event)
  if (event.type === 'm.room.member') return denyMembership(event, version, state)
  return denySending(event, version, state)
}

function denyCreate(event: Pdu, version: RoomVersion): Denial | undefined {
  const { content } = event
  if (event.prev_events.length > 0) {
    return deny('create.prev_events', 'A room begins with its create event, so nothing can come before it.')
  }
  if (version.roomIdIsCreateHash) {
    if (event.room_id !== undefined) {
      return deny('create.room_id', 'The room id follows from the create event. Leave room_id out.')
    }
  } else if (serverOf(event.room_id ?? '') !== serverOf(event.sender)) {
    return deny('create.room_id', 'The room id must be of the same server as whoever creates the room.')
  }
  const named = content.room_version
  if (named !== undefined && (typeof named !== 'string' || roomVersion(named) === undefined)) {
    return deny('create.room_version', 'This room version is not known here. Choose one from 1 to 12.')
  }
  if (!version.implicitRoomCreator && content.creator === undefined) {
    return deny('create.creator', `The create event of a version ${version.id} room must name its creator.`)
  }
  const additional = content.additional_creators
  if (version.privilegedCreators && additional !== undefined) {
    if (!Array.isArray(additional) || !additional.every(isUserId)) {
      return deny('create.additional_creators', 'additional_creators must be a list of user ids.')
    }
  }
  return undefined
}

function denyRoom(event: Pdu, version: RoomVersion, create: AuthEvent): Denial | undefined {
  if (version.roomIdIsCreateHash) {
    const createId = createIdOf(create, version)
    // A state that holds only parts of its create event, without an id, was looked up by room id in the first place.
    if (event.room_id === undefined || (createId !== undefined && !isSameAfterSigil(event.room_id, createId))) {
      return deny('room.id', 'This event’s room id is not that of the room’s create event.')
    }
  }
  if (create.content['m.federate'] === false && serverOf(event.sender) !== serverOf(create.sender)) {
    return deny('room.federate', `This room is only for people of ${serverOf(create.sender)}.`)
  }
  return undefined
}

function isSameAfterSigil(roomId: string, eventId: string): boolean {
  return roomId.length === eventId.length && roomId.startsWith('!') && roomId.endsWith(eventId.slice(1))
}

function denyAliases(event: Pdu): Denial | undefined {
  if (event.state_key !== undefined && event.state_key === serverOf(event.sender)) return undefined
  return deny('aliases.state_key', 'A server can set only its own aliases: the state_key must be your server’s name.')
}

function denySending(event: Pdu, version: RoomVersion, state: AuthState): Denial | undefined {
  const { type, sender, state_key: stateKey } = event
  if (membershipOf(sender, state) !== 'join') {
    return deny('sender.not_joined', 'You are not in this room. Join it first, or ask a member to invite you.')
  }
  const own = powerLevelOf(sender, state, version)
  if (type === 'm.room.third_party_invite') {
    const needed = powerLevels(state, version).invite
    if (own >= needed) return undefined
    return deny(
      'third_party_invite.power',
      `You need power level ${needed} to invite people to this room; yours is ${own}.`,
    )
  }
  const needed = requiredPowerLevel(type, stateKey !== undefined, state, version)
  if (needed > own) {
    return deny(
      'event.power',
      `You need power level ${needed} to ${actOf(type, stateKey !== undefined)}; yours is ${own}.`,
    )
  }
  if (stateKey?.startsWith('@') && stateKey !== sender) {
    return deny('state_key.user', `Only ${stateKey} can set this, because it carries this person’s name.`)
  }
  if (type === 'm.room.power_levels') return denyPowerChange(event, version, state)
  if (type === 'm.room.redaction' && version.redactionAuthorisedByDomain)
    return denyRedaction(event, own, version, state)
  return undefined
}

/** Versions 1 and 2 alone: later ones decide when a redaction is applied, see `redactionApplies`. */
function denyRedaction(event: Pdu, own: number, version: RoomVersion, state: AuthState): Denial | undefined {
  const needed = powerLevels(state, version).redact
  if (own >= needed) return undefined
  if (event.redacts !== undefined && event.event_id !== undefined) {
    const server = serverOf(event.redacts)
    if (server !== undefined && server === serverOf(event.event_id)) return undefined
  }
  return deny('redaction.power', `You need power level ${needed} to remove what others sent; yours is ${own}.`)
}

/**
 * Whether an accepted redaction takes effect on its target, from version 3 on: by power, or because both senders are of
 * one server. Versions 1 and 2 decided it when they accepted the event.
 * https://spec.matrix.org/v1.19/rooms/v3/#handling-redactions
 */
export function redactionApplies(
  redaction: Pick<Pdu, 'sender'>,
  target: Pick<Pdu, 'sender'>,
  version: RoomVersion,
  state: AuthState,
): boolean {
  if (version.redactionAuthorisedByDomain) return true
  if (serverOf(redaction.sender) === serverOf(target.sender)) return true
  return powerLevelOf(redaction.sender, state, version) >= powerLevels(state, version).redact
}

const acts: Readonly<Record<string, string>> = {
  'm.room.message': 'send messages in this room',
  'm.room.encrypted': 'send messages in this room',
  'm.sticker': 'send stickers in this room',
  'm.reaction': 'react in this room',
  'm.room.redaction': 'remove messages in this room',
  'm.room.name': 'change the room’s name',
  'm.room.topic': 'change the room’s topic',
  'm.room.avatar': 'change the room’s picture',
  'm.room.power_levels': 'change the power levels',
  'm.room.join_rules': 'change who can join',
  'm.room.history_visibility': 'change who can read the history',
  'm.room.guest_access': 'change what guests may do',
  'm.room.canonical_alias': 'change the room’s addresses',
  'm.room.encryption': 'turn on encryption',
  'm.room.server_acl': 'change which servers take part',
  'm.room.tombstone': 'replace the room with a new one',
  'm.room.pinned_events': 'pin messages',
  'm.space.child': 'change the rooms of this space',
  'm.space.parent': 'put the room into a space',
}

function actOf(type: string, isState: boolean): string {
  if (Object.hasOwn(acts, type)) return acts[type] as string
  return isState ? `change the room’s setting ${type}` : `send events of type ${type}`
}
