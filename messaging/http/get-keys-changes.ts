/**
 * GET /_matrix/client/v3/keys/changes
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3keyschanges
 *
 * - Tells what `device_lists` of /sync tells between the same two tokens.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { DeviceFeed } from '../encryption/device-feed.ts'
import { parseSyncToken, unknownToken } from '../sync/tokens.ts'
import type { Caller } from './acts.ts'

export interface LogPlaces {
  /** Waits until this node has heard of the place; false when there is none. */
  reach(position: number): Promise<boolean>
}

export function getKeysChanges(deps: { feed: Pick<DeviceFeed, 'deviceLists'>; places: LogPlaces }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/keys/changes'),
    operation: 'getKeysChanges',
    needs: 'session',
    rate: 'read',
    query: Type.Object({ from: Type.String(), to: Type.String() }),
    answer: Type.Object({ changed: Type.Array(Type.String()), left: Type.Array(Type.String()) }),
    async handle({ query, caller }) {
      const from = parseSyncToken(query.from).position
      const to = parseSyncToken(query.to).position
      if (!(await deps.places.reach(to))) throw unknownToken()
      return deps.feed.deviceLists(caller as Caller, from, to)
    },
  })
}
