/** Shapes of answers that several endpoints share. */
import Type from 'typebox'

export const Nothing = Type.Object({})

/** What a sign-in answers, in whatever way one came in. */
export const SignedIn = Type.Object({
  user_id: Type.String(),
  access_token: Type.String(),
  device_id: Type.String(),
})

export const Device = Type.Object({
  device_id: Type.String(),
  display_name: Type.Optional(Type.String()),
  last_seen_ts: Type.Optional(Type.Integer()),
  last_seen_ip: Type.Optional(Type.String()),
})
