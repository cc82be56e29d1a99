/** GET /c/:agency/history: every yes and no, with what was shown, and who opened the record. */
import type { ConsentEvent, ConsentStanding, RecordOpening } from '#engagement/api.ts'
import { limits, type Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { type Html, html, theirWords } from '../pages/html.ts'
import { form, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'

const pageSize = 30
/** What she may take back by itself; a STOP is answered on her choices. */
const undoable: ReadonlySet<ConsentEvent['act']> = new Set(['grant', 'withdraw', 'request', 'confirm'])

export const showHistory = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'history', operation: 'showCitizenHistory' }, async (visit) => {
    const { session, words, agency, query } = visit
    const { history } = words
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const before = pageFrom(query.get('before'))
    const page = { limit: pageSize, ...(before !== undefined && { beforeSeq: before }) }
    const [events, standing] = await Promise.all([
      parts.consent.history(reader.holder, page),
      parts.consent.standing(reader.holder),
    ])
    const items = await Promise.all(
      events.map(async (event) => {
        const undo = isUndoable(parts, event, standing) && undoOf(visit, event)
        return html`<li>${await eventItem(parts, visit, event)}${undo}</li>`
      }),
    )
    const last = events.length === pageSize ? events.at(-1) : undefined
    const older = last && html`<p><a href="${pathOf(agency, 'history')}?before=${last.seq}">${history.older}</a></p>`
    return {
      title: history.title,
      main: html`<h1>${history.title}</h1><p class="lead">${history.lead}</p>
${events.length === 0 ? html`<p class="long">${history.none}</p>` : html`<ol class="log">${items}</ol>`}${older}
${reader.person !== undefined && (await openingsPart(parts, visit, reader.person.id))}
<p class="long"><a href="${pathOf(agency, 'data')}">${words.toData}</a></p>`,
    }
  })

function pageFrom(before: string | null): number | undefined {
  const at = Number(before ?? Number.NaN)
  return Number.isSafeInteger(at) ? at : undefined
}

function isUndoable({ clock }: CitizenParts, event: ConsentEvent, standing: readonly ConsentStanding[]): boolean {
  const isNewest = standing.some(({ purposeId, seq }) => purposeId === event.purposeId && seq === event.seq)
  return isNewest && undoable.has(event.act) && clock.nowMs() - event.atMs < limits.consentUndoMs
}

function undoOf(visit: OpenVisit, { publicId, atMs }: ConsentEvent): Html {
  const { undoThis } = visit.words.history
  const fields = html`<input type="hidden" name="events" value="${publicId}">
<button class="link" aria-describedby="e-${atMs}-${publicId}">${undoThis}</button>`
  return form(visit, pathOf(visit.agency, 'undo'), fields)
}

export async function eventItem(parts: CitizenParts, { words, agency }: OpenVisit, event: ConsentEvent): Promise<Html> {
  const { history } = words
  const { purposeId, details, atMs, act, source, publicId } = event
  const purpose = purposeId === undefined ? undefined : await parts.purposes.byId(purposeId)
  const title = purpose && html`<bdi lang="${agency.language}">${purpose.title}</bdi>`
  const about = act !== 'erase' && html`<b>${title ?? history.everything}</b>.`
  const shown = await wordingOf(parts, event)
  const wording = shown && html`${history.shown} <q lang="${details?.language}">${theirWords(shown)}</q>`
  const receipt = details && html` <a href="${pathOf(agency, `receipts/${publicId}`)}" download>${history.receipt}</a>`
  const when = `${moment(atMs, words.lang, parts.timeZone)}, ${history.sources[source]}`
  return html`<time datetime="${new Date(atMs).toISOString()}">${when}</time>
<span id="e-${atMs}-${publicId}">${history.acts[act]} ${about}</span> ${wording}${receipt}`
}

async function wordingOf(parts: CitizenParts, { purposeId, details, act }: ConsentEvent): Promise<string | undefined> {
  if (purposeId === undefined || details?.wording === undefined || act === 'withdraw') return undefined
  const wordings = await parts.purposes.wordings(purposeId, details.wording.version)
  return wordings[details.language ?? '']
}

/** Who looked at her record outside of her conversations, when and why. Which of the staff it was is the agency's to say. */
async function openingsPart(parts: CitizenParts, visit: OpenVisit, personId: number): Promise<Html> {
  const { words, agency, query } = visit
  const { history } = words
  const before = pageFrom(query.get('openings'))
  const page = { limit: pageSize, ...(before !== undefined && { before }) }
  const openings = await parts.openings.of(personId, page)
  const last = openings.length === pageSize ? openings.at(-1) : undefined
  const older =
    last && html`<p><a href="${pathOf(agency, 'history')}?openings=${last.id}#opened">${history.older}</a></p>`
  const list =
    openings.length === 0
      ? html`<p class="long">${history.openedNone}</p>`
      : html`<ol class="log">${openings.map((one) => openingItem(parts, visit, one))}</ol>`
  return html`<section class="part" id="opened" aria-labelledby="h-opened"><h2 id="h-opened">${history.opened}</h2>
<p class="hint">${history.openedLead}</p>${list}${older}</section>`
}

function openingItem(parts: CitizenParts, { words, agency }: OpenVisit, opening: RecordOpening): Html {
  const { history } = words
  const when = moment(opening.atMs, words.lang, parts.timeZone)
  const time = html`<time datetime="${new Date(opening.atMs).toISOString()}">${when}</time>`
  if (opening.program !== undefined) return html`<li>${time}${history.openedByProgram(agency.name)}</li>`
  const reason = html`<q lang="${agency.language}">${theirWords(opening.reason)}</q>`
  return html`<li>${time}${history.openedByStaff(agency.name)} ${history.because} ${reason}</li>`
}
