/**
 * GET /api/v1/channels
 *
 * - The channels of the configuration, whether each may be used at the moment, and what happened on it: hooks that were
 *   taken, forged, replayed, stale, duplicate, malformed or flooded, and sends by their outcome.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { ChannelStates } from '../channel-states.ts'

export function listChannels({ states }: { states: ChannelStates }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/channels',
    operation: 'listChannels',
    needs: 'server.settings',
    rate: 'read',
    answer: Type.Object({
      channels: Type.Array(
        Type.Object({
          id: Type.String(),
          kind: Type.String(),
          sender: Type.String(),
          agency: Type.Optional(Type.String()),
          queue: Type.Optional(Type.String()),
          state: Type.Union([Type.Literal('ready'), Type.Literal('resting')]),
          ready_ts: Type.Optional(Type.Integer()),
          waiting: Type.Integer(),
          failed: Type.Integer(),
          counts: Type.Record(Type.String(), Type.Integer()),
        }),
      ),
    }),
    handle: async () => ({ channels: await states.all() }),
  })
}
