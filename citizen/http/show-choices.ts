/** GET /c/:agency/choices: what we may write about, by which ways, when, and in which form. */
import type { Route } from '#platform/api.ts'
import { type Choice, choicesOf, type WrongField } from '../choices/choices.ts'
import { type Reader, readerOf } from '../choices/holder.ts'
import { around, type Html, html } from '../pages/html.ts'
import { form, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'
import type { Words } from '../words/words.ts'
import { choicesAside } from './choices-aside.ts'
import { type Given, wishesPart } from './choices-wishes.ts'

export const showChoices = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'choices', operation: 'showCitizenChoices' }, async (visit) => {
    const reader = await readerOf(parts, visit.session)
    if (reader === undefined) return problem(visit, visit.words.problem.ended, 410)
    return choicesPage(parts, visit, reader, { notice: await noticeOf(parts, visit, reader) })
  })

/** `given`: what she had filled in, where something of it is to be corrected. */
type Said = { readonly notice?: Html | undefined; readonly wrong?: readonly WrongField[]; readonly given?: Given }

export async function choicesPage(
  parts: CitizenParts,
  visit: OpenVisit,
  reader: Reader,
  { notice, wrong = [], given }: Said = {},
): Promise<PageParts> {
  const { words, agency } = visit
  const { choices } = words
  const { person } = reader
  const offered = await choicesOf(parts, agency, reader, words.lang)
  const wrongs = wrong.map(({ field, is }) => ({ field, says: choices.wrong[is] ?? '' }))
  const fields = html`${purposesPart(parts, visit, offered, given)}
${person !== undefined && (await wishesPart(parts, visit, person.id, { given, wrongs }))}
<div class="save"><button class="go">${choices.save}</button> <span class="hint">${choices.copy}</span></div>`
  const name = person?.name ?? ''
  return {
    title: choices.title,
    notice,
    wrong: wrongs,
    main: html`<div class="two"><div>
<h1>${name === '' ? choices.title : around(choices.titleFor, name)}</h1>
<p class="lead">${person === undefined ? choices.unknownAddress : choices.lead}</p>
${form(visit, pathOf(agency, 'choices'), fields)}
</div><div>${await choicesAside(parts, visit, reader)}</div></div>`,
  }
}

/** What was just saved, as it stands in her history, with the way back. */
async function noticeOf(parts: CitizenParts, visit: OpenVisit, reader: Reader): Promise<Html | undefined> {
  const { words, agency, query } = visit
  const { choices, stop } = words
  if (query.has('undone')) return html`${choices.undone}`
  if (query.has('started')) return html`${choices.started}`
  const saved = query.get('saved')
  if (saved === '') return html`<b>${query.has('stopped') ? stop.nothing : choices.savedOnly}</b>`
  const asked = new Set(saved?.split('.', undoneAtOnceMax))
  const events = (await parts.consent.history(reader.holder, { limit: undoneAtOnceMax })).filter(({ publicId }) =>
    asked.has(publicId),
  )
  const [newest] = events
  if (newest === undefined) return undefined
  const told: string[] = []
  for (const { purposeId, act } of events.toReversed()) {
    const title = purposeId === undefined ? '' : ((await parts.purposes.byId(purposeId))?.title ?? '')
    told.push(act === 'grant' ? choices.begun(title) : choices.ended(title))
  }
  const what = query.has('stopped') ? stop.done : told.join(' ')
  return html`<b>${choices.saved(moment(newest.atMs, words.lang, parts.timeZone))}</b> ${what} ${undoForm(
    visit,
    pathOf(agency, 'undo'),
    events.map(({ publicId }) => publicId),
  )}`
}

export const undoneAtOnceMax = 50

export const undoForm = (visit: OpenVisit, action: string, events: readonly string[]): Html =>
  form(
    visit,
    action,
    html`<input type="hidden" name="events" value="${events.join('.')}">
<button class="link">${visit.words.undo}</button>`,
  )

function purposesPart(
  parts: CitizenParts,
  visit: OpenVisit,
  choices: readonly Choice[],
  given: Given | undefined,
): Html {
  const items = choices.map((choice) => html`<li>${choiceItem(parts, visit, choice, given)}</li>`)
  return html`<fieldset class="part"><legend>${visit.words.choices.what}</legend><ul class="what">${items}</ul></fieldset>`
}

function choiceItem(
  parts: CitizenParts,
  { words, agency }: OpenVisit,
  { purpose, wording, standing }: Choice,
  given: Given | undefined,
): Html {
  const id = `p-${purpose.publicId}`
  const { choices } = words
  const what = html`<div><span class="t" id="${id}"><bdi lang="${agency.language}">${purpose.title}</bdi></span>
<span class="hint" id="${id}-what"><bdi lang="${wording.language}">${wording.text}</bdi></span>`
  if (purpose.basis !== 'consent') {
    const why = { 'legal-duty': choices.duty, 'public-task': choices.task, emergency: choices.emergency }
    return html`${what}<span class="hint">${why[purpose.basis]}</span></div>
<span class="always">${choices.alwaysOn}</span>`
  }
  const chosen = given?.get(id) ?? saidBefore(standing)
  const button = (value: 'yes' | 'no', label: string) =>
    html`<label class="${value}"><input type="radio" name="${id}" value="${value}"${value === chosen && html` checked`}>
<span>${label}</span></label>`
  return html`${what}<span class="hint" id="${id}-since">${standingSaid(words, standing, parts)}</span></div>
<div class="yn" role="radiogroup" aria-labelledby="${id}" aria-describedby="${id}-what ${id}-since">
<input type="hidden" name="v-${purpose.publicId}" value="${purpose.wordingVersion}">
${button('yes', choices.yes)}${button('no', choices.no)}</div>`
}

function saidBefore(standing: Choice['standing']): 'yes' | 'no' | undefined {
  if (standing?.state === 'granted') return 'yes'
  return standing?.state === 'withdrawn' ? 'no' : undefined
}

function standingSaid({ choices, lang }: Words, standing: Choice['standing'], { timeZone }: CitizenParts): string {
  if (standing === undefined) return choices.neverAsked
  const when = moment(standing.sinceMs, lang, timeZone)
  if (standing.state === 'requested') return choices.waits
  return standing.state === 'granted' ? choices.agreedOn(when) : choices.stoppedOn(when)
}
