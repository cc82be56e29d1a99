/**
 * GET /api/v1/agencies/{key}/staff
 *
 * - The Matrix ids of the accounts that work for the agency.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Route } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import { AgencyKey } from './shapes.ts'

type Deps = {
  access: Pick<Access, 'require'>
  agencies: Pick<Agencies, 'named' | 'staffOf'>
  users: Pick<Users, 'byIds'>
}

export function listAgencyStaff({ access, agencies, users }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/agencies/:key/staff',
    operation: 'listAgencyStaff',
    needs: 'citizens.purposes',
    rate: 'read',
    params: Type.Object({ key: AgencyKey }),
    answer: Type.Object({ staff: Type.Array(Type.Object({ userId: Type.String() })) }),
    async handle({ caller, params }) {
      access.require(caller, 'citizens.purposes')
      const agency = await agencies.named(params.key)
      const known = await users.byIds(agencies.staffOf(agency.id))
      return { staff: [...known.values()].map(({ matrixId }) => ({ userId: matrixId })) }
    },
  })
}
