/**
 * GET /api/v1/sends/{id}
 *
 * - How far it has come, by which ways it was tried and why by these. Its words are not told again.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import { attemptState } from '../sends/attempt-states.ts'
import type { Sending, SendView } from '../sends/sending.ts'
import { PublicId } from './shapes.ts'
import { throughAgency } from './through-agency.ts'

type Deps = {
  readonly agencyDoors: Pick<AgencyDoors, 'enter'>
  readonly agencies: Pick<Agencies, 'byId'>
  readonly sending: Pick<Sending, 'row' | 'view'>
}

const AttemptShape = Type.Object({
  id: Type.String(),
  channel: Type.String(),
  /** `notice`: the words wait in her inbox, and a neutral line went. */
  form: Type.Union([Type.Literal('words'), Type.Literal('notice')]),
  state: Type.String(),
  /** Why this way. */
  reason: Type.String(),
  /** Why it failed or was withheld: the provider's code, or a word of ours. */
  code: Type.Optional(Type.String()),
  dueMs: Type.Integer(),
  changedMs: Type.Integer(),
})

const SendShape = Type.Object({
  id: Type.String(),
  personId: Type.Optional(Type.String()),
  purposeId: Type.String(),
  state: Type.String(),
  outcome: Type.Optional(Type.String()),
  createdMs: Type.Integer(),
  deadlineMs: Type.Integer(),
  attempts: Type.Array(AttemptShape),
})

export function getSend({ agencyDoors, agencies, sending }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/sends/:id',
    operation: 'getSend',
    needs: 'citizens.send',
    rate: 'read',
    params: Type.Object({ id: PublicId }),
    answer: SendShape,
    async handle(request) {
      const caller: Principal = request.caller
      const send = await sending.row(request.params.id)
      await throughAgency({ agencyDoors, agencies }, caller, 'citizens.send', send?.agencyId)
      if (send === undefined) throw absent()
      return present(await sending.view(send))
    },
  })
}

function present({ attempts, outcome, personId, ...send }: SendView) {
  return {
    ...send,
    ...(personId === undefined ? {} : { personId }),
    ...(outcome === undefined ? {} : { outcome }),
    attempts: attempts.map(({ publicId, channelId, form, state, reason, code, dueTs, changedTs }) => ({
      id: publicId,
      channel: channelId,
      form,
      state: attemptState(state),
      reason,
      ...(code === null ? {} : { code }),
      dueMs: dueTs,
      changedMs: changedTs,
    })),
  }
}
