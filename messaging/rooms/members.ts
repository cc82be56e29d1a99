/**
 * Acts on membership: https://spec.matrix.org/v1.19/client-server-api/#room-membership. Access has opened the door when these are
 * called; whether power levels and join rules allow the act is decided by the authorisation of the event.
 */
import { isDeepStrictEqual } from 'node:util'
import { assertGrant, type Grant, type Membership, type RoomAct, type Subject } from '#access/api.ts'
import type { User, Users } from '#identity/api.ts'
import { copyObject, isUserId, type JsonObject } from '#matrix/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { Draft } from '../events/draft.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { forgetRoomRow } from '../store/forgotten-rooms.ts'
import type { Heritage } from '../upgrades/heritage.ts'
import type { JoinConditions } from './join-conditions.ts'
import type { Room } from './room.ts'

type Deps = {
  db: Db
  writer: RoomWriter
  users: Users
  profiles: Profiles
  reader: Pick<EventReader, 'byIds'>
  conditions: JoinConditions
  heritage: Pick<Heritage, 'take'>
  accountData: Pick<AccountData, 'get'>
}

export type MemberWish = {
  readonly reason?: string | undefined
  readonly isDirect?: boolean
  /** The server itself invites, to tell something: who takes no invitations gets this one. */
  readonly isNotice?: true
  /** What a client wants to stand in the event besides: a name for this room alone, say. */
  readonly content?: JsonObject | undefined
}

type Target = { readonly userId: number; readonly matrixId: string }

