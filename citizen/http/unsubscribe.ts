/**
 * `/c/u/:attempt`, the link in a mail. GET shows a button and changes nothing, because machines follow links; POST ends the
 * programme at once: the one-click request of RFC 8058, which has no cookies and is not redirected, and the button alike.
 */
import type { Agency, Purpose, SentAttempt } from '#engagement/api.ts'
import { FileAnswer, limits, type Route, type RouteRequest, route } from '#platform/api.ts'
import { type Html, html } from '../pages/html.ts'
import { type Frame, layout } from '../pages/layout.ts'
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
      const wantsBack = /(^|&)act=start(&|$)/.test((request.body as Buffer).toString('latin1'))
      await (wantsBack ? begin(parts, found, request) : end(parts, found, request))
      return answer(parts, request, found, ({ unsubscribe }, { title }) => ({
        title: wantsBack ? unsubscribe.undone : unsubscribe.done(title),
        body: wantsBack ? html`` : button(request, 'start', unsubscribe.undo, 'link'),
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

async function end(parts: CitizenParts, found: Found, request: RouteRequest): Promise<void> {
  const proofKey = `unsubscribe ${request.params.attempt} ${parts.clock.nowMs()}`
  await parts.db.transaction((tx) => parts.consent.stop(tx, { ...wishOf(parts, found, request), proofKey }))
}

async function begin(parts: CitizenParts, found: Found, request: RouteRequest): Promise<void> {
  const proofKey = `subscribe ${request.params.attempt} ${parts.clock.nowMs()}`
  await parts.db.transaction((tx) => parts.consent.start(tx, { ...wishOf(parts, found, request), proofKey }))
}

const button = ({ params }: RouteRequest, act: 'stop' | 'start', label: string, look: string): Html =>
  html`<form action="/c/u/${String(params.attempt)}" method="post"><input type="hidden" name="act" value="${act}">
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
