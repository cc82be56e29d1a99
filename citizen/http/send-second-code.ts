/** POST /c/:agency/prove/code: a code to another address of hers; then it is asked for, with the word that she chose. */
import type { Route } from '#platform/api.ts'
import { secondAddresses } from '../choices/addresses.ts'
import { readerOf } from '../choices/holder.ts'
import { html } from '../pages/html.ts'
import { form, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { wishOf } from './show-prove.ts'

export const sendSecondCode = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'prove/code', twin: 'prove', operation: 'sendCitizenSecondCode', rate: 'citizenCode' },
    async (visit) => {
      const { session, words, agency, form: given } = visit
      const reader = await readerOf(parts, session)
      if (reader === undefined) return problem(visit, words.problem.ended, 410)
      const asked = given.get('address')
      const address = (await secondAddresses(parts, reader)).find(({ publicId }) => publicId === asked)
      const id = await parts.codes.send(agency.id, address, {
        subject: words.code.subject,
        text: (code) => words.code.message(code, agency.name),
      })
      return secondCodePage(visit, id)
    },
  )

export function secondCodePage(visit: OpenVisit, id: string, wrong?: string): PageParts {
  const { words, agency } = visit
  const { prove, code } = words
  const isWrong = wrong !== undefined
  const invalid = isWrong && html` aria-invalid="true" aria-describedby="code-wrong"`
  return {
    title: prove.bySecond,
    ...(isWrong && { wrong: [{ field: 'code', says: wrong }] }),
    main: html`<h1>${prove.bySecond}</h1><p class="lead">${prove.sent}</p>
${form(
  visit,
  pathOf(agency, 'prove/second'),
  html`<input type="hidden" name="id" value="${id}"><input type="hidden" name="for" value="${wishOf(visit)}">
<div class="field"><label for="code">${code.code}</label>${isWrong && html`<p class="wrong" id="code-wrong">${wrong}</p>`}
<input class="in2 code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" dir="ltr" required
 maxlength="40"${invalid}></div>
<div class="field"><label for="word">${prove.own}</label>
<input class="in2" id="word" name="word" type="password" autocomplete="off" required maxlength="200"${invalid}></div>
<div class="save"><button class="go">${prove.enter}</button> <a href="${pathOf(agency, 'prove')}">${words.back}</a></div>`,
)}`,
  }
}
