/**
 * Membership that a client sets as state: the same acts as joining, inviting and removing, with the same refusals.
 * https://spec.matrix.org/v1.19/client-server-api/#mroommember
 */
import type { Membership, Subject } from '#access/api.ts'
import { isUserId, type JsonObject, type JsonValue } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import { refuseLeavingNotices } from '../notices/notice-account.ts'
import type { Doors } from './doors.ts'
import type { Members } from './members.ts'

type Deps = { doors: Pick<Doors, 'enter'>; members: Members; serverName: string }
type Wish = { readonly roomId: string; readonly stateKey: string; readonly content: JsonObject }

const memberships: ReadonlySet<JsonValue | undefined> = new Set(['join', 'invite', 'leave', 'ban', 'knock'])

/** Answers the id of the event that tells the membership. */
export async function putMembership(
  { doors, members, serverName }: Deps,
  subject: Subject,
  wish: Wish,
): Promise<string> {
  const { roomId, stateKey, content } = wish
  const membership = checkedMembership(wish)
  const isOwn = stateKey === subject.matrixId
  if (membership === 'join' || membership === 'knock') {
    if (!isOwn) throw refuse('M_FORBIDDEN', 'Nobody can do this for somebody else. Invite the person instead.')
    const { room, grant } = await doors.enter(subject, `room.${membership}`, roomId)
    return members[membership](grant, room, { content })
  }
  if (membership === 'invite') {
    const { room, grant } = await doors.enter(subject, 'room.invite', roomId)
    return members.invite(grant, room, await members.person(stateKey), { content })
  }
  if (membership === 'leave' && isOwn) {
    const { room, grant } = await doors.enter(subject, 'room.leave', roomId)
    refuseLeavingNotices(room, serverName)
    return members.leave(grant, room, { content })
  }
  if (membership === 'ban') {
    const { room, grant } = await doors.enter(subject, 'room.ban', roomId)
    return members.ban(grant, room, await members.anybody(stateKey), { content })
  }
  const { room, grant } = await doors.enter(subject, 'room.kick', roomId)
  const target = await members.anybody(stateKey)
  if (room.member(stateKey)?.membership !== 'ban') return members.kick(grant, room, target, { content })
  const again = await doors.enter(subject, 'room.unban', roomId)
  return members.unban(again.grant, again.room, target, { content })
}

function checkedMembership({ stateKey, content }: Wish): Membership {
  const { membership, displayname = null, avatar_url = null } = content
  if (!memberships.has(membership)) {
    throw refuse('M_BAD_JSON', 'membership must be join, invite, leave, ban or knock.')
  }
  if (!isUserId(stateKey)) throw refuse('M_BAD_JSON', 'The state key of a membership is a user id: @name:server.')
  for (const text of [displayname, avatar_url]) {
    if (text !== null && typeof text !== 'string') {
      throw refuse('M_BAD_JSON', 'displayname and avatar_url must be strings.')
    }
  }
  return membership as Membership
}