/** Each act answers the id of the event that tells it; one that changes nothing answers the event that holds already. */
export class Members {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Somebody whom one can invite, by Matrix id; refused in words where there is no such account. */
  async person(matrixId: unknown): Promise<User> {
    const user = await this.#deps.users.byMatrixId(checkedId(matrixId))
    if (user === undefined || (user.isLocal && !(await this.#deps.users.isActive(user.id)))) {
      throw refuse('M_NOT_FOUND', `There is no account ${matrixId} here. Check the spelling.`)
    }
    return user
  }

  /** Anybody, known or not: whoever has left this server, or was never seen here, can be removed and banned. */
  async anybody(matrixId: unknown): Promise<User> {
    const id = checkedId(matrixId)
    const user = (await this.#deps.users.ensure([id])).get(id)
    if (user === undefined) throw new Error('a person who was just made is not there')
    return user
  }

  async inviteDraft(subject: Subject, target: User, wish: MemberWish): Promise<Draft> {
    if (wish.isNotice !== true) await this.#requireOpenTo(target)
    const content = await this.#content('invite', target.id, extrasOf(wish, namesOfPerson), wish.reason)
    if (wish.isDirect === true) content.is_direct = true
    return draftOf(subject, named(target), content)
  }

  /** https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
  async #requireOpenTo(target: User): Promise<void> {
    const wish = await this.#deps.accountData.get(target.id, null, 'm.invite_permission_config')
    if (wish?.default_action !== 'block') return
    throw refuse('M_INVITE_BLOCKED', `${target.matrixId} takes no invitations. Ask the person in another way.`)
  }

  async joinDraft(subject: Subject, wish: MemberWish): Promise<Draft> {
    return draftOf(subject, subject, await this.#ownContent(subject, 'join', wish))
  }

  async invite(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<string> {
    const already = room.member(target.matrixId)?.membership
    if (already === 'join') throw refuse('M_FORBIDDEN', `${target.matrixId} is in the room already.`)
    if (already === 'ban') {
      throw refuse('M_FORBIDDEN', `${target.matrixId} is banned from the room. Lift the ban first.`)
    }
    return this.#append(grant, 'room.invite', room, await this.inviteDraft(grant.subject, target, wish))
  }

  /** Joining a room that one is in already changes nothing, unless the wish says what shall stand there. */
  async join(grant: Grant, room: Room, wish: MemberWish): Promise<string> {
    const already = room.member(grant.subject.matrixId)
    if (already?.membership === 'join' && wish.content === undefined) return already.eventId
    const voucher = await this.#deps.conditions.voucherFor(room, grant.subject)
    const content = await this.#ownContent(grant.subject, 'join', wish)
    if (voucher !== undefined) content.join_authorised_via_users_server = voucher
    const eventId = await this.#append(grant, 'room.join', room, draftOf(grant.subject, grant.subject, content))
    if (already?.membership !== 'join') await this.#deps.heritage.take(grant.subject, room)
    return eventId
  }

  async knock(grant: Grant, room: Room, wish: MemberWish): Promise<string> {
    const content = await this.#ownContent(grant.subject, 'knock', wish)
    return this.#append(grant, 'room.knock', room, draftOf(grant.subject, grant.subject, content))
  }

  /** Leaving a room that one has left already changes nothing. */
  async leave(grant: Grant, room: Room, wish: MemberWish): Promise<string> {
    const already = room.member(grant.subject.matrixId)
    if (already?.membership === 'leave') return already.eventId
    return this.#change(grant, 'room.leave', room, grant.subject, 'leave', wish)
  }

  async kick(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<string> {
    const membership = room.member(target.matrixId)?.membership
    if (membership !== 'join' && membership !== 'invite' && membership !== 'knock') {
      throw refuse('M_FORBIDDEN', `${target.matrixId} is not in the room, so nobody needs to be removed.`)
    }
    return this.#change(grant, 'room.kick', room, named(target), 'leave', wish)
  }

  async ban(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<string> {
    return this.#change(grant, 'room.ban', room, named(target), 'ban', wish)
  }

  async unban(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<string> {
    if (room.member(target.matrixId)?.membership !== 'ban') {
      throw refuse('M_FORBIDDEN', `${target.matrixId} is not banned from the room.`)
    }
    return this.#change(grant, 'room.unban', room, named(target), 'leave', wish)
  }

  /** The room, which was left before, is no longer told of. */
  async forget(grant: Grant, room: Room): Promise<void> {
    assertGrant(grant, 'room.forget', room.id)
    const { userId } = grant.subject
    const member = room.memberByUser(userId)
    if (member === undefined || (member.membership !== 'leave' && member.membership !== 'ban')) {
      throw refuse('M_UNKNOWN', 'You have not left this room. Leave it before you forget it.', { status: 400 })
    }
    await forgetRoomRow(this.#deps.db, { userId, roomId: room.id, eventId: member.internalId })
  }

  async #change(
    grant: Grant,
    act: RoomAct,
    room: Room,
    target: Target,
    membership: Membership,
    wish: MemberWish,
  ): Promise<string> {
    const extras = target.userId === grant.subject.userId ? extrasOf(wish) : extrasOf(wish, namesOfPerson)
    const content: JsonObject = { ...extras, membership }
    if (wish.reason !== undefined) content.reason = wish.reason
    return this.#append(grant, act, room, draftOf(grant.subject, target, content))
  }

  async #append(grant: Grant, act: RoomAct, room: Room, draft: Draft): Promise<string> {
    assertGrant(grant, act, room.id)
    const same = await this.#sameAlready(room, draft)
    if (same !== undefined) return same
    const [appended] = await this.#deps.writer.append(grant, act, room, [draft])
    if (appended === undefined) throw new Error('an append answered no event')
    return appended.event.matrixId
  }

  /** The event that says the same already, of the same sender. */
  async #sameAlready(room: Room, draft: Draft): Promise<string | undefined> {
    const before = room.member(draft.stateKey ?? '')
    if (before === undefined || before.membership !== draft.content.membership) return undefined
    const [event] = await this.#deps.reader.byIds([before.internalId])
    const isSame = event?.senderId === draft.sender.userId && isDeepStrictEqual(event.content, draft.content)
    return isSame ? before.eventId : undefined
  }

  async #ownContent(subject: Subject, membership: 'join' | 'knock', wish: MemberWish): Promise<JsonObject> {
    const content = await this.#content(membership, subject.userId, extrasOf(wish), wish.reason)
    if (subject.isGuest) content.kind = 'guest'
    return content
  }

  /** Name and picture of the person, unless she has others for this room. */
  async #content(
    membership: Membership,
    userId: number,
    extras: JsonObject,
    reason: string | undefined,
  ): Promise<JsonObject> {
    const profile = await this.#deps.profiles.memberContent(userId)
    const content: JsonObject = { ...profile, ...extras, membership }
    if (reason !== undefined) content.reason = reason
    return content
  }
}

/** Nobody gives another person a name or a face. */
const namesOfPerson = ['displayname', 'avatar_url'] as const

/** What the server alone may say is taken out of what a client wants to stand in a member event, and `without`. */
function extrasOf({ content }: MemberWish, without: readonly string[] = []): JsonObject {
  if (content === undefined) return {}
  return copyObject(content, ['join_authorised_via_users_server', 'kind', ...without])
}

function checkedId(matrixId: unknown): string {
  if (isUserId(matrixId)) return matrixId
  throw refuse('M_INVALID_PARAM', 'This is no user id. A user id looks like @name:server.')
}

function draftOf(sender: Subject, target: Target, content: JsonObject): Draft {
  return {
    type: 'm.room.member',
    stateKey: target.matrixId,
    sender: { userId: sender.userId, matrixId: sender.matrixId },
    target: { userId: target.userId, matrixId: target.matrixId },
    content,
  }
}

function named(user: User): Target {
  return { userId: user.id, matrixId: user.matrixId }
}
