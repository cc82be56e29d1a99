/**
 * GET /api/v1/people/{id}
 *
 * - Whoever is in an open conversation with her needs no reason; others open the record with one first (`reason-needed`).
 *   `opening` is theirs: since when, until when and for which reason they see it.
 * - Of a record that was merged, `mergedInto` names the one that counts.
 */
import Type from 'typebox'
import { limits, type Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { People, RecordOpenings } from '../people/types.ts'
import { presentPerson } from './present.ts'
import { OpenedPersonShape, PublicId } from './shapes.ts'
import { shownPerson } from './shown-person.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  openings: Pick<RecordOpenings, 'require'>
  people: Pick<People, 'addressesOf' | 'byId'>
}

export function getPerson({ agencyDoors, openings, people }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id',
    operation: 'getPerson',
    needs: 'citizens.desk',
    rate: 'read',
    params: Type.Object({ id: PublicId }),
    answer: OpenedPersonShape,
    async handle({ caller, params }) {
      const { person, agency } = await agencyDoors.person(caller, 'citizens.desk', params.id)
      if (person.state === 'erased') return presentPerson(person, agency, [])
      const opening = await openings.require(caller, person.id)
      const shown = await shownPerson(people, person, agency)
      if (opening === undefined) return shown
      const { reason, atMs } = opening
      return { ...shown, opening: { reason, atMs, untilMs: atMs + limits.recordOpeningMs } }
    },
  })
}
