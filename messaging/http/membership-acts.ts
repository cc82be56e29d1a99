/**
 * POST /_matrix/client/v3/rooms/{roomId}/{invite,kick,ban,unban,leave,forget}: acts on one membership each.
 * https://spec.matrix.org/v1.19/client-server-api/#room-membership
 */

import Type from 'typebox'
import type { RoomAct } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type RateName, type Route, route } from '#platform/api.ts'
import { refuseLeavingNotices } from '../notices/notice-account.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Members } from '../rooms/members.ts'
import { noIdentityServer } from '../rooms/third-party-invites.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, Reason, RoomId, UserId } from './shapes.ts'

type Deps = { doors: Doors; members: Members; serverName: string }
type OnOther = 'invite' | 'kick' | 'ban' | 'unban'

const ById = Type.Object({ user_id: UserId, reason: Reason })
/** An invitation by address: https://spec.matrix.org/v1.19/client-server-api/#third-party-invites */
const ByAddress = Type.Object({ id_server: Type.String(), medium: Type.String(), address: Type.String() })

const actsOnOthers: Record<OnOther, { act: RoomAct; operation: string; rate: RateName }> = {
  invite: { act: 'room.invite', operation: 'inviteUser', rate: 'invite' },
  kick: { act: 'room.kick', operation: 'kick', rate: 'message' },
  ban: { act: 'room.ban', operation: 'ban', rate: 'message' },
  unban: { act: 'room.unban', operation: 'unban', rate: 'message' },
}

export function membershipActs(deps: Deps): Route[] {
  const others = (Object.keys(actsOnOthers) as OnOther[]).map((verb) => actOnOther(deps, verb))
  return [...others, leaveRoom(deps), forgetRoom(deps)]
}

function actOnOther(deps: Deps, verb: OnOther): Route {
  const { act, operation, rate } = actsOnOthers[verb]
  return route({
    method: 'POST',
    path: clientPaths(`/rooms/:roomId/${verb}`),
    operation,
    needs: 'session',
    rate,
    params: Type.Object({ roomId: RoomId }),
    body: verb === 'invite' ? Type.Union([ById, ByAddress]) : ById,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      if (!('user_id' in body)) throw noIdentityServer()
      const { room, grant } = await deps.doors.enter(caller as Caller, act, params.roomId)
      const target = await deps.members[verb === 'invite' ? 'person' : 'anybody'](body.user_id)
      await deps.members[verb](grant, room, target, { reason: body.reason })
      return {}
    },
  })
}

function leaveRoom(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/leave'),
    operation: 'leaveRoom',
    needs: 'session',
    rate: 'join',
    params: Type.Object({ roomId: RoomId }),
    body: Type.Optional(Type.Object({ reason: Reason })),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const { room, grant } = await deps.doors.enter(caller as Caller, 'room.leave', params.roomId)
      refuseLeavingNotices(room, deps.serverName)
      await deps.members.leave(grant, room, { reason: body?.reason })
      return {}
    },
  })
}

function forgetRoom(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/forget'),
    operation: 'forgetRoom',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ roomId: RoomId }),
    answer: EmptyAnswer,
    async handle({ params, caller }) {
      const { room, grant } = await deps.doors.enter(caller as Caller, 'room.forget', params.roomId)
      await deps.members.forget(grant, room)
      return {}
    },
  })
}
