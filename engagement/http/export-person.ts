/**
 * GET /api/v1/people/{id}/export
 *
 * - Everything that is kept of her, for her: record, addresses, preferences, consent with receipts, who opened her record, and what
 *   was said and sent.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { CitizenRights, RecordOpenings } from '../people/types.ts'
import { PublicId } from './shapes.ts'

/** An export shows more than a record, so it is an opening of its own. */
const reason = 'Her data was exported.'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  openings: Pick<RecordOpenings, 'require' | 'record'>
  rights: Pick<CitizenRights, 'export'>
}

export function exportPerson({ agencyDoors, openings, rights }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id/export',
    operation: 'exportPerson',
    needs: 'citizens.people',
    rate: 'settings',
    params: Type.Object({ id: PublicId }),
    answer: Type.Record(Type.String(), Type.Unknown()),
    async handle({ caller, params }) {
      const { person } = await agencyDoors.person(caller, 'citizens.people', params.id)
      await openings.require(caller, person.id)
      await openings.record(caller, person.id, reason)
      return rights.export(person.id)
    },
  })
}
