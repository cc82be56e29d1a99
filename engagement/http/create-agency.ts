/**
 * POST /api/v1/agencies
 *
 * - A further agency. Whoever makes it works for it from then on; programs work for all.
 */
import Type from 'typebox'
import { type Access, isProgram, type Principal } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import { presentAgency } from './present.ts'
import { AgencyKey, AgencyShape, Country, Language, Name } from './shapes.ts'

type Deps = { access: Pick<Access, 'require'>; agencies: Pick<Agencies, 'create' | 'addStaff'> }

export function createAgency({ access, agencies }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/agencies',
    operation: 'createAgency',
    needs: 'citizens.purposes',
    rate: 'settings',
    body: Type.Object({
      key: AgencyKey,
      name: Name,
      country: Type.Optional(Country),
      language: Type.Optional(Language),
    }),
    answer: AgencyShape,
    async handle({ caller, body }) {
      const principal: Principal = caller
      access.require(principal, 'citizens.purposes')
      const agency = await agencies.create(body)
      if (!isProgram(principal)) await agencies.addStaff(agency.id, principal.userId)
      return presentAgency(agency)
    },
  })
}
