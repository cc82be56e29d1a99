/**
 * Acts on membership: https://spec.matrix.org/v1.19/client-server-api/#room-membership. Access has opened the door when these are
 * called; whether power levels and join rules allow the act is decided by the authorisation of the event.
 */
import { assertGrant, type Grant, type Membership, type RoomAct, type Subject } from '#access/api.ts'
import type { User, Users } from '#identity/api.ts'
import { isUserId, type JsonObject } from '#matrix/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { Draft } from '../events/draft.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { forgetRoomRow } from '../store/forgotten-rooms.ts'
import type { Room } from './room.ts'

type Deps = { db: Db; writer: RoomWriter; users: Users; profiles: Profiles }

export type MemberWish = { readonly reason?: string | undefined; readonly isDirect?: boolean }

export class Members {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Somebody of this server, by Matrix id; refused in words where there is no such account. */
  async person(matrixId: unknown): Promise<User> {
    if (!isUserId(matrixId)) {
      throw refuse('M_INVALID_PARAM', 'This is no user id. A user id looks like @name:server.')
    }
    const user = await this.#deps.users.byMatrixId(matrixId)
    if (user === undefined || (user.isLocal && !(await this.#deps.users.isActive(user.id)))) {
      throw refuse('M_NOT_FOUND', `There is no account ${matrixId} here. Check the spelling.`)
    }
    return user
  }

  async inviteDraft(subject: Subject, target: User, wish: MemberWish): Promise<Draft> {
    const content: JsonObject = { ...(await this.#deps.profiles.memberContent(target.id)), membership: 'invite' }
    if (wish.isDirect === true) content.is_direct = true
    return this.#draft(subject, { userId: target.id, matrixId: target.matrixId }, withReason(content, wish))
  }

  async joinDraft(subject: Subject, wish: MemberWish): Promise<Draft> {
    const content: JsonObject = { ...(await this.#deps.profiles.memberContent(subject.userId)), membership: 'join' }
    return this.#draft(subject, subject, withReason(content, wish))
  }

  async invite(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<void> {
    const already = room.member(target.matrixId)?.membership
    if (already === 'join') throw refuse('M_FORBIDDEN', `${target.matrixId} is in the room already.`)
    if (already === 'ban') {
      throw refuse('M_FORBIDDEN', `${target.matrixId} is banned from the room. Lift the ban first.`)
    }
    await this.#append(grant, 'room.invite', room, await this.inviteDraft(grant.subject, target, wish))
  }

  /** Joining a room that one is in already changes nothing. */
  async join(grant: Grant, room: Room, wish: MemberWish): Promise<void> {
    if (room.member(grant.subject.matrixId)?.membership === 'join') return
    await this.#append(grant, 'room.join', room, await this.joinDraft(grant.subject, wish))
  }

  async knock(grant: Grant, room: Room, wish: MemberWish): Promise<void> {
    const content = { ...(await this.#deps.profiles.memberContent(grant.subject.userId)), membership: 'knock' }
    await this.#append(grant, 'room.knock', room, this.#draft(grant.subject, grant.subject, withReason(content, wish)))
  }

  /** Leaving a room that one has left already changes nothing. */
  async leave(grant: Grant, room: Room, wish: MemberWish): Promise<void> {
    if (room.member(grant.subject.matrixId)?.membership === 'leave') return
    await this.#change(grant, 'room.leave', room, grant.subject, 'leave', wish)
  }

  async kick(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<void> {
    const membership = room.member(target.matrixId)?.membership
    if (membership !== 'join' && membership !== 'invite' && membership !== 'knock') {
      throw refuse('M_FORBIDDEN', `${target.matrixId} is not in the room, so nobody needs to be removed.`)
    }
    await this.#change(grant, 'room.kick', room, named(target), 'leave', wish)
  }

  async ban(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<void> {
    await this.#change(grant, 'room.ban', room, named(target), 'ban', wish)
  }

  async unban(grant: Grant, room: Room, target: User, wish: MemberWish): Promise<void> {
    if (room.member(target.matrixId)?.membership !== 'ban') {
      throw refuse('M_FORBIDDEN', `${target.matrixId} is not banned from the room.`)
    }
    await this.#change(grant, 'room.unban', room, named(target), 'leave', wish)
  }

  /** The room, which was left before, is no longer told of. */
  async forget(grant: Grant, room: Room): Promise<void> {
    assertGrant(grant, 'room.forget', room.id)
    const { userId } = grant.subject
    const eventId = room.memberByUser(userId)?.internalId
    if (eventId !== undefined) await forgetRoomRow(this.#deps.db, { userId, roomId: room.id, eventId })
  }

  async #change(
    grant: Grant,
    act: RoomAct,
    room: Room,
    target: { userId: number; matrixId: string },
    membership: Membership,
    wish: MemberWish,
  ): Promise<void> {
    await this.#append(grant, act, room, this.#draft(grant.subject, target, withReason({ membership }, wish)))
  }

  async #append(grant: Grant, act: RoomAct, room: Room, draft: Draft): Promise<void> {
    await this.#deps.writer.append(grant, act, room, [draft])
  }

  #draft(sender: Subject, target: { userId: number; matrixId: string }, content: JsonObject): Draft {
    const { userId, matrixId } = target
    return {
      type: 'm.room.member',
      stateKey: matrixId,
      sender: { userId: sender.userId, matrixId: sender.matrixId },
      target: { userId, matrixId },
      content,
    }
  }
}

function named(user: User): { userId: number; matrixId: string } {
  return { userId: user.id, matrixId: user.matrixId }
}

function withReason(content: JsonObject, wish: MemberWish): JsonObject {
  return wish.reason === undefined ? content : { ...content, reason: wish.reason }
}
