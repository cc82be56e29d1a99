/**
 * POST /_matrix/client/v3/keys/query
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
 *
 * - A user-signing key is told to its person only, and so are the signatures that she made upon the keys of others.
 * - People whom nobody knows are missing from the answer; servers that are not reached stand under `failures`.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { KeyQuery } from '../encryption/key-query.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'

export function queryKeys({ keyQuery }: { keyQuery: Pick<KeyQuery, 'answer'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/keys/query'),
    operation: 'queryKeys',
    needs: 'session',
    rate: 'read',
    body: Type.Object({
      device_keys: Type.Record(Type.String(), Type.Array(Type.String())),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    async handle({ body, caller }) {
      return jsonText(await keyQuery.answer(caller as Caller, new Map(Object.entries(body.device_keys))))
    },
  })
}
