import { type Access, agency as agencyObject, type Grant, type Permission, type Principal } from '#access/api.ts'
import { refuse } from '#platform/api.ts'
import type { Purpose, Purposes } from '../consent/types.ts'
import type { People, Person } from '../people/types.ts'
import type { Agencies, Agency } from './types.ts'

type Deps = {
  readonly access: Pick<Access, 'require'>
  readonly agencies: Pick<Agencies, 'named' | 'byId'>
  readonly people: Pick<People, 'byPublicId'>
  readonly purposes: Pick<Purposes, 'byPublicId'>
}

/**
 * The way of a request to what belongs to an agency: what is found is what the caller may know of. What does not exist and what
 * belongs to an agency of others is refused in the same words.
 */
export interface AgencyDoors {
  enter(
    caller: Principal,
    act: Permission,
    key: string | undefined,
  ): Promise<{ agency: Agency; grant: Grant<Principal> }>
  person(caller: Principal, act: Permission, publicId: string): Promise<{ person: Person; agency: Agency }>
  purpose(caller: Principal, act: Permission, publicId: string): Promise<{ purpose: Purpose; agency: Agency }>
}

export function createAgencyDoors({ access, agencies, people, purposes }: Deps): AgencyDoors {
  async function through(caller: Principal, act: Permission, agencyId: number | undefined): Promise<Agency> {
    const agency = agencyId === undefined ? undefined : await agencies.byId(agencyId)
    if (agency === undefined) {
      // Whoever may not do this at all hears that, and not that something is missing.
      access.require(caller, act)
      throw absent()
    }
    access.require(caller, act, agencyObject(agency.id))
    return agency
  }
  return {
    async enter(caller, act, key) {
      const agency = await agencies.named(key)
      return { agency, grant: access.require(caller, act, agencyObject(agency.id)) }
    },
    async person(caller, act, publicId) {
      const person = await people.byPublicId(publicId)
      return { agency: await through(caller, act, person?.agencyId), person: person! }
    },
    async purpose(caller, act, publicId) {
      const purpose = await purposes.byPublicId(publicId)
      return { agency: await through(caller, act, purpose?.agencyId), purpose: purpose! }
    },
  }
}

export function absent() {
  return refuse('M_NOT_FOUND', 'There is no such thing, or it belongs to an agency that you do not work for.')
}
