/**
 * POST /api/v1/people/{id}/consents
 *
 * - What she agreed to, ended, asked for or confirmed, with the wording that was shown and what proves it. `act` is `grant`
 *   when it is left out, `language` and `wordingVersion` are what is shown now.
 * - `addressId`: only for that address of hers. The answer's `receipt` is for her to keep.
 */
import Type from 'typebox'
import type { JsonObject } from '#matrix/api.ts'
import { limits, type Route, refuse } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Consent, Purposes } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { actorOf, Source } from './consent-shapes.ts'
import { ownAddress } from './own-address.ts'
import { Language, PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  people: People
  purposes: Pick<Purposes, 'byPublicId'>
  consent: Pick<Consent, 'record' | 'receipt'>
}

const Act = Type.Union([
  Type.Literal('grant'),
  Type.Literal('withdraw'),
  Type.Literal('request'),
  Type.Literal('confirm'),
])

export function recordConsent(deps: Deps): Route {
  const { agencyDoors, idempotency, purposes, consent } = deps
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/consents',
    operation: 'recordConsent',
    needs: 'citizens.consent',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({
      purposeId: PublicId,
      act: Type.Optional(Act),
      addressId: Type.Optional(PublicId),
      source: Type.Optional(Source),
      language: Type.Optional(Language),
      wordingVersion: Type.Optional(Type.Integer({ minimum: 1 })),
      proof: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())),
    }),
    bodyBytesMax: limits.consentBytesMax,
    answer: Type.Object({ id: Type.String(), receipt: Type.Record(Type.String(), Type.Unknown()) }),
    async handle(request) {
      const { caller, params, body } = request
      const { person } = await agencyDoors.person(caller, 'citizens.consent', params.id)
      const purpose = await purposes.byPublicId(body.purposeId)
      if (purpose?.agencyId !== person.agencyId) throw refuse('M_NOT_FOUND', 'This agency has no such purpose.')
      const { id: personId, agencyId } = person
      const named = body.addressId
      const holder =
        named === undefined
          ? { personId }
          : await ownAddress(deps, caller, 'citizens.consent', { id: params.id, addressId: named }).then(
              ({ address }) => ({ addressId: address.id }),
            )
      const { act = 'grant', source = 'api', language, wordingVersion } = body
      const wish = { agencyId, holder, purposeId: purpose.id, act, source, language, wordingVersion }
      const proof = body.proof as JsonObject | undefined
      const { id } = await idempotency.once(request, 'recordConsent', async (tx) => {
        const event = await consent.record(tx, { ...wish, actor: actorOf(caller), proof })
        return { id: event.publicId }
      })
      return { id, receipt: await consent.receipt(id) }
    },
  })
}
