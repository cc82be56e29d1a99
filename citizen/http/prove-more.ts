/** GET and POST /c/:agency/prove: the word that was agreed at the counter opens private messages. */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { html } from '../pages/html.ts'
import { form, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, type PageAnswer, problem } from '../visits/page-route.ts'

export const showProve = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'prove', operation: 'showCitizenProve' }, (visit) => provePage(parts, visit))

export const proveMore = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'prove', operation: 'proveCitizenMore', rate: 'citizenCode' },
    async (visit) => {
      const { session, words, agency, form: given } = visit
      const reader = await readerOf(parts, session)
      const word = (given.get('word') ?? '').slice(0, 200)
      const isRight = reader?.person !== undefined && (await parts.codeWords.isRight(reader.person.id, word))
      if (!isRight) return provePage(parts, visit, words.prove.wrong)
      const to = given.get('for') === 'data' ? 'data' : 'messages'
      return { to: pathOf(agency, to), session: await parts.sessions.strengthen(session) }
    },
  )

async function provePage(parts: CitizenParts, visit: OpenVisit, wrong?: string): Promise<PageAnswer> {
  const { session, words, agency, query, form: given } = visit
  const reader = await readerOf(parts, session)
  if (reader === undefined) return problem(visit, words.problem.ended, 410)
  const { prove } = words
  const has = reader.person !== undefined && (await parts.codeWords.has(reader.person.id))
  const wish = query.get('for') ?? given.get('for') ?? ''
  const fields = html`<input type="hidden" name="for" value="${wish === 'data' ? 'data' : ''}">
<div class="field"><label for="word">${prove.word}
</label>${wrong !== undefined && html`<p class="wrong" id="wrong">${wrong}</p>`}
<input class="in2" id="word" name="word" type="password"
 autocomplete="off" required maxlength="200"${wrong !== undefined && html` aria-invalid="true" aria-describedby="wrong"`}>
</div>
<div class="save"><button class="go">${prove.enter}</button> <a href="${pathOf(agency, 'messages')}">${words.back}</a></div>`
  return {
    title: prove.title,
    ...(wrong !== undefined && { notice: html`${wrong}`, isProblem: true, status: 400 }),
    main: html`<h1>${prove.title}</h1><p class="lead">${prove.lead}</p>
${has ? form(visit, pathOf(agency, 'prove'), fields) : html`<p>${prove.none}</p>`}`,
  }
}
