/**
 * GET /api/v1/accounts?search&from&limit
 *
 * - The accounts of this server in the order in which they were made; `search` finds parts of names and Matrix ids.
 * - `next`, when there is more, goes into `from`.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import type { People } from '../accounts/people.ts'

const limitDefault = 50
const limitMax = 200

export function listPeople({ people }: { people: Pick<People, 'page'> }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/accounts',
    operation: 'listPeople',
    needs: 'people.read',
    rate: 'read',
    query: Type.Object({
      search: Type.Optional(Type.String({ maxLength: 200 })),
      from: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    answer: Type.Object({
      people: Type.Array(
        Type.Object({
          user_id: Type.String(),
          display_name: Type.String(),
          admin: Type.Boolean(),
          deactivated: Type.Boolean(),
          created_ts: Type.Integer(),
          last_seen_ts: Type.Optional(Type.Integer()),
        }),
      ),
      next: Type.Optional(Type.String()),
    }),
    async handle({ query }) {
      const after = parseFrom(query.from)
      const limit = Math.min(query.limit ?? limitDefault, limitMax)
      const page = await people.page(query.search ?? '', after, limit)
      return {
        people: page.people.map((person) => ({
          user_id: person.matrixId,
          display_name: person.displayName,
          admin: person.isAdmin,
          deactivated: person.isDeactivated,
          created_ts: person.createdTs,
          ...(person.lastSeenTs !== undefined && { last_seen_ts: person.lastSeenTs }),
        })),
        ...(page.next !== undefined && { next: String(page.next) }),
      }
    },
  })
}

/** Internal ids are 32 bits wide; anything else was not given by this server. */
function parseFrom(from: string | undefined): number {
  if (from === undefined) return 0
  const after = Number(from)
  if (!/^\d{1,10}$/.test(from) || after > 2 ** 31 - 1) {
    throw refuse(
      'M_INVALID_PARAM',
      'The place to go on from is not one that this server gave. Load the first page again.',
    )
  }
  return after
}
