/**
 * GET /c/:agency/data/my-data.json: a copy of everything about her (GDPR Art. 15 and 20), for who has proven more than one
 * address: among it are words that were too private for that address.
 */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage } from '../visits/page-route.ts'
import { download } from './show-receipt.ts'

export const takeData = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'data/my-data.json', operation: 'takeCitizenData' }, async (visit) => {
    const { session, agency } = visit
    const reader = await readerOf(parts, session)
    if (!session.isStrong || reader?.person === undefined || parts.rights === undefined) {
      return { to: pathOf(agency, 'data') }
    }
    return download(JSON.stringify(await parts.rights.export(reader.person.id), undefined, 2), 'my-data.json')
  })
