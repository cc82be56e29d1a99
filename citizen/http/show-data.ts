/** GET /c/:agency/data: where she gets a copy of everything about her. */
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { html } from '../pages/html.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'

export const showData = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'data', operation: 'showCitizenData' }, async (visit) => {
    const { session, words, agency } = visit
    const { data } = words
    const reader = await readerOf(parts, session)
    if (reader?.person === undefined) return problem(visit, words.choices.unknownAddress, 404)
    if (parts.rights === undefined) return problem(visit, words.problem.counter, 404)
    const way = session.isStrong
      ? html`<p class="save"><a class="go" href="${pathOf(agency, 'data/my-data.json')}" download>${data.take}</a></p>`
      : html`<p class="long">${data.more}</p>
<p class="save"><a class="go" href="${pathOf(agency, 'prove')}?for=data">${words.messages.prove}</a></p>`
    return {
      title: data.title,
      main: html`<h1>${data.title}</h1><p class="lead">${data.lead}</p>
<ul class="list">${data.holds.map((one) => html`<li>${one}</li>`)}</ul>${way}<p class="long">${data.erase}</p>`,
    }
  })
