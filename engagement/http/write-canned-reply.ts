/**
 * POST /api/v1/canned-replies, and PUT and DELETE /api/v1/canned-replies/{id}
 *
 * - Texts by language, with fields that are filled in for a conversation: {{ person.name }}, {{ staff.name }},
 *   {{ agency.name }}, {{ conversation.reference }}, {{ conversation.channel }}, {{ today }}.
 */
import Type from 'typebox'
import { limits, type Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { CannedReplies } from '../desk/canned-replies.ts'
import type { Idempotency } from '../idempotency/types.ts'
import { ById, CannedReplyShape, DeskAgency } from './desk-shapes.ts'

type Deps = { canned: CannedReplies; idempotency: Pick<Idempotency, 'once'> }

const title = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const texts = Type.Record(
  Type.String({ pattern: '^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$' }),
  Type.String({ minLength: 1, maxLength: limits.cannedReplyCharsMax }),
  { minProperties: 1, maxProperties: limits.cannedLanguagesMax },
)
const path = '/api/v1/canned-replies'
const needs = 'citizens.purposes'

export function writeCannedReply({ canned, idempotency }: Deps): Route[] {
  return [
    citizenRoute({
      method: 'POST',
      path,
      operation: 'createCannedReply',
      needs,
      rate: 'settings',
      body: Type.Object({
        agency: DeskAgency,
        key: Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$' }),
        title,
        texts,
      }),
      answer: CannedReplyShape,
      handle(request) {
        const { body, caller } = request
        return canned.create(caller, body.agency, body, (work) => idempotency.once(request, 'createCannedReply', work))
      },
    }),
    citizenRoute({
      method: 'PUT',
      path: `${path}/:id`,
      operation: 'changeCannedReply',
      needs,
      rate: 'settings',
      params: ById,
      body: Type.Object({ title, texts }),
      answer: CannedReplyShape,
      handle: ({ params, body, caller }) => canned.change(caller, params.id, body),
    }),
    citizenRoute({
      method: 'DELETE',
      path: `${path}/:id`,
      operation: 'deleteCannedReply',
      needs,
      rate: 'settings',
      params: ById,
      answer: Type.Object({}),
      async handle({ params, caller }) {
        await canned.remove(caller, params.id)
        return {}
      },
    }),
  ]
}
