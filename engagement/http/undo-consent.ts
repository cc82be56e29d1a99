/**
 * POST /api/v1/people/{id}/consents/{eventId}/undo
 *
 * - Takes an event back within 30 days: what held before it holds again. Only the newest of a purpose (`not-newest`).
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Consent } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { actorOf, Source } from './consent-shapes.ts'
import { isOwnEvent } from './own-event.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  people: Pick<People, 'addressesOf' | 'rootOf'>
  consent: Pick<Consent, 'event' | 'undo' | 'receipt'>
}

export function undoConsent({ agencyDoors, idempotency, people, consent }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/consents/:eventId/undo',
    operation: 'undoConsent',
    needs: 'citizens.consent',
    rate: 'citizens',
    params: Type.Object({ id: PublicId, eventId: PublicId }),
    body: Type.Object({ source: Type.Optional(Source) }),
    answer: Type.Object({ id: Type.String(), receipt: Type.Record(Type.String(), Type.Unknown()) }),
    async handle(request) {
      const { caller, params, body } = request
      const { person } = await agencyDoors.person(caller, 'citizens.consent', params.id)
      const event = await consent.event(params.eventId)
      if (event === undefined || !(await isOwnEvent(people, person, event))) throw absent()
      const wish = { eventId: params.eventId, source: body.source ?? 'api', actor: actorOf(caller) } as const
      const { id } = await idempotency.once(request, 'undoConsent', async (tx) => {
        const undone = await consent.undo(tx, wish)
        return { id: undone.publicId }
      })
      return { id, receipt: await consent.receipt(id) }
    },
  })
}
