/** POST /c/:agency/enter: the code proves the address, and opens what could have been sent there. */
import type { Route } from '#platform/api.ts'
import { html } from '../pages/html.ts'
import { form, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { openPage, type Visit } from '../visits/page-route.ts'

export const enterCode = (parts: CitizenParts): Route =>
  openPage(
    parts,
    { method: 'POST', page: 'enter', operation: 'enterCitizenCode', rate: 'citizenCode' },
    async (visit) => {
      const { agency, words, form: given } = visit
      const id = given.get('id') ?? ''
      const proven = await parts.codes.prove(id, (given.get('code') ?? '').slice(0, 40))
      if (proven === undefined || proven.agencyId !== agency.id)
        return codePage(visit, id.slice(0, 64), words.code.wrong)
      await parts.people.markGood(parts.db, [proven.addressId], parts.clock.nowMs())
      const session = await parts.sessions.begin({ ...proven, language: words.lang })
      return { to: pathOf(agency, 'choices'), session }
    },
  )

export function codePage(visit: Visit, id: string, problem?: string): PageParts & { status?: number } {
  const { words, agency } = visit
  const { code } = words
  const wrong = problem !== undefined && html`<p class="wrong" id="wrong">${problem}</p>`
  return {
    title: code.title,
    ...(problem !== undefined && { notice: html`${problem}`, isProblem: true, status: 400 }),
    main: html`<h1>${code.title}</h1>
<p class="lead" id="lead">${code.lead}</p>
${form(
  visit,
  pathOf(agency, 'enter'),
  html`<input type="hidden" name="id" value="${id}">
<div class="field"><label for="code">${code.code}</label>${wrong}
<input class="in2 code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" dir="ltr" required maxlength="40"
 aria-describedby="${problem === undefined ? 'lead' : 'wrong'}"${problem !== undefined && html` aria-invalid="true"`}></div>
<div class="save"><button class="go">${code.enter}</button> <a href="${pathOf(agency)}">${code.again}</a></div>`,
)}`,
  }
}
