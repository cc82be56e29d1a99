/** GET /c/:agency/choices: what we may write about, by which ways, when, and in which form. */
import type { Preferences } from '#engagement/api.ts'
import type { Route } from '#platform/api.ts'
import { type Choice, choicesOf } from '../choices/choices.ts'
import { type Reader, readerOf } from '../choices/holder.ts'
import { type Html, html } from '../pages/html.ts'
import { form, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'
import { languages, type Words } from '../words/words.ts'

export const showChoices = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'choices', operation: 'showCitizenChoices' }, async (visit) => {
    const reader = await readerOf(parts, visit.session)
    if (reader === undefined) return problem(visit, visit.words.problem.ended, 410)
    return choicesPage(parts, visit, reader, await noticeOf(parts, visit))
  })

export async function choicesPage(
  parts: CitizenParts,
  visit: OpenVisit,
  reader: Reader,
  notice?: Html,
): Promise<PageParts> {
  const { words, agency } = visit
  const choices = await choicesOf(parts, agency, reader, words.lang)
  const preferences = reader.person === undefined ? {} : await parts.preferences.of(reader.person.id)
  const name = reader.person?.name ?? ''
  const title = words.choices.title
  const fields = html`${purposesPart(visit, choices, parts)}
${reader.person !== undefined && html`${waysPart(words, preferences)}${hoursPart(words, preferences)}${formPart(words, preferences)}`}
<div class="save"><button class="go">${words.choices.save}</button> <span class="hint">${words.choices.copy}</span></div>`
  return {
    title,
    notice,
    main: html`<div class="two"><div>
<h1>${name === '' ? title : words.choices.titleFor(name)}</h1>
<p class="lead">${reader.person === undefined ? words.choices.unknownAddress : words.choices.lead}</p>
${form(visit, pathOf(agency, 'choices'), fields)}
</div><div>
<aside class="card" aria-labelledby="h-stop"><h2 id="h-stop">${words.stop.title}</h2><p>${words.stop.lead}</p>
${form(visit, pathOf(agency, 'stop'), html`<button class="go plain">${words.stop.button}</button>`)}</aside>
<aside class="card" aria-labelledby="h-more"><h2 id="h-more">${words.menu}</h2>
<p><a href="${pathOf(agency, 'history')}">${words.toHistory}</a></p>
<p><a href="${pathOf(agency, 'data')}">${words.toData}</a></p></aside>
</div></div>`,
  }
}

/** What was just saved, with the way back. */
async function noticeOf(parts: CitizenParts, visit: OpenVisit): Promise<Html | undefined> {
  const { words, agency, query } = visit
  if (query.has('undone')) return html`${words.choices.undone}`
  if (!query.has('saved')) return undefined
  const when = moment(parts.clock.nowMs(), words.lang, parts.timeZone)
  const ids = (query.get('saved') ?? '')
    .split('.')
    .filter((id) => /^[\w-]{1,64}$/.test(id))
    .slice(0, 50)
  const said = query.has('stopped') ? words.stop.done : ''
  const undo =
    ids.length > 0 &&
    form(
      visit,
      pathOf(agency, 'undo'),
      html`<input type="hidden" name="events" value="${ids.join('.')}">
<button class="link">${words.undo}</button>`,
    )
  return html`<b>${words.choices.saved(when)}</b> ${said} ${undo}`
}

function purposesPart({ words }: OpenVisit, choices: readonly Choice[], parts: CitizenParts): Html {
  const items = choices.map((choice) => html`<li>${choiceItem(words, choice, parts)}</li>`)
  return html`<fieldset class="part"><legend>${words.choices.what}</legend><ul class="what">${items}</ul></fieldset>`
}

function choiceItem(words: Words, { purpose, wording, standing }: Choice, parts: CitizenParts): Html {
  const id = `p-${purpose.publicId}`
  const what = html`<div><span class="t" id="${id}">${purpose.title}</span>
<span class="hint" lang="${wording.language}">${wording.text}</span>`
  if (purpose.basis !== 'consent') {
    const bases = {
      'legal-duty': words.choices.duty,
      'public-task': words.choices.task,
      emergency: words.choices.emergency,
    }
    return html`${what}<span class="hint">${bases[purpose.basis]}</span></div>
<span class="always">${words.choices.alwaysOn}</span>`
  }
  const button = (value: 'yes' | 'no', label: string, isChosen: boolean) =>
    html`<label class="${value}"><input type="radio" name="${id}" value="${value}"${isChosen && html` checked`}>
<span>${label}</span></label>`
  return html`${what}<span class="hint">${standingSaid(words, standing, parts)}</span></div>
<div class="yn" role="radiogroup" aria-labelledby="${id}">
<input type="hidden" name="v-${purpose.publicId}" value="${purpose.wordingVersion}">
${button('yes', words.choices.yes, standing?.state === 'granted')}${button('no', words.choices.no, standing?.state === 'withdrawn')}</div>`
}

function standingSaid({ choices, lang }: Words, standing: Choice['standing'], { timeZone }: CitizenParts): string {
  if (standing === undefined) return choices.neverAsked
  const when = moment(standing.sinceMs, lang, timeZone)
  if (standing.state === 'requested') return choices.waits
  return standing.state === 'granted' ? choices.agreedOn(when) : choices.stoppedOn(when)
}

const options = (list: readonly (readonly [value: string, label: string])[], chosen: string | undefined) =>
  list.map(
    ([value, label]) => html`<option value="${value}"${value === (chosen ?? '') && html` selected`}>${label}</option>`,
  )

function waysPart({ choices }: Words, { channels = [] }: Preferences): Html {
  const kinds = Object.entries(choices.kinds)
  const rows = choices.order.map((label, at) => {
    const name = `w${at + 1}`
    const list = [['', choices.nothing], ...kinds] as [string, string][]
    return html`<div class="row"><label for="${name}">${label}</label>
<select class="in2" id="${name}" name="${name}">${options(list, channels[at])}</select></div>`
  })
  return html`<fieldset class="part"><legend>${choices.which}</legend><p class="hint">${choices.whichHint}</p>${rows}
</fieldset>`
}

function hoursPart({ choices }: Words, { quietHours }: Preferences): Html {
  const hours = Array.from({ length: 24 }, (_, n) => `${String(n).padStart(2, '0')}:00`)
  const list = [['', choices.anyTime], ...hours.map((one) => [one, one])] as [string, string][]
  return html`<fieldset class="part"><legend>${choices.when}</legend><div class="row"><span class="l">${choices.between}
</span><div class="pair">
<select class="in2" name="from" aria-label="${choices.from}">${options(list, quietHours?.from)}</select>
<select class="in2" name="to" aria-label="${choices.until}">${options(list, quietHours?.to)}</select></div></div>
<p class="hint">${choices.whenHint}</p></fieldset>`
}

function formPart({ choices, lang }: Words, { language, formats = [] }: Preferences): Html {
  const spoken = languages.map((one) => [one.lang, one.ownName] as const)
  const box = (name: 'easy-language' | 'large-print' | 'sign-language' | 'voice', label: string) =>
    html`<label class="box"><input type="checkbox" name="${name}"${formats.includes(name) && html` checked`}><span>${label}
</span></label>`
  return html`<fieldset class="part"><legend>${choices.form}</legend>
<div class="row"><label for="language">${choices.toRead}</label>
<select class="in2" id="language" name="language">${options(spoken, language ?? lang)}</select></div>
${box('easy-language', choices.easy)}${box('large-print', choices.large)}
${box('sign-language', choices.sign)}${box('voice', choices.voice)}</fieldset>`
}
