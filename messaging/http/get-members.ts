/**
 * GET /_matrix/client/v3/rooms/{roomId}/members, /joined_members and /joined_rooms
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmembers
 */

import Type from 'typebox'
import type { Access, Membership } from '#access/api.ts'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import { eventText, type StoredEvent } from '../events/stored-event.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { RoomStates } from '../rooms/room-states.ts'
import type { Caller } from './acts.ts'
import { jsonStream } from './json-text.ts'
import { RoomId } from './shapes.ts'

type Deps = { doors: Doors; states: RoomStates; access: Access; memberships: Memberships; rooms: RoomCache }

export function getMembersByRoom(deps: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/members'),
    operation: 'getMembersByRoom',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    query: Type.Object({
      membership: Type.Optional(Type.String()),
      not_membership: Type.Optional(Type.String()),
      at: Type.Optional(Type.String()),
    }),
    async handle({ params, query, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.members', params.roomId)
      const { membership, not_membership: not } = query
      const wanted = (one: Membership) => (membership === undefined || one === membership) && one !== not
      const pages = deps.states.members(room, subject, wanted, query.at)
      return jsonStream(memberTexts(pages, subject))
    },
  })
}

export function getJoinedMembersByRoom(deps: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/joined_members'),
    operation: 'getJoinedMembersByRoom',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const { room } = await deps.doors.enter(subject, 'room.members', params.roomId)
      if (room.member(subject.matrixId)?.membership !== 'join') {
        throw refuse('M_FORBIDDEN', 'You are not in this room. Ask a member to invite you.')
      }
      const pages = deps.states.members(room, subject, (membership) => membership === 'join')
      const joined: { [userId: string]: JsonObject } = {}
      for await (const event of eachOf(pages)) {
        const { displayname, avatar_url } = event.content
        joined[event.stateKey ?? ''] = {
          // Old clients (matrix-nio 0.20) refuse the whole answer where one member has no name in it.
          display_name: typeof displayname === 'string' ? displayname : '',
          ...(typeof avatar_url === 'string' && { avatar_url }),
        }
      }
      return { joined }
    },
  })
}

async function* memberTexts(pages: AsyncIterable<StoredEvent[]>, subject: Caller): AsyncGenerator<string> {
  let before = '{"chunk":['
  for await (const events of pages) {
    if (events.length === 0) continue
    yield before + events.map((event) => eventText(event, subject)).join(',')
    before = ','
  }
  yield before === ',' ? ']}' : `${before}]}`
}

async function* eachOf(pages: AsyncIterable<StoredEvent[]>): AsyncGenerator<StoredEvent> {
  for await (const events of pages) yield* events
}

export function getJoinedRooms(deps: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/joined_rooms'),
    operation: 'getJoinedRooms',
    needs: 'session',
    rate: 'read',
    async handle({ caller }) {
      const subject = caller as Caller
      await deps.memberships.load(subject.userId)
      const joined = [...deps.access.visible(subject).joined]
      const rooms = await deps.rooms.identities(joined)
      return { joined_rooms: joined.flatMap((id) => rooms.get(id)?.matrixId ?? []) }
    },
  })
}
