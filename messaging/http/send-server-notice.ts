/**
 * POST /_synapse/admin/v1/send_server_notice
 * PUT /_synapse/admin/v1/send_server_notice/{txnId}
 * https://element-hq.github.io/synapse/latest/admin_api/server_notices.html
 *
 * - The same as POST /api/v1/notices, for tools that know this address: the content is the caller's own.
 * - Messages only: state and other types of events are refused.
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Notices } from '../notices/notices.ts'
import { type Principal, transactionOf } from './acts.ts'
import { UserId } from './shapes.ts'

type Deps = { notices: Pick<Notices, 'send'>; access: Access }

const path = '/_synapse/admin/v1/send_server_notice'
const Body = Type.Object({
  user_id: UserId,
  type: Type.Optional(Type.Literal('m.room.message')),
  state_key: Type.Optional(Type.Never()),
  content: Type.Object({ msgtype: Type.String({ minLength: 1 }), body: Type.String({ minLength: 1 }) }),
})
const shared = { needs: 'server.notices', rate: 'message', body: Body } as const
const answer = Type.Object({ event_id: Type.String() })

export function sendServerNotice(deps: Deps): Route {
  return route({
    method: 'POST',
    path,
    operation: 'sendServerNotice',
    ...shared,
    answer,
    handle: ({ body, caller }) => send(deps, caller as Principal, body),
  })
}

export function putServerNotice(deps: Deps): Route {
  return route({
    method: 'PUT',
    path: `${path}/:txnId`,
    operation: 'putServerNotice',
    ...shared,
    params: Type.Object({ txnId: Type.String({ minLength: 1 }) }),
    answer,
    handle: ({ body, caller, params }) => send(deps, caller as Principal, body, params.txnId),
  })
}

async function send({ notices, access }: Deps, caller: Principal, body: Type.Static<typeof Body>, id?: string) {
  const { user_id: to, content } = body
  const grant = access.require(caller, 'server.notices')
  const transaction = id === undefined ? undefined : transactionOf(caller, ['notice', to], id)
  return { event_id: await notices.send(grant, { to, content: content as JsonObject, transaction }) }
}
