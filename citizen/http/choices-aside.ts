import { addressInWords } from '../choices/addresses.ts'
import type { Reader } from '../choices/holder.ts'
import { around, type Html, html } from '../pages/html.ts'
import { form, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import type { OpenVisit } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'
import { eventItem } from './show-history.ts'

const shownEvents = 2

/** Beside her choices: where she is reached, the way to stop everything and back, and what she said lately. */
export async function choicesAside(parts: CitizenParts, visit: OpenVisit, reader: Reader): Promise<Html> {
  const { words, agency } = visit
  const { stop, aside } = words
  const [addresses, stopped, events] = await Promise.all([
    addressesCard(parts, visit, reader),
    stoppedPart(parts, visit, reader),
    parts.consent.history(reader.holder, { limit: shownEvents }),
  ])
  const said = await Promise.all(events.map(async (event) => html`<li>${await eventItem(parts, visit, event)}</li>`))
  return html`${addresses}
<section class="card" aria-labelledby="h-stop"><h2 id="h-stop">${stop.title}</h2><p>${stop.lead}</p>
${form(visit, pathOf(agency, 'stop'), html`<button class="go plain">${stop.button}</button>`)}${stopped}</section>
<section class="card" aria-labelledby="h-said"><h2 id="h-said">${words.toHistory}</h2>
${said.length === 0 ? html`<p>${words.history.none}</p>` : html`<ol class="log">${said}</ol>`}
<p><a href="${pathOf(agency, 'history')}">${aside.everything}</a></p>
<p><a href="${pathOf(agency, 'data')}">${words.toData}</a></p></section>`
}

async function addressesCard(parts: CitizenParts, visit: OpenVisit, { person, address }: Reader): Promise<Html> {
  const { words, agency, session } = visit
  const all = person === undefined ? [address] : await parts.people.addressesOf(person.id)
  const items = all
    .filter(({ kind }) => kind !== 'inbox')
    .map((one) => {
      const notes = [one.isVerified ? undefined : words.aside.notProven, one.isReadByOthers && words.aside.readByOthers]
      const said = notes
        .filter((note) => typeof note === 'string')
        .map((note) => html`<span class="hint">${note}</span>`)
      return html`<li><bdi>${addressInWords(words, session, one)}</bdi>${said}</li>`
    })
  const more =
    !session.isStrong &&
    all.length > 1 &&
    html`<p><a href="${pathOf(agency, 'prove')}">${words.aside.showWhole}</a></p>`
  return html`<section class="card" aria-labelledby="h-where"><h2 id="h-where">${words.aside.where}</h2>
<ul class="log">${items}</ul>${more}<p class="hint">${words.aside.change}</p></section>`
}

/** A STOP of everything to this address stands in the way of a Yes; she can end it here, where she proved the address. */
async function stoppedPart(parts: CitizenParts, visit: OpenVisit, { address }: Reader): Promise<Html | undefined> {
  const { words, agency, session } = visit
  const wide = (await parts.consent.stopsOn(address.id)).filter(({ scope }) => scope !== 'programme')
  const newest = wide.at(-1)
  if (newest === undefined) return undefined
  const when = moment(newest.atMs, words.lang, parts.timeZone)
  const scope = wide.some((one) => one.scope === 'government') ? 'government' : 'agency'
  const fields = html`<input type="hidden" name="scope" value="${scope}"><button class="link">${words.stop.start}</button>`
  const stopped = around((one) => words.stop.stopped(one, when), addressInWords(words, session, address))
  return html`<p>${stopped}</p>${form(visit, pathOf(agency, 'start'), fields)}`
}
