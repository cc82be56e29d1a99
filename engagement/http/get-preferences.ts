/**
 * GET /api/v1/people/{id}/preferences
 *
 * - How she wants to be written to: channels, language, quiet hours, formats. What she never said is missing.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { PreferenceBook, RecordOpenings } from '../people/types.ts'
import { PreferencesShape } from './preference-shape.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  openings: Pick<RecordOpenings, 'require'>
  preferences: Pick<PreferenceBook, 'of'>
}

export function getPreferences({ agencyDoors, openings, preferences }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id/preferences',
    operation: 'getPreferences',
    needs: 'citizens.desk',
    rate: 'read',
    params: Type.Object({ id: PublicId }),
    answer: PreferencesShape,
    async handle({ caller, params }) {
      const { person } = await agencyDoors.person(caller, 'citizens.desk', params.id)
      await openings.require(caller, person.id)
      return preferences.of(person.id)
    },
  })
}
