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
import type { SendIntake } from '../sends/send-intake.ts'
import { Kind, OptionalAgency, PublicId } from './shapes.ts'

type Deps = {
  readonly agencyDoors: Pick<AgencyDoors, 'person' | 'purpose'>
  readonly intake: Pick<SendIntake, 'take'>
}

const SensitivityShape = Type.Union([Type.Literal('public'), Type.Literal('personal'), Type.Literal('sensitive')])

export function createSend({ agencyDoors, intake }: Deps): Route {
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
      const made = await intake.take(request, { ...wish, agency, person, purpose, madeBy })
      return new JsonBytes(Buffer.from(JSON.stringify(made)), 202)
    },
  })
}
