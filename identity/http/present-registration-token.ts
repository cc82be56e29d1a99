import Type from 'typebox'
import type { RegistrationToken } from '../accounts/registration-tokens.ts'

export const RegistrationTokenShape = Type.Object({
  token_id: Type.String(),
  token: Type.String(),
  uses: Type.Integer(),
  uses_allowed: Type.Optional(Type.Integer()),
  created_ts: Type.Integer(),
  expires_ts: Type.Optional(Type.Integer()),
})

export function presentRegistrationToken(token: RegistrationToken) {
  return {
    token_id: token.id,
    token: token.token,
    uses: token.uses,
    ...(token.usesMax !== undefined && { uses_allowed: token.usesMax }),
    created_ts: token.createdTs,
    ...(token.expiresTs !== undefined && { expires_ts: token.expiresTs }),
  }
}
