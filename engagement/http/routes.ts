import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Purposes } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { addAgencyStaff } from './add-agency-staff.ts'
import { changeAgency } from './change-agency.ts'
import { createAgency } from './create-agency.ts'
import { createPerson } from './create-person.ts'
import { createPurpose } from './create-purpose.ts'
import { listAgencies } from './list-agencies.ts'
import { listAgencyStaff } from './list-agency-staff.ts'
import { listPurposes } from './list-purposes.ts'
import { removeAgencyStaff } from './remove-agency-staff.ts'

export type EngagementRouteDeps = {
  readonly access: Access
  readonly users: Pick<Users, 'byMatrixId' | 'byIds'>
  readonly agencies: Agencies
  readonly agencyDoors: AgencyDoors
  readonly idempotency: Idempotency
  readonly people: People
  readonly purposes: Purposes
}

export function engagementRoutes(deps: EngagementRouteDeps): Route[] {
  return [
    listAgencies(deps),
    createAgency(deps),
    changeAgency(deps),
    listAgencyStaff(deps),
    addAgencyStaff(deps),
    removeAgencyStaff(deps),
    createPurpose(deps),
    listPurposes(deps),
    createPerson(deps),
  ]
}
