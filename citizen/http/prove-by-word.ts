/** POST /c/:agency/prove: the word that was agreed at the counter opens what is private. */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage } from '../visits/page-route.ts'
import { provePage, wishOf } from './show-prove.ts'

export const proveByWord = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'prove', operation: 'proveCitizenByWord', rate: 'citizenCode' },
    async (visit) => {
      const { session, words, agency, form } = visit
      const reader = await readerOf(parts, session)
      const word = (form.get('word') ?? '').slice(0, 200)
      const person = reader?.person
      if (person === undefined || !(await parts.codeWords.isRight(person.id, 'counter', word)))
        return provePage(parts, visit, words.prove.wrong)
      return { to: pathOf(agency, wishOf(visit)), session: await parts.sessions.strengthen(session, person.id) }
    },
  )
