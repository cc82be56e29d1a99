/**
 * POST /api/v1/notices
 *
 * - Writes to a person in the name of the server. She is invited to a room of her own for it, at the first time.
 * - With `usage_limit` it is a notice of the specification's kind, which clients show apart from what people say.
 * - A repeat of `transaction_id` by the same device gets the first event's id.
 * - https://spec.matrix.org/v1.19/client-server-api/#server-notices
 */
import Type from 'typebox'
import type { Access } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Notices } from '../notices/notices.ts'
import { type Principal, transactionOf } from './acts.ts'
import { UserId } from './shapes.ts'

const Words = Type.String({ minLength: 1, maxLength: 32_768 })
const Body = Type.Object({
  user_id: UserId,
  body: Words,
  formatted_body: Type.Optional(Words),
  usage_limit: Type.Optional(
    Type.Object({ limit_type: Type.String({ minLength: 1 }), admin_contact: Type.String({ minLength: 1 }) }),
  ),
  transaction_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
})

export function sendNotice({ notices, access }: { notices: Pick<Notices, 'send'>; access: Access }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/notices',
    operation: 'sendNotice',
    needs: 'server.notices',
    rate: 'message',
    body: Body,
    answer: Type.Object({ event_id: Type.String() }),
    async handle({ body, caller }) {
      const subject = caller as Principal
      const grant = access.require(subject, 'server.notices')
      const { user_id: to, transaction_id: id } = body
      const transaction = id === undefined ? undefined : transactionOf(subject, ['notice', to], id)
      return { event_id: await notices.send(grant, { to, content: contentOf(body), transaction }) }
    },
  })
}

function contentOf({ body, formatted_body, usage_limit: limit }: Type.Static<typeof Body>): JsonObject {
  const formatted: JsonObject = formatted_body === undefined ? {} : { format: 'org.matrix.custom.html', formatted_body }
  if (limit === undefined) return { msgtype: 'm.text', body, ...formatted }
  const { limit_type, admin_contact } = limit
  const about = { server_notice_type: 'm.server_notice.usage_limit_reached', limit_type, admin_contact }
  return { msgtype: 'm.server_notice', body, ...formatted, ...about }
}
