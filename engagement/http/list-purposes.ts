/**
 * GET /api/v1/purposes?agency
 *
 * - All purposes of an agency with the wordings that are shown now.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Purposes } from '../consent/types.ts'
import { presentPurpose } from './present.ts'
import { OptionalAgency, PurposeShape } from './shapes.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'enter'>; purposes: Pick<Purposes, 'ofAgency' | 'wordings'> }

export function listPurposes({ agencyDoors, purposes }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/purposes',
    operation: 'listPurposes',
    needs: 'citizens.desk',
    rate: 'read',
    query: Type.Object({ agency: OptionalAgency }),
    answer: Type.Object({ purposes: Type.Array(PurposeShape) }),
    async handle({ caller, query }) {
      const { agency } = await agencyDoors.enter(caller, 'citizens.desk', query.agency)
      const all = await purposes.ofAgency(agency.id)
      const presented = all.map(async (purpose) =>
        presentPurpose(purpose, agency, await purposes.wordings(purpose.id, purpose.wordingVersion)),
      )
      return { purposes: await Promise.all(presented) }
    },
  })
}
