/**
 * GET /_matrix/client/v3/user/{userId}/account_data/{type}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridaccount_datatype
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { PushRules } from '../push/push-rules.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EventType, UserId } from './shapes.ts'

type Deps = { accountData: Pick<AccountData, 'get'>; pushRules: Pick<PushRules, 'of'> }

export function getAccountData({ accountData, pushRules }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/user/:userId/account_data/:type'),
    operation: 'getAccountData',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId, type: EventType }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      if (params.type === 'm.push_rules') return { global: await pushRules.of(subject) }
      const content = await accountData.get(subject.userId, null, params.type)
      if (content === undefined) throw refuse('M_NOT_FOUND', 'You have stored nothing under this type.')
      return content
    },
  })
}
