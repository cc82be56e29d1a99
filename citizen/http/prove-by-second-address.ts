/** POST /c/:agency/prove/second: the code to another address and the word that she chose open what is private. */
import type { Route } from '#platform/api.ts'
import { secondAddresses } from '../choices/addresses.ts'
import { readerOf } from '../choices/holder.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage } from '../visits/page-route.ts'
import { secondCodePage } from './send-second-code.ts'
import { wishOf } from './show-prove.ts'

export const proveBySecondAddress = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    {
      method: 'POST',
      page: 'prove/second',
      twin: 'prove',
      operation: 'proveCitizenBySecondAddress',
      rate: 'citizenCode',
    },
    async (visit) => {
      const { session, words, agency, form } = visit
      const personId = await provenPerson(parts, visit)
      if (personId === undefined) {
        return secondCodePage(visit, (form.get('id') ?? '').slice(0, 64), words.prove.wrongSecond)
      }
      return { to: pathOf(agency, wishOf(visit)), session: await parts.sessions.strengthen(session, personId) }
    },
  )

/** The code first: who cannot read there gets no try at the word, and is not told which of the two was wrong. */
async function provenPerson(parts: CitizenParts, { session, form }: OpenVisit): Promise<number | undefined> {
  const reader = await readerOf(parts, session)
  if (reader?.person === undefined) return undefined
  const proven = await parts.codes.prove(form.get('id') ?? '', (form.get('code') ?? '').slice(0, 40))
  const isHers = (await secondAddresses(parts, reader)).some(({ id }) => id === proven?.addressId)
  const word = (form.get('word') ?? '').slice(0, 200)
  return isHers && (await parts.codeWords.isRight(reader.person.id, 'own', word)) ? reader.person.id : undefined
}
