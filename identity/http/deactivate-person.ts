/**
 * POST /api/v1/accounts/{user_id}/deactivate
 *
 * - Closes somebody's account for good, for administrators. With `erase` her name and picture go too.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'
import { Nothing } from './shapes.ts'

export function deactivatePerson({ moderation }: { moderation: Pick<Moderation, 'deactivate'> }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/accounts/:userId/deactivate',
    operation: 'deactivatePerson',
    needs: 'people.moderate',
    rate: 'settings',
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({ erase: Type.Optional(Type.Boolean()) }),
    answer: Nothing,
    async handle({ caller, params, body }) {
      await moderation.deactivate(caller as Principal, params.userId, body.erase === true)
      return {}
    },
  })
}
