import {
  EventType,
  JoinRule,
  KnownMembership,
  type MatrixClient,
  NotificationCountType,
  type Room,
} from 'matrix-js-sdk'
import { isDeskRoom } from './desk.ts'
import { makePerson, type Person, personIn } from './person.ts'

export type RoomRow = {
  id: string
  name: string
  group: 'invitations' | 'favourites' | 'rooms' | 'people'
  /** For a conversation of two: the other one. */
  person?: Person
  /** For an invitation: who wrote it. */
  invitedBy?: Person
  open: boolean
  locked: boolean
  unread: number
  forYou: number
  activeAt: number
}

/** Rooms that are conversations of two, from the account's own list. */
export function directRooms(client: MatrixClient): Map<string, string> {
  const content = client.getAccountData(EventType.Direct)?.getContent() ?? {}
  const partners = new Map<string, string>()
  for (const [userId, roomIds] of Object.entries(content)) {
    if (Array.isArray(roomIds)) for (const roomId of roomIds) partners.set(String(roomId), userId)
  }
  return partners
}

function unreadOf(room: Room): { unread: number; forYou: number } {
  return {
    unread: room.getUnreadNotificationCount(NotificationCountType.Total) ?? 0,
    forYou: room.getUnreadNotificationCount(NotificationCountType.Highlight) ?? 0,
  }
}

function rowOf(client: MatrixClient, room: Room, partner: string | undefined): RoomRow | undefined {
  const membership = room.getMyMembership()
  if (membership !== KnownMembership.Join && membership !== KnownMembership.Invite) return undefined
  if (room.isSpaceRoom() || isDeskRoom(client, room) || room.getVersion() === '') return undefined
  const invited = membership === KnownMembership.Invite
  const inviter = invited ? room.getMember(client.getSafeUserId())?.events.member?.getSender() : undefined
  const row: RoomRow = {
    id: room.roomId,
    name: room.name,
    group: invited ? 'invitations' : room.tags['m.favourite'] ? 'favourites' : partner ? 'people' : 'rooms',
    open: room.getJoinRule() === JoinRule.Public,
    locked: room.hasEncryptionStateEvent(),
    activeAt: room.getLastActiveTimestamp(),
    ...unreadOf(room),
  }
  if (partner) {
    row.person = personIn(client, room, partner)
    row.name = row.person.name
    // A conversation of two asks for an answer, so everything unread in it is for the reader.
    row.forYou = row.unread
  }
  if (inviter) row.invitedBy = personIn(client, room, inviter)
  return row
}

/** Every room of the account that has a place in the list. */
export function readRooms(client: MatrixClient): RoomRow[] {
  const partners = directRooms(client)
  return client
    .getRooms()
    .map((room) => rowOf(client, room, partners.get(room.roomId)))
    .filter((row) => row !== undefined)
}

export type RoomAccess = 'invited' | 'open'
export type NewRoom = { name: string; topic: string; access: RoomAccess; invite: string[] }

export async function createRoom(client: MatrixClient, room: NewRoom): Promise<string> {
  const { room_id } = await client.createRoom({
    name: room.name,
    ...(room.topic ? { topic: room.topic } : {}),
    preset: (room.access === 'open' ? 'public_chat' : 'private_chat') as never,
    visibility: (room.access === 'open' ? 'public' : 'private') as never,
    invite: room.invite,
  })
  return room_id
}

async function setDirect(client: MatrixClient, roomId: string, userId: string): Promise<void> {
  const content = { ...(client.getAccountData(EventType.Direct)?.getContent() ?? {}) } as Record<string, string[]>
  content[userId] = [...new Set([...(content[userId] ?? []), roomId])]
  await client.setAccountData(EventType.Direct, content)
}

/** Opens the conversation with one person, the existing one if there is one. */
export async function openConversation(client: MatrixClient, userId: string): Promise<string> {
  for (const [roomId, partner] of directRooms(client)) {
    if (partner === userId && client.getRoom(roomId)?.getMyMembership() === KnownMembership.Join) return roomId
  }
  const { room_id } = await client.createRoom({
    preset: 'trusted_private_chat' as never,
    visibility: 'private' as never,
    is_direct: true,
    invite: [userId],
  })
  await setDirect(client, room_id, userId)
  return room_id
}

export async function acceptInvite(client: MatrixClient, roomId: string): Promise<void> {
  const inviter = client.getRoom(roomId)?.getDMInviter()
  await client.joinRoom(roomId)
  if (inviter) await setDirect(client, roomId, inviter)
}

/** People of the house whose name or user name is like `term`, without oneself. */
export async function findPeople(client: MatrixClient, term: string): Promise<Person[]> {
  const { results } = await client.searchUserDirectory({ term, limit: 20 })
  const own = client.getSafeUserId()
  return results
    .filter((found) => found.user_id !== own)
    .map((found) => makePerson(found.user_id, found.display_name, found.avatar_url, client.getDomain() ?? ''))
}

export type OpenRoom = { id: string; name: string; topic: string; members: number }

/** Rooms that anybody of the house may join. */
export async function findOpenRooms(client: MatrixClient, term: string): Promise<OpenRoom[]> {
  const { chunk } = await client.publicRooms({ limit: 20, ...(term ? { filter: { generic_search_term: term } } : {}) })
  return chunk
    .filter((found) => client.getRoom(found.room_id)?.getMyMembership() !== KnownMembership.Join)
    .map((found) => ({
      id: found.room_id,
      name: found.name ?? found.canonical_alias ?? found.room_id,
      topic: found.topic ?? '',
      members: found.num_joined_members,
    }))
}

export const isUserId = (text: string): boolean => /^@[^:\s]+:.+$/.test(text.trim())
