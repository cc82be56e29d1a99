import type { Membership } from '#access/api.ts'
import { type EventReference, type JsonObject, type Pdu, type RoomVersion, stateKeyOf } from '#matrix/api.ts'
import type { SealingKey } from '#platform/api.ts'

/** How memberships are stored in `room_state.membership`. */
export const membershipCodes: Record<Membership, number> = { invite: 1, join: 2, knock: 3, leave: 4, ban: 5 }
const membershipNames: Record<number, Membership> = { 1: 'invite', 2: 'join', 3: 'knock', 4: 'leave', 5: 'ban' }

/** Whether a stored membership is that of somebody who left or was removed. */
export function isEnd({ membership }: { readonly membership: number }): boolean {
  return membership === membershipCodes.leave || membership === membershipCodes.ban
}

export function membershipOfCode(code: number): Membership {
  const name = membershipNames[code]
  if (name === undefined) throw new Error(`no membership has the code ${code}`)
  return name
}

/** Where the next event attaches. Changes as soon as an event is built; what is stored follows with the commit. */
export type Head = {
  version: number
  extremities: string[]
  depth: number
  ordering: number
  notifyCount: number
  readonly lineId: number
  lineSeq: number
}

export type Member = {
  readonly userId: number
  readonly matrixId: string
  readonly membership: Membership
  readonly eventId: string
  readonly internalId: number
  /** Known only when it was needed: names are not kept in memory for every member. */
  content?: JsonObject
  auth?: Pdu
}

export type StateEntry = { readonly internalId: number; readonly eventId: string; readonly pdu: Pdu }

export type RoomParts = {
  id: number
  matrixId: string
  version: RoomVersion
  key: SealingKey
  head: Head
  members: Iterable<Member>
  state: Iterable<StateEntry>
  /** Reference hashes of the events that the next one may name, where the version wants them beside their ids. */
  hashes?: ReadonlyMap<string, string>
}

/**
 * A room in memory: its newest state as the next event will see it. Built events are in it before they are committed; when a
 * commit fails, the whole object is dropped and read anew.
 */
export class Room {
  readonly id: number
  readonly matrixId: string
  readonly version: RoomVersion
  readonly key: SealingKey
  readonly head: Head
  readonly state = new Map<string, StateEntry>()
  readonly #members = new Map<string, Member>()
  readonly #membersByUser = new Map<number, Member>()
  readonly #hashes = new Map<string, string>()
  #newestMessage: string | undefined
  readonly #counts: Record<Membership, number> = { invite: 0, join: 0, knock: 0, leave: 0, ban: 0 }

  constructor(parts: RoomParts) {
    this.id = parts.id
    this.matrixId = parts.matrixId
    this.version = parts.version
    this.key = parts.key
    this.head = parts.head
    for (const [eventId, hash] of parts.hashes ?? []) this.#hashes.set(eventId, hash)
    for (const member of parts.members) this.setMember(member)
    for (const entry of parts.state) this.state.set(stateKeyOf(entry.pdu.type, entry.pdu.state_key ?? ''), entry)
  }

  member(matrixId: string): Member | undefined {
    return this.#members.get(matrixId)
  }

  memberByUser(userId: number): Member | undefined {
    return this.#membersByUser.get(userId)
  }

  members(): IterableIterator<Member> {
    return this.#members.values()
  }

  memberCount(membership: Membership): number {
    return this.#counts[membership]
  }

  /** Everyone whose membership was ever set, those who left included. */
  get size(): number {
    return this.#members.size
  }

  setMember(member: Member): void {
    const before = this.#members.get(member.matrixId)
    if (before !== undefined) this.#counts[before.membership] -= 1
    this.#counts[member.membership] += 1
    this.#members.set(member.matrixId, member)
    this.#membersByUser.set(member.userId, member)
  }

  stateEntry(type: string, stateKey = ''): StateEntry | undefined {
    return this.state.get(stateKeyOf(type, stateKey))
  }

  content(type: string, stateKey = ''): JsonObject | undefined {
    return this.state.get(stateKeyOf(type, stateKey))?.pdu.content
  }

  /** The state that event authorisation reads (`AuthState`). Of a member only the membership matters there. */
  get(type: string, stateKey: string): Pdu | undefined {
    if (type !== 'm.room.member') return this.state.get(stateKeyOf(type, stateKey))?.pdu
    const member = this.#members.get(stateKey)
    if (member === undefined) return undefined
    member.auth ??= authEventOf(member)
    return member.auth
  }

  eventIdOf(type: string, stateKey: string): string | undefined {
    if (type === 'm.room.member') return this.#members.get(stateKey)?.eventId
    return this.state.get(stateKeyOf(type, stateKey))?.eventId
  }

  /** How an event of this room names another: by id, in versions 1 and 2 with its hash. */
  reference(eventId: string): EventReference {
    if (this.version.eventReferences === 'ids') return eventId
    const sha256 = this.#hashes.get(eventId)
    if (sha256 === undefined) throw new Error(`the hash of ${eventId} is not in memory`)
    return [eventId, { sha256 }]
  }

  /** A state event may be named for as long as it holds (`replaces` names the one that ends), another as the newest. */
  rememberHash(eventId: string, hash: string, { isState, replaces }: { isState: boolean; replaces?: string }): void {
    if (this.#newestMessage !== undefined) this.#hashes.delete(this.#newestMessage)
    if (replaces !== undefined) this.#hashes.delete(replaces)
    this.#newestMessage = isState ? undefined : eventId
    this.#hashes.set(eventId, hash)
  }

  historyVisibility(): HistoryVisibility {
    return historyVisibilityOf(this.content('m.room.history_visibility'))
  }

  joinRule(): string {
    const rule = this.content('m.room.join_rules')?.join_rule
    return typeof rule === 'string' ? rule : 'invite'
  }

  admitsGuests(): boolean {
    return this.content('m.room.guest_access')?.guest_access === 'can_join'
  }
}

export type HistoryVisibility = 'world_readable' | 'shared' | 'invited' | 'joined'

/** https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility: what is missing or unknown means shared. */
export function historyVisibilityOf(content: JsonObject | undefined): HistoryVisibility {
  const value = content?.history_visibility
  return value === 'world_readable' || value === 'invited' || value === 'joined' ? value : 'shared'
}

function authEventOf(member: Member): Pdu {
  return {
    type: 'm.room.member',
    sender: member.matrixId,
    state_key: member.matrixId,
    content: member.content ?? { membership: member.membership },
    origin_server_ts: 0,
    depth: 0,
    prev_events: [],
    auth_events: [],
  }
}
