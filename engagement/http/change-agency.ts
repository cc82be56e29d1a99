/**
 * PATCH /api/v1/agencies/{key}
 *
 * - Its name, its country (how national telephone numbers are read) and its language.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import { presentAgency } from './present.ts'
import { AgencyKey, AgencyShape, Country, Language, Name } from './shapes.ts'

type Deps = { access: Pick<Access, 'require'>; agencies: Pick<Agencies, 'named' | 'change'> }

export function changeAgency({ access, agencies }: Deps): Route {
  return citizenRoute({
    method: 'PATCH',
    path: '/api/v1/agencies/:key',
    operation: 'changeAgency',
    needs: 'citizens.purposes',
    rate: 'settings',
    params: Type.Object({ key: AgencyKey }),
    body: Type.Object({
      name: Type.Optional(Name),
      country: Type.Optional(Country),
      language: Type.Optional(Language),
    }),
    answer: AgencyShape,
    async handle({ caller, params, body }) {
      access.require(caller, 'citizens.purposes')
      const { id } = await agencies.named(params.key)
      return presentAgency(await agencies.change(id, body))
    },
  })
}
