/**
 * PUT /api/v1/people/{id}/preferences
 *
 * - How she wants to be written to, whole: what is left out is unsaid from now on.
 */
import Type from 'typebox'
import type { Postgres, Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { PreferenceBook } from '../people/types.ts'
import { PreferencesShape } from './preference-shape.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  db: Postgres
  agencyDoors: Pick<AgencyDoors, 'person'>
  preferences: Pick<PreferenceBook, 'set' | 'of'>
}

export function setPreferences({ db, agencyDoors, preferences }: Deps): Route {
  return citizenRoute({
    method: 'PUT',
    path: '/api/v1/people/:id/preferences',
    operation: 'setPreferences',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: PreferencesShape,
    answer: PreferencesShape,
    async handle({ caller, params, body }) {
      const { person } = await agencyDoors.person(caller, 'citizens.people', params.id)
      await db.transaction((tx) => preferences.set(tx, person.id, body))
      return preferences.of(person.id)
    },
  })
}
