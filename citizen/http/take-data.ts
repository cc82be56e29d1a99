/** GET /c/:agency/data: a copy of everything about her (GDPR Art. 15 and 20), for who has proven more than one address. */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'
import { download } from './show-receipt.ts'

export const takeData = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'data', operation: 'takeCitizenData' }, async (visit) => {
    const { session, words, agency } = visit
    const { rights } = parts
    const reader = await readerOf(parts, session)
    if (reader?.person === undefined) return problem(visit, words.choices.unknownAddress, 404)
    if (rights === undefined) return problem(visit, words.problem.counter, 404)
    // Among it are words that were too private for the address that she proved.
    if (!session.isStrong) return { to: `${pathOf(agency, 'prove')}?for=data` }
    return download(JSON.stringify(await rights.export(reader.person.id), undefined, 2), 'my-data.json')
  })
