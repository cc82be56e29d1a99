/**
 * POST /api/v1/people/{id}/addresses/{addressId}/stop
 *
 * - STOP that she said some other way, at a counter say: of one purpose, of the agency, or of the whole government.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Consent, Purposes, StopScope } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { actorOf, Source } from './consent-shapes.ts'
import { ownAddress } from './own-address.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  people: People
  purposes: Pick<Purposes, 'byPublicId' | 'ofAgency'>
  consent: Pick<Consent, 'stop'>
  clock: { nowMs(): number }
  random: { token(bytes: number): string }
}

const Scope = Type.Union([Type.Literal('agency'), Type.Literal('government'), Type.Object({ purposeId: PublicId })])
const proofBytes = 12

export function stopAddress(deps: Deps): Route {
  const { idempotency, purposes, consent, clock, random } = deps
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/addresses/:addressId/stop',
    operation: 'stopAddress',
    needs: 'citizens.consent',
    rate: 'citizens',
    params: Type.Object({ id: PublicId, addressId: PublicId }),
    body: Type.Object({ scope: Scope, source: Type.Optional(Source) }),
    answer: Type.Object({ withdrawn: Type.Array(Type.String()) }),
    async handle(request) {
      const { caller, params, body } = request
      const { person, address } = await ownAddress(deps, caller, 'citizens.consent', params)
      const own = await purposes.ofAgency(person.agencyId)
      const scope: StopScope | undefined =
        typeof body.scope === 'string' ? body.scope : named(own, body.scope.purposeId)
      if (scope === undefined) throw absent()
      const { source = 'api' } = body
      return idempotency.once(request, 'stopAddress', async (tx) => {
        const how = { addressId: address.id, scope, channelId: '', source, actor: actorOf(caller) } as const
        const proofKey = `said ${random.token(proofBytes)}`
        const { purposeIds } = await consent.stop(tx, { ...how, proofKey, atMs: clock.nowMs() })
        const ended = own.filter(({ id }) => purposeIds.includes(id))
        return { withdrawn: ended.map(({ publicId }) => publicId) }
      })
    },
  })
}

function named(own: readonly { id: number; publicId: string }[], publicId: string): StopScope | undefined {
  const purpose = own.find((one) => one.publicId === publicId)
  return purpose && { purposeId: purpose.id }
}
