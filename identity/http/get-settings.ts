/**
 * GET /api/v1/settings
 *
 * - How this server is set up, for administrators: options, rates and limits. Of secrets only that they are set.
 */
import Type from 'typebox'
import { type Route, route, type ShownSettings } from '#platform/api.ts'

export function getSettings({ shown }: { shown: ShownSettings }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/settings',
    operation: 'getSettings',
    needs: 'server.settings',
    rate: 'read',
    answer: Type.Object({
      options: Type.Record(Type.String(), Type.Unknown()),
      limits: Type.Record(Type.String(), Type.Number()),
      rates: Type.Record(Type.String(), Type.Object({ burst: Type.Number(), perSecond: Type.Number() })),
    }),
    handle: async () => shown,
  })
}
