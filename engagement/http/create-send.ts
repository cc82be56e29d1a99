/**
 * POST /api/v1/sends
 *
 * - Tells a citizen something, once: by the channel that the rules choose, or by the one that is named.
 * - 202 when it is queued under its gate. 409 with the reason where nothing may be sent: `no-consent`, `stopped`, `held`,
 *   `bounced`, `complained`, `provider-stopped`, `erased`, `not-hers`, `no-address`, `no-channel`, `too-sensitive`, `too-long`
 *   or `deadline`.
 */
import Type from 'typebox'
import { isProgram, type Principal } from '#access/api.ts'
import { JsonBytes, limits, type Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { Sending } from '../sends/sending.ts'
import { Kind, OptionalAgency, PublicId } from './shapes.ts'

type Deps = {
  readonly agencyDoors: Pick<AgencyDoors, 'person' | 'purpose'>
  readonly idempotency: Pick<Idempotency, 'once'>
  readonly sending: Pick<Sending, 'announce' | 'create'>
}

const SensitivityShape = Type.Union([Type.Literal('public'), Type.Literal('personal'), Type.Literal('sensitive')])

export function createSend({ agencyDoors, idempotency, sending }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/sends',
    operation: 'createSend',
    needs: 'citizens.send',
    rate: 'citizenSend',
    body: Type.Object({
      agency: OptionalAgency,
      personId: PublicId,
      purposeId: PublicId,
      body: Type.String({ minLength: 1, maxLength: limits.sendBodyCharsMax }),
      subject: Type.Optional(
        Type.String({ minLength: 1, maxLength: limits.sendSubjectCharsMax, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
      ),
      sensitivity: Type.Optional(SensitivityShape),
      channel: Type.Optional(Kind),
      /** Milliseconds since 1970; three days from now when it is left out. */
      deadlineMs: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    answer: Type.Object({ id: Type.String() }),
    async handle(request) {
      const caller: Principal = request.caller
      const { personId, purposeId, agency: key, ...wish } = request.body
      const [{ person, agency }, { purpose }] = await Promise.all([
        agencyDoors.person(caller, 'citizens.send', personId),
        agencyDoors.purpose(caller, 'citizens.send', purposeId),
      ])
      if (purpose.agencyId !== agency.id || (key !== undefined && key !== agency.key)) throw absent()
      const madeBy = isProgram(caller) ? undefined : caller.userId
      const made = await idempotency.once(request, 'createSend', (tx) =>
        sending.create(tx, { ...wish, agency, person, purpose, madeBy }),
      )
      sending.announce()
      return new JsonBytes(Buffer.from(JSON.stringify(made)), 202)
    },
  })
}
