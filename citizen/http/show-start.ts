/** GET /c/:agency: who wants to see her pages says where a code can reach her. */
import type { Route } from '#platform/api.ts'
import { html } from '../pages/html.ts'
import { form, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { openPage, type Visit } from '../visits/page-route.ts'

export const showStart = (parts: CitizenParts): Route =>
  openPage(parts, { method: 'GET', page: '', operation: 'showCitizenStart' }, async (visit) => {
    const { session, agency, query, words } = visit
    if (session !== undefined) return { to: pathOf(agency, 'choices') }
    return startPage(visit, query.has('ended') ? words.problem.ended : undefined)
  })

/** `problem` says what to correct, beside the field and first on the page. */
export function startPage(visit: Visit, said?: string, problem?: string, given = ''): PageParts {
  const { words, agency } = visit
  const { start } = words
  const wrong = problem !== undefined && html`<p class="wrong" id="address-wrong">${problem}</p>`
  const described = problem === undefined ? 'hint' : 'address-wrong hint'
  return {
    title: start.title(agency.name),
    ...(said !== undefined && { notice: html`${said}` }),
    ...(problem !== undefined && { wrong: [{ field: 'address', says: problem }] }),
    main: html`<h1>${start.title(agency.name)}</h1>
<p class="lead">${start.lead}</p>
${form(
  visit,
  pathOf(agency, 'code'),
  html`<div class="field"><label for="address">${start.address}</label>
<p class="hint" id="hint">${start.addressHint}</p>${wrong}
<input class="in2" id="address" name="address" autocomplete="username" value="${given}" dir="ltr"
 aria-describedby="${described}"${problem !== undefined && html` aria-invalid="true"`} required maxlength="320"></div>
<div class="save"><button class="go">${start.send}</button></div>`,
)}`,
  }
}
