/** Shapes that several endpoints share. */
import Type from 'typebox'
import { limits } from '#platform/api.ts'

/** 255 bytes at most; measured again in bytes where it becomes part of an event. */
const identifier = { minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$' }

export const RoomId = Type.String({ ...identifier, pattern: '^![^\\u0000]*$' })
export const RoomIdOrAlias = Type.String({ ...identifier, pattern: '^[!#][^\\u0000]*$' })
export const EventId = Type.String({ ...identifier, pattern: '^\\$[^\\u0000]*$' })
export const UserId = Type.String({ ...identifier, pattern: '^@[^\\u0000]*$' })
export const EventType = Type.String(identifier)
export const StateKey = Type.String({ maxLength: 255, pattern: '^[^\\u0000]*$' })
/** Any JSON object; what is in it is the business of whoever reads it. */
export const JsonBody = Type.Object({})
export const Reason = Type.Optional(Type.String({ maxLength: 4_096 }))
export const EventIdAnswer = Type.Object({ event_id: Type.String() })
export const EmptyAnswer = Type.Object({})
/** By algorithm, how many one-time keys are left. */
export const KeyCounts = Type.Record(Type.String(), Type.Integer())
export const PageLimit = Type.Optional(Type.Integer({ minimum: 0 }))
/** Of what changed, the newest first. */
export const BackwardsPage = Type.Object({
  dir: Type.Literal('b'),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
})
export const DelayId = Type.String({ minLength: 1, maxLength: 64 })
/** https://github.com/matrix-org/matrix-spec-proposals/pull/4140 */
export const delayKey = 'org.matrix.msc4140.delay'
/** https://github.com/matrix-org/matrix-spec-proposals/pull/4354 */
export const stickyKey = 'org.matrix.msc4354.sticky_duration_ms'
/** How an event is to be sent: later, or to stick. */
export const HowToSend = Type.Object({
  [delayKey]: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  [stickyKey]: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
})
/** What the proposal does not allow for longer than an hour sticks for an hour. */
export function stickyMsIn(query: { readonly [stickyKey]?: number | undefined }): { stickyMs?: number } {
  const ms = query[stickyKey]
  return ms === undefined ? {} : { stickyMs: Math.min(ms, limits.stickyMsMax) }
}
export const EventOrDelayId = Type.Object({
  event_id: Type.Optional(Type.String()),
  delay_id: Type.Optional(Type.String()),
})
