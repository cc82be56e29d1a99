/** POST /c/:agency/choices: keeps what she said, with the wording that she was shown. */
import type { Route, Tx } from '#platform/api.ts'
import { type Change, changesOf, choicesOf, preferencesOf, wrongFieldsOf } from '../choices/choices.ts'
import { type Reader, readerOf } from '../choices/holder.ts'
import { proofOf, startOf } from '../choices/proof.ts'
import { html } from '../pages/html.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { dayOf } from '../words/moments.ts'
import { knownLanguage } from '../words/words.ts'
import { choicesPage } from './show-choices.ts'

export const saveChoices = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'POST', page: 'choices', operation: 'saveCitizenChoices' }, async (visit) => {
    const { session, agency, words, form } = visit
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const wrong = reader.person === undefined ? [] : wrongFieldsOf(form, dayOf(parts.clock.nowMs(), parts.timeZone))
    if (wrong.length > 0) return choicesPage(parts, visit, reader, { wrong, given: form })
    const changes = changesOf(await choicesOf(parts, agency, reader, words.lang), form)
    if (changes === undefined) return choicesPage(parts, visit, reader, { notice: html`${words.choices.reworded}` })
    const events = await parts.db.transaction(async (tx) => {
      const ids = await keepChanges(parts, tx, visit, reader, changes)
      await keepWishes(parts, tx, visit, reader)
      return ids
    })
    return { to: `${pathOf(agency, 'choices')}?saved=${events.join('.')}` }
  })

async function keepChanges(
  parts: CitizenParts,
  tx: Tx,
  visit: OpenVisit,
  { holder, address }: Reader,
  changes: readonly Change[],
): Promise<string[]> {
  const by = { source: 'page', actor: { kind: 'citizen' }, proof: proofOf(visit) } as const
  const ids: string[] = []
  for (const { choice, to } of changes) {
    const { purpose, wording } = choice
    const shown = { language: wording.language, wordingVersion: purpose.wordingVersion }
    const wish = { agencyId: visit.agency.id, holder, purposeId: purpose.id, act: to, ...shown, ...by }
    ids.push((await parts.consent.record(tx, wish)).publicId)
    // A STOP to this programme from the address that she proved would stand in the way of her Yes.
    const scope = { purposeId: purpose.id }
    if (to === 'grant') await parts.consent.start(tx, { ...startOf(parts, visit, address.id), scope })
  }
  return ids
}

/** What she reads from us is what she reads here, where the pages speak it. */
async function keepWishes(parts: CitizenParts, tx: Tx, visit: OpenVisit, { person }: Reader): Promise<void> {
  if (person === undefined) return
  const before = await parts.preferences.of(person.id, tx)
  const wishes = preferencesOf(visit.form, before, parts.timeZone)
  await parts.preferences.set(tx, person.id, wishes)
  const isEasy = wishes.formats?.includes('easy-language') ?? false
  const wasEasy = before.formats?.includes('easy-language') ?? false
  if (wishes.language === before.language && isEasy === wasEasy) return
  const spoken = knownLanguage(wishes.language, isEasy)
  if (spoken !== undefined) await parts.sessions.speak(visit.session, spoken, tx)
}
