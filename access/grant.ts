import type { RoomAct } from './acts.ts'
import type { Permission } from './permissions.ts'
import type { AccessObject, Act, AgencyObject, Principal, Subject } from './types.ts'

/** Known to this file alone, so that nobody else can make a grant. */
const mintMark = Symbol('grant')

/**
 * The written consent of access to one act of one subject on one object. Functions that write take it as an argument
 * and call `assertGrant`, so a path that forgot to ask cannot reach them.
 */
class AccessGrant<P extends Principal = Subject> {
  readonly #genuine = true
  readonly subject: P
  readonly act: Act
  readonly object: AccessObject

  constructor(mark: symbol, subject: P, act: Act, object: AccessObject) {
    if (mark !== mintMark) throw new Error('Only access gives grants. Ask `require` for one.')
    this.subject = subject
    this.act = act
    this.object = object
    Object.freeze(this)
  }

  static isGenuine(value: unknown): value is AccessGrant<Principal> {
    return typeof value === 'object' && value !== null && #genuine in value && value.#genuine
  }
}

export type Grant<P extends Principal = Subject> = AccessGrant<P>

/** For the decision function of this folder only; it is not part of `api.ts`. */
export function mintGrant<P extends Principal>(subject: P, act: Act, object: AccessObject): Grant<P> {
  return new AccessGrant(mintMark, subject, act, object)
}

/**
 * Stops a write whose grant is missing, forged, or given for another act or another room. This is a defect of the
 * caller and never a person's mistake, so it throws an `Error` and no `Refusal`.
 */
export function assertGrant(grant: Grant, act: RoomAct, roomId: number): void
export function assertGrant(grant: Grant<Principal>, act: Permission, agency?: AgencyObject): void
export function assertGrant(grant: Grant<Principal>, act: Act, object?: number | AgencyObject): void {
  if (!AccessGrant.isGenuine(grant)) throw new Error(`A write (${act}) was tried without a grant of access.`)
  if (grant.act !== act) throw new Error(`A grant for ${grant.act} was used for ${act}.`)
  const granted = grant.object.kind === 'room' ? grant.object.roomId : undefined
  const agency = grant.object.kind === 'agency' ? grant.object.agencyId : undefined
  const [roomId, agencyId] = typeof object === 'number' ? [object, undefined] : [undefined, object?.agencyId]
  if (granted !== roomId) throw new Error(`A grant for ${act} was used for another room than it was given for.`)
  if (agency !== agencyId) throw new Error(`A grant for ${act} was used for another agency than it was given for.`)
}
