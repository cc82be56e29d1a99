import { type Pdu, prevEventIds } from '../events/pdu.ts'
import type { RoomVersion } from '../room-versions/room-versions.ts'
import { type AuthState, createIdOf, isCreatorIn, joinRuleOf, membershipOf } from './auth-state.ts'
import { type Denial, deny } from './not-allowed.ts'
import { powerLevelOf, powerLevels } from './power-levels.ts'
import { denyThirdPartyInvite } from './third-party-invite.ts'

/**
 * The rules for `m.room.member`: rule 5 in versions 1 to 5 and 12, rule 4 between.
 * https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules
 *
 * One clause lives elsewhere: that the server of `join_authorised_via_users_server` signed the event is seen where
 * signatures are checked, because public keys have to be fetched first.
 */
export function denyMembership(event: Pdu, version: RoomVersion, state: AuthState): Denial | undefined {
  const target = event.state_key
  const membership = event.content.membership
  if (target === undefined || membership === undefined) {
    return deny('member.malformed', 'A membership event needs a state_key and a membership. Send both.')
  }
  switch (membership) {
    case 'join':
      return denyJoin(event, target, version, state)
    case 'invite':
      return denyInvite(event, target, version, state)
    case 'leave':
      return event.sender === target
        ? denyLeave(target, version, state)
        : denyKick(event.sender, target, version, state)
    case 'ban':
      return denyBan(event.sender, target, version, state)
    case 'knock':
      if (version.knocking) return denyKnock(event.sender, target, version, state)
  }
  return deny('member.unknown', `Rooms of version ${version.id} do not know the membership ${quote(membership)}.`)
}

function denyJoin(event: Pdu, target: string, version: RoomVersion, state: AuthState): Denial | undefined {
  if (isFirstJoin(event, target, version, state)) return undefined
  if (event.sender !== target) {
    return deny('join.sender', `Nobody can join for someone else. Invite ${target} instead.`)
  }
  const membership = membershipOf(target, state)
  if (membership === 'ban') {
    return deny('join.banned', 'You are banned from this room. Ask a moderator to lift the ban.')
  }
  const isExpected = membership === 'join' || membership === 'invite'
  const joinRule = joinRuleOf(state)
  if (joinRule === 'public') return undefined
  if (joinRule === 'invite' || (joinRule === 'knock' && version.knocking)) {
    if (isExpected) return undefined
    return deny('join.not_invited', 'This room is for invited people only. Ask a member to invite you.')
  }
  if (isRestricted(joinRule, version)) {
    return isExpected ? undefined : denyRestrictedJoin(event, version, state)
  }
  return deny(
    'join.rule',
    `Nobody can join this room: its join rule is ${quote(joinRule)}. Ask a moderator to change it.`,
  )
}

/** The creator joins right after the create event, before there are any rules. */
function isFirstJoin(event: Pdu, target: string, version: RoomVersion, state: AuthState): boolean {
  if (event.prev_events.length !== 1) return false
  const create = state.get('m.room.create', '')
  if (create === undefined || prevEventIds(event)[0] !== createIdOf(create, version)) return false
  // Additional creators of version 12 come in like everybody else.
  return version.implicitRoomCreator ? create.sender === target : isCreatorIn(create, target, version)
}

function isRestricted(joinRule: string, version: RoomVersion): boolean {
  if (joinRule === 'restricted') return version.restrictedJoins
  return joinRule === 'knock_restricted' && version.knockRestrictedJoins
}

function denyRestrictedJoin(event: Pdu, version: RoomVersion, state: AuthState): Denial | undefined {
  const voucher = event.content.join_authorised_via_users_server
  if (typeof voucher !== 'string') {
    const sentence = 'This room takes members of certain other rooms, and invited people. Ask a member to invite you.'
    return deny('join.not_authorised', sentence)
  }
  const mayInvite =
    membershipOf(voucher, state) === 'join' &&
    powerLevelOf(voucher, state, version) >= powerLevels(state, version).invite
  if (mayInvite) return undefined
  return deny('join.not_authorised', `${voucher} vouches for you but may not invite. Ask a member to invite you.`)
}

