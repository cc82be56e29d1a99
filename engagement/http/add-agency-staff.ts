/**
 * PUT /api/v1/agencies/{key}/staff/{userId}
 *
 * - The account works for the agency from now on: its permissions hold there.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { type Route, refuse } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import { AgencyKey } from './shapes.ts'

type Deps = {
  access: Pick<Access, 'require'>
  agencies: Pick<Agencies, 'named' | 'addStaff'>
  users: Pick<Users, 'byMatrixId'>
}

export function addAgencyStaff({ access, agencies, users }: Deps): Route {
  return citizenRoute({
    method: 'PUT',
    path: '/api/v1/agencies/:key/staff/:userId',
    operation: 'addAgencyStaff',
    needs: 'citizens.purposes',
    rate: 'settings',
    params: Type.Object({ key: AgencyKey, userId: Type.String() }),
    answer: Type.Object({}),
    async handle({ caller, params }) {
      access.require(caller, 'citizens.purposes')
      const agency = await agencies.named(params.key)
      const user = await users.byMatrixId(params.userId)
      if (user?.isLocal !== true) throw refuse('M_NOT_FOUND', 'There is no such account on this server.')
      await agencies.addStaff(agency.id, user.id)
      return {}
    },
  })
}
