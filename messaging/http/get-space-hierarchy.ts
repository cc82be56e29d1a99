/**
 * GET /_matrix/client/v1/rooms/{roomId}/hierarchy
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy
 *
 * - Rooms that this server does not know, and those that the person may not look at, are left out.
 */
import Type from 'typebox'
import { limits, type Route, route } from '#platform/api.ts'
import type { Hierarchy } from '../spaces/hierarchy.ts'
import type { Caller } from './acts.ts'
import { RoomId } from './shapes.ts'

const limitDefault = 50

export function getSpaceHierarchy({ hierarchy }: { hierarchy: Pick<Hierarchy, 'page'> }): Route {
  return route({
    method: 'GET',
    path: [
      '/_matrix/client/v1/rooms/:roomId/hierarchy',
      '/_matrix/client/unstable/org.matrix.msc2946/rooms/:roomId/hierarchy',
    ],
    operation: 'getSpaceHierarchy',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    query: Type.Object({
      suggested_only: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      max_depth: Type.Optional(Type.Integer({ minimum: 0 })),
      from: Type.Optional(Type.String()),
    }),
    handle({ params, query, caller }) {
      return hierarchy.page(caller as Caller, params.roomId, {
        suggestedOnly: query.suggested_only ?? false,
        limit: Math.min(query.limit ?? limitDefault, limitDefault),
        maxDepth: Math.min(query.max_depth ?? limits.hierarchyDepthMax, limits.hierarchyDepthMax),
        from: query.from,
      })
    },
  })
}
