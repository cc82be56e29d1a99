/**
 * POST /_matrix/client/v3/search
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search
 *
 * - Finds what stands readable on the server: messages of encrypted rooms are searched by their clients.
 * - Words are compared whole, without case and accents; a result has all of them.
 */

import Type from 'typebox'
import { clientPaths, isJsonObject, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Search } from '../search/search.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'

export function search(deps: { search: Search }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/search'),
    operation: 'search',
    needs: 'session',
    rate: 'search',
    query: Type.Object({ next_batch: Type.Optional(Type.String({ maxLength: 1_024 })) }),
    body: Type.Object({ search_categories: Type.Object({}) }),
    async handle({ query, body, caller }) {
      const { room_events } = body.search_categories as JsonObject
      if (!isJsonObject(room_events)) return jsonText('{"search_categories":{}}')
      const results = await deps.search.roomEvents(caller as Caller, room_events, query.next_batch)
      return jsonText(`{"search_categories":{"room_events":${results}}}`)
    },
  })
}
