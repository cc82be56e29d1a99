/**
 * GET /api/v1/people/{id}/openings?limit&cursor
 *
 * - Who opened the record, when and why; the newest first. The citizen sees the same without the names of the staff.
 */
import Type from 'typebox'
import type { Users } from '#identity/api.ts'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute, readCursor } from '../citizen-route.ts'
import type { RecordOpenings } from '../people/types.ts'
import { Cursor, Limit, NextCursor, PublicId } from './shapes.ts'

const limitDefault = 50

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  openings: Pick<RecordOpenings, 'require' | 'of'>
  users: Pick<Users, 'byIds'>
}

const Opening = Type.Object({
  userId: Type.Optional(Type.String()),
  program: Type.Optional(Type.String()),
  reason: Type.String(),
  atMs: Type.Integer(),
})

export function listOpenings({ agencyDoors, openings, users }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id/openings',
    operation: 'listOpenings',
    needs: 'citizens.people',
    rate: 'read',
    params: Type.Object({ id: PublicId }),
    query: Type.Object({ limit: Limit, cursor: Cursor }),
    answer: Type.Object({ openings: Type.Array(Opening), next_cursor: NextCursor }),
    async handle({ caller, params, query }) {
      const { person } = await agencyDoors.person(caller, 'citizens.people', params.id)
      await openings.require(caller, person.id)
      const before = readCursor(query.cursor)
      const limit = query.limit ?? limitDefault
      const page = await openings.of(person.id, { limit, ...(before !== undefined && { before }) })
      const known = await users.byIds(page.flatMap(({ userId }) => userId ?? []))
      const last = page.length < limit ? undefined : page.at(-1)
      return {
        openings: page.map(({ userId, program, reason, atMs }) => ({
          ...(userId !== undefined && { userId: known.get(userId)?.matrixId ?? '' }),
          ...(program !== undefined && { program }),
          reason,
          atMs,
        })),
        ...(last !== undefined && { next_cursor: String(last.id) }),
      }
    },
  })
}
