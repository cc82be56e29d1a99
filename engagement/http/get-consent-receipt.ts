/**
 * GET /api/v1/people/{id}/consents/{eventId}/receipt
 *
 * - What she keeps of one event: signed, and to be checked without this server (docs/reference/consent-receipts.md).
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Consent } from '../consent/types.ts'
import type { People } from '../people/types.ts'
import { isOwnEvent } from './own-event.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  people: Pick<People, 'addressesOf' | 'rootOf'>
  consent: Pick<Consent, 'event' | 'receipt'>
}

export function getConsentReceipt({ agencyDoors, people, consent }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id/consents/:eventId/receipt',
    operation: 'getConsentReceipt',
    needs: 'citizens.consent',
    rate: 'read',
    params: Type.Object({ id: PublicId, eventId: PublicId }),
    answer: Type.Record(Type.String(), Type.Unknown()),
    async handle({ caller, params }) {
      const { person } = await agencyDoors.person(caller, 'citizens.consent', params.id)
      const event = await consent.event(params.eventId)
      if (event === undefined || !(await isOwnEvent(people, person, event))) throw absent()
      const receipt = await consent.receipt(params.eventId)
      if (receipt === undefined) throw absent()
      return receipt
    },
  })
}
