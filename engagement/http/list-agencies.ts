/**
 * GET /api/v1/agencies
 *
 * - The agencies of this installation, for those who set them up and for everybody who works for one.
 */
import Type from 'typebox'
import { isProgram, type Principal } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import { presentAgency } from './present.ts'
import { AgencyShape } from './shapes.ts'

type Deps = { agencies: Pick<Agencies, 'all' | 'isStaff'> }

export function listAgencies({ agencies }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/agencies',
    operation: 'listAgencies',
    needs: 'citizens.desk',
    rate: 'read',
    answer: Type.Object({
      agencies: Type.Array(Type.Intersect([AgencyShape, Type.Object({ staff: Type.Boolean() })])),
    }),
    async handle(request) {
      const caller: Principal = request.caller
      const isStaff = (agencyId: number) => !isProgram(caller) && agencies.isStaff(caller.userId, agencyId)
      const sets = caller.permissions.has('citizens.purposes')
      const all = (await agencies.all()).filter(({ id }) => sets || isStaff(id))
      return { agencies: all.map((agency) => ({ ...presentAgency(agency), staff: isStaff(agency.id) })) }
    },
  })
}
