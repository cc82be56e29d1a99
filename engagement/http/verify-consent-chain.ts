/**
 * GET /api/v1/agencies/{key}/consent_chain
 *
 * - Reads all events of consent of the agency and names the first that was altered, is missing or stands elsewhere. Whoever keeps
 *   `head` can show later that nothing before it was changed.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Consent } from '../consent/types.ts'
import { AgencyKey } from './shapes.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'enter'>; consent: Pick<Consent, 'verify'> }

export function verifyConsentChain({ agencyDoors, consent }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/agencies/:key/consent_chain',
    operation: 'verifyConsentChain',
    needs: 'citizens.consent',
    rate: 'report',
    params: Type.Object({ key: AgencyKey }),
    answer: Type.Object({
      events: Type.Integer(),
      head: Type.String(),
      whole: Type.Boolean(),
      fault: Type.Optional(Type.Object({ kind: Type.String(), seq: Type.Integer(), message: Type.String() })),
    }),
    async handle({ caller, params }) {
      const { agency } = await agencyDoors.enter(caller, 'citizens.consent', params.key)
      const { events, head, fault } = await consent.verify(agency.id)
      return { events, head, whole: fault === undefined, ...(fault !== undefined && { fault }) }
    },
  })
}
