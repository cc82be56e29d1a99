/**
 * GET /api/v1/me
 *
 * - What the person who asks may do, so that clients need not guess.
 */
import Type from 'typebox'
import { permissionCatalogue, type Subject } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getMe(): Route {
  return route({
    method: 'GET',
    path: '/api/v1/me',
    operation: 'getMe',
    needs: 'session',
    rate: 'read',
    answer: Type.Object({
      user_id: Type.String(),
      device_id: Type.String(),
      guest: Type.Boolean(),
      suspended: Type.Boolean(),
      permissions: Type.Array(Type.String()),
    }),
    async handle({ caller }) {
      const { matrixId, deviceId, isGuest, permissions, standing } = caller as Subject
      const rows: readonly { id: string; whenSuspended?: true }[] = permissionCatalogue
      const usable = rows.filter((row) => standing === undefined || row.whenSuspended === true).map((row) => row.id)
      return {
        user_id: matrixId,
        device_id: deviceId,
        guest: isGuest,
        suspended: standing === 'suspended',
        permissions: usable.filter((id) => (permissions as ReadonlySet<string>).has(id)),
      }
    },
  })
}
