/**
 * PUT /_matrix/client/v3/user/{userId}/account_data/{type}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridaccount_datatype
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import { refuseServerControlled } from './account-data-types.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EmptyAnswer, EventType, JsonBody, UserId } from './shapes.ts'

export function setAccountData({ accountData }: { accountData: Pick<AccountData, 'put'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/user/:userId/account_data/:type'),
    operation: 'setAccountData',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ userId: UserId, type: EventType }),
    body: JsonBody,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      requireOwn(caller as Caller, params.userId)
      refuseServerControlled(params.type)
      await accountData.put((caller as Caller).userId, null, params.type, body as JsonObject)
      return {}
    },
  })
}
