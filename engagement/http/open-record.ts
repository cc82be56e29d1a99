/**
 * POST /api/v1/people/{id}/openings
 *
 * - Opens the record of a citizen outside one's own conversations, for eight hours. She can read who opened it and why.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { RecordOpenings } from '../people/types.ts'
import { PublicId } from './shapes.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'person'>; openings: Pick<RecordOpenings, 'record'> }

export function openRecord({ agencyDoors, openings }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/openings',
    operation: 'openRecord',
    needs: 'citizens.desk',
    rate: 'settings',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({ reason: Type.String({ minLength: 3, maxLength: 500, pattern: '\\S' }) }),
    answer: Type.Object({}),
    async handle({ caller, params, body }) {
      const { person } = await agencyDoors.person(caller, 'citizens.desk', params.id)
      await openings.record(caller, person.id, body.reason.trim())
      return {}
    },
  })
}
