/** GET /c/:agency/messages: what was sent to her, why, and by which way. Private words need more than a code. */
import type { Letter } from '#engagement/api.ts'
import type { Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { type Html, html, theirWords } from '../pages/html.ts'
import { form, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { type OpenVisit, ownPage, type PageAnswer, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'

const pageSize = 20

/** The letter whose answer was refused, and why. */
type Unanswered = { readonly id: string; readonly says: string }

export const showMessages = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'messages', operation: 'showCitizenMessages' }, (visit) =>
    messagesPage(parts, visit),
  )

export async function messagesPage(
  parts: CitizenParts,
  visit: OpenVisit,
  unanswered?: Unanswered,
): Promise<PageAnswer> {
  const { session, words, agency, query } = visit
  const reader = await readerOf(parts, session)
  if (reader === undefined) return problem(visit, words.problem.ended, 410)
  const { messages } = words
  const before = Number(query.get('before') ?? Number.NaN)
  const page = { limit: pageSize, ...(Number.isSafeInteger(before) && { before }) }
  const found = reader.person === undefined ? { letters: [] } : await parts.correspondence.page(reader.person.id, page)
  const items: Html[] = []
  for (const letter of found.letters) items.push(html`<li>${await letterItem(parts, visit, letter, unanswered)}</li>`)
  const older =
    found.next !== undefined &&
    html`<p><a href="${pathOf(agency, 'messages')}?before=${found.next}">${messages.older}</a></p>`
  const lead = reader.person === undefined ? words.choices.unknownAddress : messages.lead
  return {
    title: messages.title,
    ...(query.has('sent') && { notice: html`${messages.sent}` }),
    ...(unanswered !== undefined && { wrong: [{ field: `a-${unanswered.id}`, says: unanswered.says }] }),
    main: html`<h1>${messages.title}</h1><p class="lead">${lead}</p>
${items.length === 0 ? html`<p class="long">${messages.none}</p>` : html`<ol class="log">${items}</ol>`}${older}`,
  }
}

async function letterItem(
  parts: CitizenParts,
  visit: OpenVisit,
  letter: Letter,
  unanswered: Unanswered | undefined,
): Promise<Html> {
  const { words, session, agency } = visit
  const { messages, choices } = words
  const purpose = await parts.purposes.byId(letter.purposeId)
  const ways = letter.ways.map(({ kind, atMs, state }) => {
    const way = messages.by(choices.kinds[kind] ?? kind, moment(atMs, words.lang, parts.timeZone))
    return html`<span class="hint">${way}: ${messages.states[state]}. </span>`
  })
  const head = html`<time datetime="${new Date(letter.atMs).toISOString()}">${moment(letter.atMs, words.lang, parts.timeZone)}</time>`
  const why = purpose && html`<span class="hint">${messages.because(purpose.title)}. </span>`
  if (!isShown(letter, session.isStrong)) {
    return html`${head}<p>${messages.private} <a href="${pathOf(agency, 'prove')}">${messages.prove}</a></p>${why}${ways}`
  }
  if (letter.inboxId !== undefined) await parts.correspondence.markRead(letter.inboxId)
  return html`${head}${letter.subject !== undefined && html`<b>${theirWords(letter.subject)}</b>`}
<div class="letter">${theirWords(letter.text)}</div>${why}${ways}
${answerForm(visit, letter, parts.random.token(16), unanswered?.id === letter.id ? unanswered.says : undefined)}`
}

/** A code to an address opens what could have been sent there. */
export const isShown = (letter: Letter, isStrong: boolean) => isStrong || letter.sensitivity !== 'sensitive'

function answerForm(visit: OpenVisit, letter: Letter, key: string, wrong: string | undefined): Html {
  const { messages } = visit.words
  const id = `a-${letter.id}`
  const isWrong = wrong !== undefined
  const fields = html`<input type="hidden" name="key" value="${key}"><div class="field">
<label for="${id}">${messages.answer}</label>${isWrong && html`<p class="wrong" id="${id}-wrong">${wrong}</p>`}
<textarea class="in2" id="${id}" name="text" dir="auto" required
${isWrong && html` aria-invalid="true" aria-describedby="${id}-wrong"`}></textarea></div><div class="save">
<button class="go">${messages.send}</button></div>`
  return html`<details${isWrong && html` open`}><summary>${messages.answer}
</summary>${form(visit, pathOf(visit.agency, `messages/${letter.id}`), fields)}</details>`
}
