/** GET /c/:agency/prove: how she shows more of who she is than one code does. */
import type { Route } from '#platform/api.ts'
import { addressInWords, secondAddresses } from '../choices/addresses.ts'
import { type Reader, readerOf } from '../choices/holder.ts'
import { type Html, html } from '../pages/html.ts'
import { form, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import type { KnownWord } from '../sessions/code-words.ts'
import { type OpenVisit, ownPage, type PageAnswer, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'

export const showProve = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'prove', operation: 'showCitizenProve' }, (visit) => provePage(parts, visit))

/** `wrong` says what to correct of the word from the counter. */
export async function provePage(parts: CitizenParts, visit: OpenVisit, wrong?: string): Promise<PageAnswer> {
  const { session, words } = visit
  const { prove } = words
  const reader = await readerOf(parts, session)
  if (reader === undefined) return problem(visit, words.problem.ended, 410)
  const known = reader.person === undefined ? [] : await parts.codeWords.of(reader.person.id)
  return {
    title: prove.title,
    ...(wrong !== undefined && { wrong: [{ field: 'word', says: wrong }] }),
    main: html`<h1>${prove.title}</h1><p class="lead">${prove.lead}</p>
<section class="part" aria-labelledby="h-word"><h2 id="h-word">${prove.byWord}</h2>${byWord(visit, known, wrong)}</section>
<section class="part" aria-labelledby="h-second"><h2 id="h-second">${prove.bySecond}</h2>
${await bySecond(parts, visit, reader, known)}</section>`,
  }
}

/** What she came for, so that she gets there. */
export const wishOf = ({ query, form: given }: OpenVisit) =>
  (query.get('for') ?? given.get('for')) === 'data' ? 'data' : 'messages'

function byWord(visit: OpenVisit, known: readonly KnownWord[], wrong: string | undefined): Html {
  const { words, agency } = visit
  const { prove } = words
  const word = known.find(({ kind }) => kind === 'counter')
  if (word?.canBeTried !== true) return html`<p class="long">${word === undefined ? prove.none : prove.spent}</p>`
  const isWrong = wrong !== undefined
  return form(
    visit,
    pathOf(agency, 'prove'),
    html`<input type="hidden" name="for" value="${wishOf(visit)}">
<div class="field"><label for="word">${prove.word}
</label>${isWrong && html`<p class="wrong" id="word-wrong">${wrong}</p>`}
<input class="in2" id="word" name="word" type="password"
 autocomplete="off" required maxlength="200"${isWrong && html` aria-invalid="true" aria-describedby="word-wrong"`}>
</div>
<div class="save"><button class="go">${prove.enter}</button></div>`,
  )
}

async function bySecond(
  parts: CitizenParts,
  visit: OpenVisit,
  reader: Reader,
  known: readonly KnownWord[],
): Promise<Html> {
  const { words, agency, session } = visit
  const { prove } = words
  const addresses = await secondAddresses(parts, reader)
  if (addresses.length === 0) return html`<p class="long">${prove.noSecond}</p>`
  const own = known.find(({ kind }) => kind === 'own')
  const toOwn = html`<p><a href="${pathOf(agency, 'word')}">${prove.toOwn}</a></p>`
  if (own === undefined) return html`<p class="long">${prove.noOwn}</p>${toOwn}`
  if (!own.canBeTried) return html`<p class="long">${prove.ownSpent}</p>${toOwn}`
  if (own.countsFromMs > parts.clock.nowMs()) {
    return html`<p class="long">${prove.ownWaits(moment(own.countsFromMs, words.lang, parts.timeZone))}</p>`
  }
  const choices = addresses.map(
    (address, at) => html`<label class="box"><input type="radio" name="address" value="${address.publicId}"
${at === 0 && html` checked`} required><span>${addressInWords(words, session, address)}</span></label>`,
  )
  const fields = html`<input type="hidden" name="for" value="${wishOf(visit)}">
<fieldset class="field"><legend class="asks">${prove.where}</legend>${choices}</fieldset>
<div class="save"><button class="go">${prove.send}</button></div>`
  return html`<p class="long">${prove.secondLead}</p>${form(visit, pathOf(agency, 'prove/code'), fields)}${toOwn}`
}
