import type { Refusal } from '#platform/api.ts'
import type { Membership, RoomAct } from './acts.ts'
import type { Grant } from './grant.ts'
import type { Permission } from './permissions.ts'

/** Who asks: one session of one person on one device. */
export type Subject = {
  readonly userId: number
  readonly matrixId: string
  readonly deviceId: string
  readonly sessionId: number
  readonly isGuest: boolean
  /** Of the account. What it permits stands in `permissions`; by the role itself is told only who stands above whom. */
  readonly role: string
  /** Left out: in good standing. Who is suspended reads and does not write; who is locked signs out, and nothing else. */
  readonly standing?: 'suspended' | 'locked'
  readonly permissions: ReadonlySet<Permission>
}

/**
 * A program that asks with an API token: no person, no session and in no room. It may do what the scopes of its token say,
 * and nothing else.
 */
export type Program = {
  /** The public id of its token. */
  readonly programId: string
  readonly permissions: ReadonlySet<Permission>
}

/** Whoever the gate lets through. */
export type Principal = Subject | Program

export function isProgram(principal: Principal): principal is Program {
  return 'programId' in principal
}

export type RoomObject = { readonly kind: 'room'; readonly roomId: number }
export type Installation = { readonly kind: 'installation' }
export type AgencyObject = { readonly kind: 'agency'; readonly agencyId: number }
/** What an act is done to. */
export type AccessObject = RoomObject | Installation | AgencyObject

export type Act = RoomAct | Permission

export type Decision<P extends Principal = Subject> =
  | { readonly allowed: true; readonly grant: Grant<P> }
  | { readonly allowed: false; readonly refusal: Refusal }

/**
 * What access must know about rooms. Messaging implements it over what it has in memory and loads rooms and people
 * before anybody decides about them; a room or a person that is not loaded counts as absent, so the answer is no.
 */
export interface RoomFacts {
  exists(roomId: number): boolean
  membership(roomId: number, userId: number): Membership | undefined
  /** All rooms that the person has a tie with, by room id. Not copied: the same map until its version changes. */
  memberships(userId: number): ReadonlyMap<number, Membership>
  /** Grows (or at least differs) whenever `memberships(userId)` has changed. */
  membershipsVersion(userId: number): number
  /** `m.room.join_rules`; 'invite' where the room has none. */
  joinRule(roomId: number): string
  /** `m.room.history_visibility`; 'shared' where the room has none. */
  historyVisibility(roomId: number): string
  /** Whether it is the room in which the server writes to a person. */
  isOfNotices(roomId: number): boolean
  /** Whether `m.room.guest_access` lets guests in. */
  admitsGuests(roomId: number): boolean
}

/** What access must know about agencies; engagement keeps it in memory on every node. */
export interface AgencyFacts {
  isStaff(userId: number, agencyId: number): boolean
}

/**
 * The rooms that a session may know of, sorted by the tie that the person has with them. Shared and immutable: the same
 * object comes back until something that it depends on changes, so it can be asked for at every sync.
 */
export interface VisibleRooms {
  /** Equal versions of one person mean equal sets. */
  readonly version: string
  readonly joined: ReadonlySet<number>
  readonly invited: ReadonlySet<number>
  readonly knocked: ReadonlySet<number>
  /** Left or banned: what is shown is bounded by what the person could read then. */
  readonly left: ReadonlySet<number>
  has(roomId: number): boolean
  membership(roomId: number): Membership | undefined
}

/** The one door. Everything is synchronous over what is in memory; a missing fact or an error means no. */
export interface Access {
  decide(subject: Subject, act: RoomAct, object: RoomObject): Decision
  decide<P extends Principal>(principal: P, act: Permission, object?: Installation | AgencyObject): Decision<P>
  /** The grant, or the `Refusal` that `decide` names is thrown. */
  require(subject: Subject, act: RoomAct, object: RoomObject): Grant
  require<P extends Principal>(principal: P, act: Permission, object?: Installation | AgencyObject): Grant<P>
  visible(subject: Subject): VisibleRooms
  /**
   * Lets somebody through to a route that declares `needs`, or throws the refusal. A need that is unknown is met by
   * nobody.
   */
  admit(principal: Principal, needs: string): void
}
