/** POST /c/:agency/enter: the code proves the address, and opens what could have been sent there. */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { html } from '../pages/html.ts'
import { form, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { openPage, type Visit } from '../visits/page-route.ts'
import { knownLanguage } from '../words/words.ts'

export const enterCode = (parts: CitizenParts): Route =>
  openPage(
    parts,
    { method: 'POST', page: 'enter', twin: '', operation: 'enterCitizenCode', rate: 'citizenCode' },
    async (visit) => {
      const { agency, words, form: given } = visit
      const id = given.get('id') ?? ''
      const proven = await parts.codes.prove(id, (given.get('code') ?? '').slice(0, 40))
      if (proven === undefined || proven.agencyId !== agency.id)
        return codePage(visit, id.slice(0, 64), words.code.wrong)
      await parts.people.markGood(parts.db, [proven.addressId], parts.clock.nowMs())
      const language = visit.chosenLanguage ?? (await preferredLanguage(parts, proven)) ?? words.lang
      const session = await parts.sessions.begin({ ...proven, language })
      return { to: pathOf(agency, 'choices'), session }
    },
  )

/** What she told us to write in, where the pages speak it and she chose nothing else here. */
async function preferredLanguage(parts: CitizenParts, proven: { agencyId: number; addressId: number }) {
  const person = (await readerOf(parts, proven))?.person
  if (person === undefined) return undefined
  const { language, formats } = await parts.preferences.of(person.id)
  return knownLanguage(language ?? person.language, formats?.includes('easy-language') ?? false)
}

export function codePage(visit: Visit, id: string, problem?: string): PageParts {
  const { words, agency } = visit
  const { code } = words
  const wrong = problem !== undefined && html`<p class="wrong" id="code-wrong">${problem}</p>`
  return {
    title: code.title,
    ...(problem !== undefined && { wrong: [{ field: 'code', says: problem }] }),
    main: html`<h1>${code.title}</h1>
<p class="lead" id="lead">${code.lead}</p>
${form(
  visit,
  pathOf(agency, 'enter'),
  html`<input type="hidden" name="id" value="${id}">
<div class="field"><label for="code">${code.code}</label>${wrong}
<input class="in2 code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" dir="ltr" required maxlength="40"
 aria-describedby="${problem === undefined ? 'lead' : 'code-wrong'}"${problem !== undefined && html` aria-invalid="true"`}></div>
<div class="save"><button class="go">${code.enter}</button> <a href="${pathOf(agency)}">${code.again}</a></div>`,
)}`,
  }
}