function denyInvite(event: Pdu, target: string, version: RoomVersion, state: AuthState): Denial | undefined {
  if (event.content.third_party_invite !== undefined) return denyThirdPartyInvite(event, target, state)
  if (membershipOf(event.sender, state) !== 'join') {
    return deny('invite.sender', 'You are not in this room. Join it before you invite others.')
  }
  const membership = membershipOf(target, state)
  if (membership === 'join') return deny('invite.target', `${target} is in this room already.`)
  if (membership === 'ban') {
    return deny('invite.target', `${target} is banned from this room. Lift the ban before you invite.`)
  }
  const level = powerLevelOf(event.sender, state, version)
  const needed = powerLevels(state, version).invite
  if (level >= needed) return undefined
  return deny('invite.power', `You need power level ${needed} to invite people to this room; yours is ${level}.`)
}

function denyLeave(target: string, version: RoomVersion, state: AuthState): Denial | undefined {
  const membership = membershipOf(target, state)
  if (membership === 'join' || membership === 'invite') return undefined
  if (membership === 'knock' && version.knocking) return undefined
  if (membership === 'ban') {
    return deny('leave.not_member', 'You are banned from this room, so there is nothing to leave.')
  }
  return deny('leave.not_member', 'You are not in this room, so there is nothing to leave.')
}

function denyKick(sender: string, target: string, version: RoomVersion, state: AuthState): Denial | undefined {
  if (membershipOf(sender, state) !== 'join') {
    return deny('kick.sender', 'You are not in this room. Only its members can remove people.')
  }
  const levels = powerLevels(state, version)
  const level = powerLevelOf(sender, state, version)
  if (membershipOf(target, state) === 'ban' && level < levels.ban) {
    return deny('unban.power', `You need power level ${levels.ban} to lift a ban in this room; yours is ${level}.`)
  }
  if (level < levels.kick) {
    return deny('kick.power', `You need power level ${levels.kick} to remove people from this room; yours is ${level}.`)
  }
  if (powerLevelOf(target, state, version) < level) return undefined
  return deny('kick.power', `You cannot remove ${target}, whose power level is not below yours.`)
}

function denyBan(sender: string, target: string, version: RoomVersion, state: AuthState): Denial | undefined {
  if (membershipOf(sender, state) !== 'join') {
    return deny('ban.sender', 'You are not in this room. Only its members can ban people.')
  }
  const needed = powerLevels(state, version).ban
  const level = powerLevelOf(sender, state, version)
  if (level < needed) {
    return deny('ban.power', `You need power level ${needed} to ban people from this room; yours is ${level}.`)
  }
  if (powerLevelOf(target, state, version) < level) return undefined
  return deny('ban.power', `You cannot ban ${target}, whose power level is not below yours.`)
}

function denyKnock(sender: string, target: string, version: RoomVersion, state: AuthState): Denial | undefined {
  const joinRule = joinRuleOf(state)
  const isOpen = joinRule === 'knock' || (joinRule === 'knock_restricted' && version.knockRestrictedJoins)
  if (!isOpen) return deny('knock.rule', 'This room does not take requests to join. Ask a member to invite you.')
  if (sender !== target) return deny('knock.sender', 'Nobody can ask to join for someone else.')
  const membership = membershipOf(target, state)
  if (membership === 'join') return deny('knock.membership', 'You are in this room already.')
  if (membership === 'invite') return deny('knock.membership', 'You are invited already. Accept the invitation.')
  if (membership === 'ban') {
    return deny('knock.membership', 'You are banned from this room. Ask a moderator to lift the ban.')
  }
  return undefined
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `“${value.slice(0, 100)}”` : 'that was given, which is no text'
}
