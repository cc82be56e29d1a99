/**
 * POST /_matrix/client/v3/keys/device_signing/upload
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload
 *
 * - The first keys need no proof, nor does sending the same keys again. Others need the password (user-interactive
 *   authentication), because whoever replaces them becomes somebody new to everybody else.
 * - A new master key ends what the one before vouched for.
 */
import Type from 'typebox'
import type { Presence } from '#identity/api.ts'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { CrossSigning } from '../encryption/cross-signing.ts'
import type { Caller } from './acts.ts'
import { JsonBody } from './shapes.ts'

const triesMax = 3

export function uploadCrossSigningKeys(deps: { crossSigning: CrossSigning; presence: Presence }): Route {
  const { crossSigning, presence } = deps
  return route({
    method: 'POST',
    path: clientPaths('/keys/device_signing/upload'),
    operation: 'uploadCrossSigningKeys',
    needs: 'session',
    rate: 'settings',
    body: Type.Object({
      master_key: Type.Optional(JsonBody),
      self_signing_key: Type.Optional(JsonBody),
      user_signing_key: Type.Optional(JsonBody),
      auth: Type.Optional(Type.Unknown()),
    }),
    async handle({ body, caller, ip }) {
      const subject = caller as Caller
      for (let tries = 0; tries < triesMax; tries++) {
        const change = await crossSigning.prepare(subject, body as JsonObject)
        if (change.needsProof) {
          const challenge = await presence.challenge(subject, body.auth, 'replace cross-signing keys', ip)
          if (challenge !== undefined) return challenge
        }
        if (await crossSigning.store(subject, change)) return {}
      }
      throw refuse(
        'M_UNKNOWN',
        'Your keys are being changed on another device as well. Look at them there, then try again.',
        {
          status: 409,
        },
      )
    },
  })
}
