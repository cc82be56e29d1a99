/**
 * PUT /api/v1/people/{id}/code-word
 *
 * - The word that a clerk and a citizen agreed at the counter, once the clerk has seen who she is. With a code to one of her
 *   addresses it opens private messages on the citizens' pages. Five wrong ones end it; another one takes its place. Nobody
 *   can read it again. She sees on her pages that it was set.
 */
import Type from 'typebox'
import { type AgencyDoors, citizenRoute, type RecordOpenings } from '#engagement/api.ts'
import { limits, type Postgres, type Route, refuse } from '#platform/api.ts'
import type { CodeWords } from '../sessions/code-words.ts'

type Deps = {
  readonly db: Postgres
  readonly agencyDoors: Pick<AgencyDoors, 'person'>
  readonly openings: Pick<RecordOpenings, 'record'>
  readonly codeWords: Pick<CodeWords, 'set'>
}

export const setCodeWord = ({ db, agencyDoors, openings, codeWords }: Deps): Route =>
  citizenRoute({
    method: 'PUT',
    path: '/api/v1/people/:id/code-word',
    operation: 'setCodeWord',
    needs: 'citizens.people',
    rate: 'settings',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) }),
    body: Type.Object({
      word: Type.String({ minLength: limits.citizenWordLengthMin, maxLength: limits.citizenWordLengthMax }),
    }),
    answer: Type.Object({}),
    async handle({ caller, params, body }) {
      const { person } = await agencyDoors.person(caller, 'citizens.people', params.id)
      if (person.state === 'erased') throw refuse('M_NOT_FOUND', 'This record has been erased. Load it again.')
      await db.transaction(async (tx) => {
        await codeWords.set(tx, { personId: person.id, kind: 'counter', word: body.word })
        await openings.record(caller, person.id, 'A code word was agreed at the counter.', tx)
      })
      return {}
    },
  })
