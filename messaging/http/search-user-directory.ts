/**
 * POST /_matrix/client/v3/user_directory/search
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3user_directorysearch
 *
 * - People of this server whose name or id holds every word, without regard to case and accents; the closest first.
 * - An empty term finds everybody, so that a client can offer a list before anything is typed.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PeopleSearch } from '../directory/people-search.ts'
import type { Caller } from './acts.ts'

const limitDefault = 10
const limitMax = 50

export function searchUserDirectory({ peopleSearch }: { peopleSearch: Pick<PeopleSearch, 'search'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/user_directory/search'),
    operation: 'searchUserDirectory',
    needs: 'people.directory',
    rate: 'read',
    body: Type.Object({
      search_term: Type.String({ maxLength: 1_000 }),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    async handle({ body, caller }) {
      const limit = Math.min(body.limit ?? limitDefault, limitMax)
      const { people, limited } = await peopleSearch.search((caller as Caller).userId, body.search_term, limit)
      return {
        results: people.map((person) => ({
          user_id: person.matrixId,
          ...(person.displayName !== undefined && { display_name: person.displayName }),
          ...(person.avatarUrl !== undefined && { avatar_url: person.avatarUrl }),
        })),
        limited,
      }
    },
  })
}
