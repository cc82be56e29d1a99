/** Shapes of consent, and who it is that records it. */
import Type from 'typebox'
import { isProgram, type Principal } from '#access/api.ts'
import type { Actor, ConsentEvent, ConsentStanding, Purpose } from '../consent/types.ts'

export const Source = Type.Union([
  Type.Literal('api'),
  Type.Literal('desk'),
  Type.Literal('page'),
  Type.Literal('sms'),
  Type.Literal('mail'),
  Type.Literal('inbox'),
  Type.Literal('import'),
])

export const EventShape = Type.Object({
  id: Type.String(),
  seq: Type.Integer(),
  act: Type.String(),
  source: Type.String(),
  atMs: Type.Integer(),
  purposeId: Type.Optional(Type.String()),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

export const StandingShape = Type.Object({
  purposeId: Type.String(),
  state: Type.Union([Type.Literal('granted'), Type.Literal('requested'), Type.Literal('withdrawn')]),
  sinceMs: Type.Integer(),
})

export function presentEventOf(event: ConsentEvent, purposes: readonly Purpose[]) {
  const { publicId: id, seq, act, source, atMs, details } = event
  const purpose = purposes.find((one) => one.id === event.purposeId)
  return {
    id,
    seq,
    act,
    source,
    atMs,
    ...(purpose !== undefined && { purposeId: purpose.publicId }),
    ...(details !== undefined && { details }),
  }
}

export function presentStanding(standing: ConsentStanding, purposes: readonly Purpose[]) {
  const { state, sinceMs } = standing
  return { purposeId: purposes.find((one) => one.id === standing.purposeId)?.publicId ?? '', state, sinceMs }
}

export function actorOf(caller: Principal): Actor {
  return isProgram(caller) ? { kind: 'service', name: caller.programId } : { kind: 'staff', userId: caller.userId }
}
