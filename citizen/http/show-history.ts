/** GET /c/:agency/history: every yes and no, with what was shown, and who opened the record. */
import type { ConsentEvent } from '#engagement/api.ts'
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { type Html, html, theirWords } from '../pages/html.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'

const pageSize = 30

export const showHistory = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'history', operation: 'showCitizenHistory' }, async (visit) => {
    const { session, words, agency, query } = visit
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const before = Number(query.get('before') ?? Number.NaN)
    const page = { limit: pageSize, ...(Number.isSafeInteger(before) && { beforeSeq: before }) }
    const events = await parts.consent.history(reader.holder, page)
    const items = await Promise.all(events.map(async (event) => html`<li>${await eventItem(parts, visit, event)}</li>`))
    const last = events.length === pageSize ? events.at(-1) : undefined
    const older =
      last && html`<p><a href="${pathOf(agency, 'history')}?before=${last.seq}">${words.history.older}</a></p>`
    return {
      title: words.history.title,
      main: html`<h1>${words.history.title}</h1><p class="lead">${words.history.lead}</p>
${events.length === 0 ? html`<p>${words.history.none}</p>` : html`<ol class="log">${items}</ol>`}${older}
<p><a href="${pathOf(agency, 'data')}">${words.toData}</a></p>`,
    }
  })

async function eventItem(parts: CitizenParts, { words, agency }: OpenVisit, event: ConsentEvent): Promise<Html> {
  const { purposeId, details, atMs, act, source } = event
  const purpose = purposeId === undefined ? undefined : await parts.purposes.byId(purposeId)
  const about = purpose?.title ?? words.history.everything
  const shown = await wordingOf(parts, event)
  const receipt =
    details && html` <a href="${pathOf(agency, `receipts/${event.publicId}`)}">${words.history.receipt}</a>`
  const when = moment(atMs, words.lang, parts.timeZone)
  return html`<time datetime="${new Date(atMs).toISOString()}">${when}, ${words.history.sources[source]}</time>
${words.history.acts[act]} ${
    act !== 'erase' &&
    html`<b>${about}
</b>.`
  } ${shown && html`${words.history.shown} <q lang="${details?.language}">${theirWords(shown)}</q>`}${receipt}`
}

async function wordingOf(parts: CitizenParts, { purposeId, details, act }: ConsentEvent): Promise<string | undefined> {
  if (purposeId === undefined || details?.wording === undefined || act === 'withdraw') return undefined
  const wordings = await parts.purposes.wordings(purposeId, details.wording.version)
  return wordings[details.language ?? '']
}
