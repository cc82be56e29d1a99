/**
 * POST /_matrix/client/v3/keys/signatures/upload
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
 *
 * - Each signature is checked. Those that hold are taken in; the others are answered under `failures`.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { KeySignatures } from '../encryption/key-signatures.ts'
import type { Caller } from './acts.ts'
import { JsonBody } from './shapes.ts'

export function uploadCrossSigningSignatures(deps: { keySignatures: Pick<KeySignatures, 'upload'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/keys/signatures/upload'),
    operation: 'uploadCrossSigningSignatures',
    needs: 'session',
    rate: 'settings',
    body: Type.Record(Type.String(), Type.Record(Type.String(), JsonBody)),
    async handle({ body, caller }) {
      const objects = Object.entries(body as Record<string, Record<string, JsonObject>>).map(
        ([matrixId, ofPerson]) => [matrixId, new Map(Object.entries(ofPerson))] as const,
      )
      return { failures: await deps.keySignatures.upload(caller as Caller, new Map(objects)) }
    },
  })
}
