import { EventType, KnownMembership, type MatrixClient, type Room, type RoomMember } from 'matrix-js-sdk'
import { domainOf, makePerson, type Person } from './person.ts'

export type Rank = 'owner' | 'keeper' | 'member'
export type Member = {
  person: Person
  rank: Rank
  state: 'joined' | 'invited' | 'banned'
  mayRemove: boolean
  mayBan: boolean
}

export function rankOf(power: number): Rank {
  return power >= 100 ? 'owner' : power >= 50 ? 'keeper' : 'member'
}

const order: Record<Rank, number> = { owner: 0, keeper: 1, member: 2 }

function powerNeeded(room: Room, act: 'invite' | 'kick' | 'ban' | 'redact'): number {
  const levels = room.currentState.getStateEvents(EventType.RoomPowerLevels, '')?.getContent() ?? {}
  const needed = levels[act]
  return typeof needed === 'number' ? needed : act === 'invite' ? 0 : 50
}

function toMember(client: MatrixClient, room: Room, member: RoomMember): Member {
  const own = room.getMember(client.getSafeUserId())
  const power = own?.powerLevel ?? 0
  const above = power > member.powerLevel && member.userId !== client.getUserId()
  const name = member.rawDisplayName || member.name
  return {
    person: makePerson(member.userId, name, member.getMxcAvatarUrl(), client.getDomain() ?? ''),
    rank: rankOf(member.powerLevel),
    state:
      member.membership === KnownMembership.Join
        ? 'joined'
        : member.membership === KnownMembership.Invite
          ? 'invited'
          : 'banned',
    mayRemove: above && power >= powerNeeded(room, 'kick'),
    mayBan: above && power >= powerNeeded(room, 'ban'),
  }
}

/** Everybody who is in the room, invited or banned: owners first, then by name. */
export function readMembers(client: MatrixClient, room: Room): Member[] {
  const shown = new Set<string>([KnownMembership.Join, KnownMembership.Invite, KnownMembership.Ban])
  return room
    .getMembers()
    .filter((member) => shown.has(member.membership ?? ''))
    .map((member) => toMember(client, room, member))
    .sort((a, b) => order[a.rank] - order[b.rank] || a.person.name.localeCompare(b.person.name))
}

/** What the signed-in person may do in a room. */
export type Powers = {
  send: boolean
  invite: boolean
  rename: boolean
  topic: boolean
  access: boolean
  redactOthers: boolean
}

export function readPowers(client: MatrixClient, room: Room): Powers {
  const own = client.getSafeUserId()
  const power = room.getMember(own)?.powerLevel ?? 0
  const joined = room.getMyMembership() === KnownMembership.Join
  const state = (type: EventType) => joined && room.currentState.maySendStateEvent(type, own)
  return {
    send: joined && room.currentState.maySendMessage(own),
    invite: joined && power >= powerNeeded(room, 'invite'),
    rename: state(EventType.RoomName),
    topic: state(EventType.RoomTopic),
    access: state(EventType.RoomJoinRules),
    redactOthers: joined && power >= powerNeeded(room, 'redact'),
  }
}

/** How many members each house has, the own one first. Empty until the members are loaded. */
export function readHouses(
  client: MatrixClient,
  room: Room,
): { own: number; others: { house: string; count: number }[] } {
  const counts = new Map<string, number>()
  for (const member of room.getJoinedMembers()) {
    const house = domainOf(member.userId)
    counts.set(house, (counts.get(house) ?? 0) + 1)
  }
  const ownDomain = client.getDomain() ?? ''
  const own = counts.get(ownDomain) ?? 0
  counts.delete(ownDomain)
  return { own, others: [...counts].map(([house, count]) => ({ house, count })).sort((a, b) => b.count - a.count) }
}
