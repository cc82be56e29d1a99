/** GET /c/:agency/word: where she chooses a word of her own. */
import { limits, type Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { type Html, html } from '../pages/html.ts'
import { form, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, type PageAnswer, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'

export const showOwnWord = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'word', operation: 'showCitizenOwnWord' }, (visit) => ownWordPage(parts, visit))

export async function ownWordPage(
  parts: CitizenParts,
  visit: OpenVisit,
  said: { notice?: Html; wrong?: string } = {},
): Promise<PageAnswer> {
  const { session, words, agency } = visit
  const { ownWord } = words
  const reader = await readerOf(parts, session)
  if (reader?.person === undefined) return problem(visit, words.choices.unknownAddress, 404)
  const own = (await parts.codeWords.of(reader.person.id)).find(({ kind }) => kind === 'own')
  const has = own && html`<p class="long">${ownWord.has(moment(own.setMs, words.lang, parts.timeZone))}</p>`
  const { notice, wrong } = said
  const isWrong = wrong !== undefined
  return {
    title: ownWord.title,
    notice,
    ...(isWrong && { wrong: [{ field: 'word', says: wrong }] }),
    main: html`<h1>${ownWord.title}</h1><p class="lead">${ownWord.lead}</p>${notice === undefined && has}
${form(
  visit,
  pathOf(agency, 'word'),
  html`<div class="field"><label for="word">${ownWord.word}</label>
<p class="hint" id="word-hint">${ownWord.hint(limits.citizenWordLengthMin)}</p>
${isWrong && html`<p class="wrong" id="word-wrong">${wrong}</p>`}
<input class="in2" id="word" name="word" autocomplete="off" spellcheck="false" required
 minlength="${limits.citizenWordLengthMin}" maxlength="${limits.citizenWordLengthMax}"
 aria-describedby="${isWrong && 'word-wrong '}word-hint"${isWrong && html` aria-invalid="true"`}></div>
<div class="save"><button class="go">${ownWord.save}</button> <a href="${pathOf(agency, 'prove')}">${words.back}</a></div>`,
)}`,
  }
}
