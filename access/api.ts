/**
 * Who may do what, decided in one place for every path.
 *
 * Access decides about the door: may this session do this act on this room at all. The rules of the Matrix protocol
 * (power levels, the authorisation of each event) are checked by messaging's writer in addition; both must say yes.
 */
export type { Membership, RoomAct } from './acts.ts'
export { isRoomAct, roomActs } from './acts.ts'
export { lockedRefusal, requireGoodStanding } from './decide.ts'
export type { Grant } from './grant.ts'
export { assertGrant } from './grant.ts'
export type { Permission, RoleName } from './permissions.ts'
export { isRole, isScope, permissionCatalogue, permissionsOf, roleCatalogue } from './permissions.ts'
export { requireAbove } from './ranks.ts'
export { undeclaredRoutes } from './routes.ts'
export type {
  Access,
  AccessObject,
  Act,
  AgencyFacts,
  AgencyObject,
  Decision,
  Installation,
  Principal,
  Program,
  RoomFacts,
  RoomObject,
  Subject,
  VisibleRooms,
} from './types.ts'
export { isProgram } from './types.ts'

/** What `decide` and `require` take for a room: `access.require(subject, 'room.send', room(id))`. */
export function room(roomId: number): { readonly kind: 'room'; readonly roomId: number } {
  return { kind: 'room', roomId }
}

/** The same for an agency: `access.require(subject, 'citizens.people', agency(id))`. */
export function agency(agencyId: number): { readonly kind: 'agency'; readonly agencyId: number } {
  return { kind: 'agency', agencyId }
}
