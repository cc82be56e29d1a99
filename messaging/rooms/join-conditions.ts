/**
 * Who meets the conditions of a restricted room, and who of this server can vouch for it.
 * https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms
 */
import { type Access, room as roomObject, type Subject } from '#access/api.ts'
import { isJsonObject, powerLevelOf, powerLevels, serverOf } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import { nowhere } from './doors.ts'
import type { Memberships } from './memberships.ts'
import type { Room } from './room.ts'
import type { RoomCache } from './room-cache.ts'

type Deps = {
  rooms: Pick<RoomCache, 'idOf'>
  memberships: Pick<Memberships, 'load'>
  access: Pick<Access, 'require'>
  serverName: string
}

/** `unknown`: a room is named that this server knows nothing of, and no other condition is met. */
export type Verdict = 'met' | 'unmet' | 'unknown'

/** More rooms than anybody names; those beyond are not looked at. */
const conditionsMax = 100

/** Rooms whose members may join without an invitation. */
export function allowedRoomIds(room: Pick<Room, 'content' | 'joinRule' | 'version'>): string[] {
  if (!isRestricted(room)) return []
  const { allow } = room.content('m.room.join_rules') ?? {}
  if (!Array.isArray(allow)) return []
  const named = allow.flatMap((rule) =>
    isJsonObject(rule) && rule.type === 'm.room_membership' && typeof rule.room_id === 'string' ? [rule.room_id] : [],
  )
  return [...new Set(named)].slice(0, conditionsMax)
}

export function isRestricted(room: Pick<Room, 'joinRule' | 'version'>): boolean {
  const rule = room.joinRule()
  return rule === 'restricted'
    ? room.version.restrictedJoins
    : rule === 'knock_restricted' && room.version.knockRestrictedJoins
}

export class JoinConditions {
  readonly #deps: Deps
  /** Who vouched last in a room, and most likely can again. */
  readonly #vouchers = new WeakMap<Room, string>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async verdict(room: Room, userId: number): Promise<Verdict> {
    const ties = await this.#deps.memberships.load(userId)
    let verdict: Verdict = 'unmet'
    for (const matrixId of allowedRoomIds(room)) {
      const id = await this.#deps.rooms.idOf(matrixId)
      if (id === undefined) verdict = 'unknown'
      else if (ties.get(id) === 'join') return 'met'
    }
    return verdict
  }

  /**
   * The member of this server whose name the join of a restricted room carries; undefined where the join needs none.
   * Throws what the specification has for a person who cannot be let in.
   */
  async voucherFor(room: Room, subject: Subject): Promise<string | undefined> {
    const now = room.memberByUser(subject.userId)?.membership
    if (!isRestricted(room) || now === 'join' || now === 'invite') return undefined
    const verdict = await this.verdict(room, subject.userId)
    if (verdict === 'unknown') {
      throw refuse(
        'M_UNABLE_TO_AUTHORISE_JOIN',
        'This room takes members of rooms that this server knows nothing of. Ask a member to invite you.',
        { status: 403 },
      )
    }
    // In the words for a room that does not exist: that it exists is told to those alone who could enter.
    if (verdict === 'unmet') this.#deps.access.require(subject, 'room.join', roomObject(nowhere))
    const voucher = this.#voucher(room)
    if (voucher !== undefined) return voucher
    throw refuse('M_UNABLE_TO_GRANT_JOIN', 'Nobody in this room may invite, so nobody can let you in.', { status: 403 })
  }

  /** Leaders first: they are named in the power levels. Only where everybody may invite are others looked at. */
  #voucher(room: Room): string | undefined {
    const last = this.#vouchers.get(room)
    if (last !== undefined && this.#mayInvite(room, last)) return last
    const voucher = this.#first(room, leadersOf(room)) ?? this.#first(room, membersWhoMayInvite(room))
    if (voucher !== undefined) this.#vouchers.set(room, voucher)
    return voucher
  }

  #first(room: Room, matrixIds: Iterable<string>): string | undefined {
    for (const matrixId of matrixIds) if (this.#mayInvite(room, matrixId)) return matrixId
    return undefined
  }

  #mayInvite(room: Room, matrixId: string): boolean {
    if (room.member(matrixId)?.membership !== 'join') return false
    if (serverOf(matrixId) !== this.#deps.serverName) return false
    return powerLevelOf(matrixId, room, room.version) >= powerLevels(room, room.version).invite
  }
}

function leadersOf(room: Room): string[] {
  const create = room.stateEntry('m.room.create')?.pdu
  const users = room.content('m.room.power_levels')?.users
  const { additional_creators: creators } = create?.content ?? {}
  return [
    ...(create === undefined ? [] : [create.sender]),
    ...(Array.isArray(creators) ? creators.filter((one) => typeof one === 'string') : []),
    ...(isJsonObject(users) ? Object.keys(users) : []),
  ]
}

function* membersWhoMayInvite(room: Room): Iterable<string> {
  const { invite, usersDefault } = powerLevels(room, room.version)
  if (usersDefault < invite) return
  for (const member of room.members()) if (member.membership === 'join') yield member.matrixId
}
