/** POST /c/:agency/choices: keeps what she said, with the wording that she was shown. */
import type { Route } from '#platform/api.ts'
import { changesOf, choicesOf, preferencesOf } from '../choices/choices.ts'
import { readerOf } from '../choices/holder.ts'
import { html } from '../pages/html.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { choicesPage } from './show-choices.ts'

export const saveChoices = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'POST', page: 'choices', operation: 'saveCitizenChoices' }, async (visit) => {
    const { session, agency, words, form } = visit
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const { holder, person } = reader
    const changes = changesOf(await choicesOf(parts, agency, reader, words.lang), form)
    if (changes === undefined) return choicesPage(parts, visit, reader, html`${words.choices.reworded}`)
    const events = await parts.db.transaction(async (tx) => {
      const ids: string[] = []
      for (const { choice, to } of changes) {
        const { purpose, wording } = choice
        const shown = { language: wording.language, wordingVersion: purpose.wordingVersion }
        const by = { source: 'page', actor: { kind: 'citizen' }, proof: proofOf(visit) } as const
        const wish = { agencyId: agency.id, holder, purposeId: purpose.id, act: to, ...shown, ...by }
        ids.push((await parts.consent.record(tx, wish)).publicId)
      }
      if (person !== undefined) {
        const before = await parts.preferences.of(person.id, tx)
        await parts.preferences.set(tx, person.id, preferencesOf(form, before, parts.timeZone))
      }
      return ids
    })
    return { to: `${pathOf(agency, 'choices')}?saved=${events.join('.')}` }
  })

/** That it was she: the address that she proved, and from where. Kept sealed. */
export const proofOf = ({ session, ip }: OpenVisit) => ({
  address_id: session.addressId,
  proven: session.isStrong ? 'code and word' : 'code',
  ip,
})
