import { type Refusal, refuse } from '#platform/api.ts'
import { type Opening, roomAct } from './acts.ts'
import { mintGrant } from './grant.ts'
import { isPermission, permissionRow } from './permissions.ts'
import { isPlainNeed } from './routes.ts'
import {
  type AccessObject,
  type Act,
  type AgencyFacts,
  type Decision,
  isProgram,
  type Principal,
  type RoomFacts,
  type Subject,
} from './types.ts'

export type Facts = { readonly rooms: RoomFacts; readonly agencies: AgencyFacts | undefined }

const openings: Readonly<Record<Opening, (facts: RoomFacts, roomId: number) => boolean>> = {
  publicToJoin: (facts, roomId) => facts.joinRule(roomId) === 'public',
  knockable: (facts, roomId) => ['knock', 'knock_restricted'].includes(facts.joinRule(roomId)),
  // Whether one of the named rooms lets the person in is part of the protocol and checked where the event is made.
  restricted: (facts, roomId) => ['restricted', 'knock_restricted'].includes(facts.joinRule(roomId)),
  worldReadable: (facts, roomId) => facts.historyVisibility(roomId) === 'world_readable',
}

/** The decision, over one consistent look at the facts. Whatever throws inside means no. */
export function decide<P extends Principal>(facts: Facts, subject: P, act: Act, object: AccessObject): Decision<P> {
  let allowed = false
  try {
    const row = object.kind === 'room' ? whenInRoom(facts.rooms, roomAct(act), object.roomId) : permissionRow(act)
    const refusal = standingRefusal(subject, row)
    if (refusal !== undefined) return { allowed, refusal }
    if (object.kind !== 'room') allowed = isPermission(act) && subject.permissions.has(act)
    else if (!isProgram(subject)) {
      allowed = passesRoomDoor(facts.rooms, subject, act, object.roomId)
      if (allowed && isShutToGuest(facts.rooms, subject, act, object.roomId)) {
        return { allowed: false, refusal: guestRefusal() }
      }
    }
    if (allowed && object.kind === 'agency' && !worksFor(facts.agencies, subject, object.agencyId)) {
      return { allowed: false, refusal: agencyRefusal() }
    }
  } catch {
    // A fact that cannot be read is a missing fact.
    allowed = false
  }
  if (allowed) return { allowed, grant: mintGrant(subject, act, object) }
  return {
    allowed,
    refusal: object.kind === 'room' ? roomRefusal(act) : permissionRefusal(subject, act),
  }
}

/** What a route needs. Standing first: who is locked hears that, and not that something is missing. */
export function admit(subject: Principal, needs: string): void {
  if (needs === 'nobody' || (needs === 'session, locked or not' && !isProgram(subject))) return
  const row = isPlainNeed(needs) ? { whenSuspended: true } : permissionRow(needs)
  const refusal = standingRefusal(subject, row)
  if (refusal !== undefined) throw refusal
  if (needs === 'session' && !isProgram(subject)) return
  if (!(isPermission(needs) && subject.permissions.has(needs))) throw permissionRefusal(subject, needs)
}

/**
 * For acts that are open to a suspended person in part: what others would see or hear of her is refused.
 * https://spec.matrix.org/v1.19/client-server-api/#account-suspension
 */
export function requireGoodStanding(subject: Subject): void {
  const refusal = standingRefusal(subject, undefined)
  if (refusal !== undefined) throw refusal
}

/** What an act is to a suspended person in this room. */
function whenInRoom(facts: RoomFacts, row: ReturnType<typeof roomAct>, roomId: number): { whenSuspended: boolean } {
  const when = row?.whenSuspended
  return { whenSuspended: when === true || (when === 'for notices of the server' && facts.isOfNotices(roomId)) }
}

/** https://spec.matrix.org/v1.19/client-server-api/#account-locking and #account-suspension */
function standingRefusal(
  subject: Principal,
  row: { readonly whenSuspended?: boolean } | undefined,
): Refusal | undefined {
  if (isProgram(subject)) return undefined
  const { standing } = subject
  if (standing === 'locked') return lockedRefusal()
  if (standing === undefined || row?.whenSuspended === true) return undefined
  return refuse(
    'M_USER_SUSPENDED',
    'Your account is suspended: you can read, and not write. Ask an administrator of your organisation why.',
  )
}

export function lockedRefusal(): Refusal {
  return refuse('M_USER_LOCKED', 'Your account is locked. Ask an administrator of your organisation to unlock it.', {
    fields: { soft_logout: true },
  })
}

function passesRoomDoor(facts: RoomFacts, subject: Subject, act: Act, roomId: number): boolean {
  const rule = roomAct(act)
  if (rule === undefined || !facts.exists(roomId)) return false
  const membership = facts.membership(roomId, subject.userId)
  if (membership !== undefined && rule.members.includes(membership)) return true
  if (membership === 'ban') return false
  return rule.openings.some((opening) => openings[opening](facts, roomId))
}

/** Whoever may come in as a member may not always come in as a guest, invited or not. */
function isShutToGuest(facts: RoomFacts, subject: Subject, act: Act, roomId: number): boolean {
  return subject.isGuest && (act === 'room.join' || act === 'room.knock') && !facts.admitsGuests(roomId)
}

function guestRefusal(): Refusal {
  return refuse('M_GUEST_ACCESS_FORBIDDEN', 'This room takes no guests. Sign in with an account of your own.')
}

/** One sentence for "forbidden" and "absent", so that nobody learns from it which rooms there are. */
function roomRefusal(act: Act): Refusal {
  if (roomAct(act)?.code === 'M_NOT_FOUND') {
    return refuse('M_NOT_FOUND', 'This event does not exist, or you may not see it. Check the link, or ask a member.')
  }
  const wish = roomAct(act)?.meaning ?? 'do this in this room'
  const remedy = act === 'room.join' || act === 'room.knock' ? 'It may need an invitation' : 'You may not be in it'
  return refuse('M_FORBIDDEN', `You cannot ${wish}. ${remedy}, or it does not exist. Ask a member to invite you.`)
}

/** A program acts for every agency; its scopes bound what it does there. */
function worksFor(agencies: AgencyFacts | undefined, subject: Principal, agencyId: number): boolean {
  return isProgram(subject) || agencies?.isStaff(subject.userId, agencyId) === true
}

/** One sentence for an agency of others and one that does not exist. */
function agencyRefusal(): Refusal {
  return refuse('M_NOT_FOUND', 'There is no such thing, or it belongs to an agency that you do not work for.')
}

function permissionRefusal(subject: Principal, act: string): Refusal {
  const sentence = isProgram(subject)
    ? 'The scopes of this API token do not include this. Ask an administrator for another one.'
    : 'Your role does not include this. Ask an administrator of your organisation.'
  return refuse('M_FORBIDDEN', sentence, { detail: `needs ${act}` })
}
