/** POST /c/:agency/start: ends a STOP of everything that was said from the address that she proved. */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { startOf } from '../choices/proof.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'

export const startAgain = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'POST', page: 'start', operation: 'startCitizenAgain', twin: 'choices' }, async (visit) => {
    const { session, agency, words, form } = visit
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const scope = form.get('scope') === 'government' ? 'government' : 'agency'
    await parts.db.transaction((tx) => parts.consent.start(tx, { ...startOf(parts, visit, reader.address.id), scope }))
    return { to: `${pathOf(agency, 'choices')}?started=1` }
  })
