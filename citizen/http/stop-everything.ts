/** POST /c/:agency/stop: ends everything that rests on her consent. */
import type { Route } from '#platform/api.ts'
import { choicesOf } from '../choices/choices.ts'
import { readerOf } from '../choices/holder.ts'
import { proofOf } from '../choices/proof.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'

export const stopEverything = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'stop', twin: 'choices', operation: 'stopCitizenEverything' },
    async (visit) => {
      const { session, agency, words } = visit
      const reader = await readerOf(parts, session)
      if (reader === undefined) return problem(visit, words.problem.ended, 410)
      const choices = await choicesOf(parts, agency, reader, words.lang)
      const ended = choices.filter(({ purpose, standing }) => {
        return purpose.basis === 'consent' && standing?.state !== 'withdrawn'
      })
      const by = { act: 'withdraw', source: 'page', actor: { kind: 'citizen' }, proof: proofOf(visit) } as const
      const events = await parts.db.transaction(async (tx) => {
        const ids: string[] = []
        for (const { purpose } of ended) {
          const wish = {
            agencyId: agency.id,
            holder: reader.holder,
            purposeId: purpose.id,
            language: words.lang,
            ...by,
          }
          ids.push((await parts.consent.record(tx, wish)).publicId)
        }
        return ids
      })
      return { to: `${pathOf(agency, 'choices')}?stopped=1&saved=${events.join('.')}` }
    },
  )
