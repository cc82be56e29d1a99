/**
 * `/c/u/:attempt`, the link in a mail. GET shows a button and changes nothing, because machines follow links; POST ends the
 * programme at once: the one-click request of RFC 8058, which has no cookies and is not redirected, and the button alike.
 */
import type { Agency, Purpose, SentAttempt } from '#engagement/api.ts'
import { FileAnswer, limits, Refusal, type Route, type RouteRequest, route } from '#platform/api.ts'
import { type Html, html } from '../pages/html.ts'
import { type Frame, layout, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { pageHeaders } from '../visits/page-route.ts'
import { acceptedLanguages, wordsIn } from '../words/words.ts'

const path = '/c/u/:attempt'

type Found = { readonly sent: SentAttempt; readonly agency: Agency; readonly purpose: Purpose }

export const showUnsubscribe = (parts: CitizenParts): Route =>
  route({
    method: 'GET',
    path,
    operation: 'showCitizenUnsubscribe',
    needs: 'nobody',
    rate: 'citizenPage',
    async handle(request) {
      const found = await foundBy(parts, request)
      if (found === undefined) return goneAnswer(parts, request)
      return answer(parts, request, found, ({ unsubscribe }, { title }) => ({
        title: unsubscribe.title,
        body: html`<p class="lead">${unsubscribe.lead(title, found.agency.name)}
</p>${button(request, 'stop', unsubscribe.button, 'go')}`,
      }))
    },
  })

export const unsubscribe = (parts: CitizenParts): Route =>
  route({
    method: 'POST',
    path,
    operation: 'unsubscribeCitizen',
    needs: 'nobody',
    rate: 'citizenPage',
    bodyKind: 'bytes',
    bodyBytesMax: limits.citizenFormBytesMax,
    async handle(request) {
      const found = await foundBy(parts, request)
      if (found === undefined) return goneAnswer(parts, request)
      // One click comes as multipart/form-data too; whatever it holds, it is meant as STOP unless it is our own other button.
      const form = new URLSearchParams((request.body as Buffer).toString('latin1'))
      if (form.get('act') === 'start') {
        if (await takeBack(parts, found, request, form.get('event') ?? '')) {
          return answer(parts, request, found, ({ unsubscribe }) => ({ title: unsubscribe.undone, body: html`` }))
        }
        // Who wants it back proves on the pages that she reads there.
        const location = pathOf(found.agency)
        return new FileAnswer(Buffer.alloc(0), { location, 'cache-control': 'no-store' }, 303)
      }
      const eventId = await end(parts, found, request)
      return answer(parts, request, found, ({ unsubscribe }, { title }) => ({
        title: unsubscribe.done(title),
        body: eventId === undefined ? html`` : button(request, 'start', unsubscribe.undo, 'link', eventId),
      }))
    },
  })

async function foundBy({ correspondence, agencies, purposes }: CitizenParts, request: RouteRequest) {
  const id = String(request.params.attempt)
  const sent = /^[\w-]{10,64}$/.test(id) ? await correspondence.byAttempt(id) : undefined
  if (sent === undefined) return undefined
  const [agency, purpose] = await Promise.all([agencies.byId(sent.agencyId), purposes.byId(sent.purposeId)])
  return agency === undefined || purpose === undefined ? undefined : { sent, agency, purpose }
}

const wishOf = ({ clock }: CitizenParts, { sent, purpose }: Found, { params, ip }: RouteRequest) => ({
  addressId: sent.addressId,
  channelId: sent.channelId,
  scope: { purposeId: purpose.id },
  source: 'mail' as const,
  proof: { attempt: String(params.attempt), ip },
  atMs: clock.nowMs(),
})

/** @returns what takes it back, for whoever did it a moment ago; undefined where the programme had ended before */
async function end(parts: CitizenParts, found: Found, request: RouteRequest): Promise<string | undefined> {
  const before = await parts.consent.stopsOn(found.sent.addressId)
  const proofKey = `unsubscribe ${request.params.attempt} ${parts.clock.nowMs()}`
  const wish = { ...wishOf(parts, found, request), proofKey }
  const { eventId } = await parts.db.transaction((tx) => parts.consent.stop(tx, wish))
  const wasStopped = before.some(({ purposeId }) => purposeId === undefined || purposeId === found.purpose.id)
  return wasStopped ? undefined : eventId
}

/** The link goes with the mail to whoever it is handed on to: it takes back its own STOP, and gives nothing else. */
async function takeBack(parts: CitizenParts, { purpose }: Found, { params, ip }: RouteRequest, eventId: string) {
  const event = /^[\w-]{1,64}$/.test(eventId) ? await parts.consent.event(eventId) : undefined
  if (event?.act !== 'stop' || event.source !== 'mail' || event.purposeId !== purpose.id) return false
  const proof = { attempt: String(params.attempt), ip }
  const wish = { eventId, source: 'mail', actor: { kind: 'citizen' }, proof } as const
  try {
    await parts.db.transaction((tx) => parts.consent.undo(tx, wish))
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

const button = ({ params }: RouteRequest, act: 'stop' | 'start', label: string, look: string, eventId = ''): Html =>
  html`<form action="/c/u/${String(params.attempt)}" method="post"><input type="hidden" name="act" value="${act}">
${eventId !== '' && html`<input type="hidden" name="event" value="${eventId}">`}
<div class="save"><button class="${look}">${label}</button></div></form>`

type Said = (words: Frame['words'], purpose: Purpose) => { title: string; body: Html }

function answer(parts: CitizenParts, request: RouteRequest, { agency, purpose }: Found, said: Said): FileAnswer {
  const words = wordsIn(...acceptedLanguages(request.headers['accept-language']), agency.language)
  const { title, body } = said(words, purpose)
  const page = layout({ words, agency, here: request.url }, { title, main: html`<h1>${title}</h1>${body}` })
  return new FileAnswer(Buffer.from(page), pageHeaders(parts, words.lang))
}

function goneAnswer(parts: CitizenParts, request: RouteRequest): FileAnswer {
  const words = wordsIn(...acceptedLanguages(request.headers['accept-language']))
  const nobody: Agency = { id: 0, key: '', name: '', country: '', language: words.lang }
  const main = html`<h1>${words.problem.title}</h1><p>${words.unsubscribe.expired}</p>`
  const page = layout({ words, agency: nobody, here: request.url }, { title: words.problem.title, main })
  return new FileAnswer(Buffer.from(page), pageHeaders(parts, words.lang), 404)
}
