import type { Agency } from '#engagement/api.ts'
import { FileAnswer, limits, type RateName, Refusal, type Route, type RouteRequest, route } from '#platform/api.ts'
import { html } from '../pages/html.ts'
import { type Frame, layout, type PageParts, pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { isFormToken, type Session } from '../sessions/sessions.ts'
import { acceptedLanguages, languages, wordsIn } from '../words/words.ts'

/** What a page's handler knows of the request. */
export type Visit = Frame & {
  readonly form: URLSearchParams
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string>>
  readonly ip: string
  /** The language that she chose with a link, now or on an earlier visit; undefined while she chose none. */
  readonly chosenLanguage: string | undefined
}
export type OpenVisit = Visit & { readonly session: Session }

export type PageAnswer =
  | (PageParts & { readonly status?: number })
  /** See other; with the session that begins (or ends: null). */
  | { readonly to: string; readonly session?: Session | null }
  | FileAnswer

type PageWish = {
  readonly method: 'GET' | 'POST'
  /** Below `/c/:agency/`. */
  readonly page: string
  readonly operation: string
  readonly rate?: RateName
  /** Of a form's answer: the page that its links to other languages lead to. */
  readonly twin?: string
}

/** A page that anybody may ask for. */
export function openPage(parts: CitizenParts, wish: PageWish, handle: (visit: Visit) => Promise<PageAnswer>): Route {
  return route({
    method: wish.method,
    path: `/c/:agency${wish.page === '' ? '' : `/${wish.page}`}`,
    operation: wish.operation,
    needs: 'nobody',
    rate: wish.rate ?? 'citizenPage',
    ...(wish.method === 'POST' ? { bodyKind: 'bytes' as const, bodyBytesMax: limits.citizenFormBytesMax } : {}),
    refused: ({ code, status }, headers) => refusedPage(parts, headers['accept-language'], { code, status }),
    handle: (request) => answerOf(parts, wish, request, handle),
  })
}

/** A page of somebody who proved an address; others come to the start. Forms must be from here. */
export function ownPage(parts: CitizenParts, wish: PageWish, handle: (visit: OpenVisit) => Promise<PageAnswer>): Route {
  return openPage(parts, wish, async (visit) => {
    const { session, agency, words, form } = visit
    if (session === undefined || session.agencyId !== agency.id) {
      return { to: `${pathOf(agency)}?ended=1`, session: null }
    }
    if (wish.method === 'POST' && !isFormToken(session, form.get('form'))) {
      return problem(visit, words.problem.ended, 403)
    }
    return handle({ ...visit, session })
  })
}

export function problem(frame: Frame, sentence: string, status: number): PageAnswer {
  const { words, agency } = frame
  return {
    status,
    title: words.problem.title,
    isProblem: true,
    notice: html`${sentence}`,
    main: html`<h1>${words.problem.title}</h1><p><a href="${pathOf(agency)}">${words.problem.toStart}</a></p>`,
  }
}

/** Before a handler is asked: it was too often, or a form was too large. Whose pages they are is not looked up then. */
function refusedPage(parts: CitizenParts, accepts: string | undefined, refused: Pick<Refusal, 'code' | 'status'>) {
  const words = wordsIn(...acceptedLanguages(accepts))
  const says = refused.code === 'M_LIMIT_EXCEEDED' ? words.problem.tooMany : words.problem.broken
  const frame: Frame = { words, agency: nowhere, here: '' }
  const { title } = words.problem
  const page = { title, main: html`<h1>${title}</h1><p class="long">${says}</p>`, status: refused.status }
  return written(parts, frame, page)
}

async function answerOf(
  parts: CitizenParts,
  wish: PageWish,
  request: RouteRequest,
  handle: (visit: Visit) => Promise<PageAnswer>,
): Promise<FileAnswer> {
  const agency = await parts.agencies.byKey(String(request.params.agency))
  const { searchParams: query } = new URL(request.url, 'http://page.invalid')
  const cookies = cookiesOf(request.headers.cookie)
  const found = await parts.sessions.find(cookies.get(cookieName(parts)))
  const session = agency !== undefined && found?.agencyId === agency.id ? found : undefined
  const asked = languages.find(({ lang }) => lang === query.get('lang'))?.lang
  const chosenLanguage = asked ?? languages.find(({ lang }) => lang === cookies.get(languageCookie))?.lang
  const accepted = acceptedLanguages(request.headers['accept-language'])
  const words = wordsIn(asked, session?.language, chosenLanguage, ...accepted, agency?.language)
  const here = wish.twin === undefined || agency === undefined ? request.url : pathOf(agency, wish.twin)
  const frame: Frame = { words, agency: agency ?? nowhere, session, here }
  if (agency === undefined) return written(parts, frame, problem(frame, words.problem.gone, 404))
  if (wish.method === 'POST' && isFromElsewhere(parts, request)) {
    return written(parts, frame, problem(frame, words.problem.elsewhere, 403))
  }
  const visit: Visit = {
    ...frame,
    agency,
    query,
    params: request.params,
    ip: request.ip,
    chosenLanguage,
    form: new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''),
  }
  if (session !== undefined && asked !== undefined && asked !== session.language) {
    await parts.sessions.speak(session, asked)
  }
  try {
    return written(parts, frame, await handle(visit), asked)
  } catch (error) {
    if (!(error instanceof Refusal)) parts.logger.error('citizen.page_failed', { error })
    return written(parts, frame, problem(frame, words.problem.broken, error instanceof Refusal ? error.status : 500))
  }
}

/**
 * Whether another site had a browser send this. The token in the forms of a session says the same; before there is a session,
 * this keeps others from opening their pages in her browser, for her to write into.
 */
function isFromElsewhere({ publicUrl }: CitizenParts, { headers }: RouteRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = headers
  return origin !== undefined && origin !== new URL(publicUrl).origin && URL.parse(origin)?.host !== headers.host
}

const nowhere: Agency = { id: 0, key: '', name: '', country: '', language: 'en' }

/** What a browser may do with a page: nothing but show it, and send its forms back here. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export const pageHeaders = ({ publicUrl }: CitizenParts, language: string): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': pagePolicy,
  'cross-origin-resource-policy': 'same-origin',
  'access-control-allow-origin': publicUrl,
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
  'content-language': language,
})

/** `chosen`: a language to be kept for a year, also by who is not signed in. */
function written(parts: CitizenParts, frame: Frame, answer: PageAnswer, chosen?: string): FileAnswer {
  if (answer instanceof FileAnswer) return answer
  const headers = pageHeaders(parts, frame.words.lang)
  if (chosen !== undefined) {
    headers['set-cookie'] =
      `${languageCookie}=${chosen}; Path=/c; Max-Age=31536000; HttpOnly; SameSite=Lax${secure(parts)}`
  }
  if ('to' in answer) {
    if (answer.session !== undefined) headers['set-cookie'] = cookieFor(parts, answer.session)
    return new FileAnswer(Buffer.alloc(0), { ...headers, location: answer.to }, 303)
  }
  return new FileAnswer(
    Buffer.from(layout(frame, answer)),
    headers,
    answer.status ?? ((answer.wrong ?? []).length === 0 ? 200 : 400),
  )
}

const languageCookie = 'chancery_lang'
const secure = ({ publicUrl }: CitizenParts) => (publicUrl.startsWith('https:') ? '; Secure' : '')

/** The prefix makes the browser refuse it from anybody else; over plain http, on one's own machine, browsers know none. */
const cookieName = ({ publicUrl }: CitizenParts) =>
  publicUrl.startsWith('https:') ? '__Host-chancery_citizen' : 'chancery_citizen'

function cookieFor(parts: CitizenParts, session: Session | null): string {
  const life = session === null ? '; Max-Age=0' : ''
  return `${cookieName(parts)}=${session?.token ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure(parts)}${life}`
}

function cookiesOf(header = ''): Map<string, string> {
  const pairs = header
    .slice(0, 8_000)
    .split(';')
    .map((pair) => pair.trim().split('=', 2))
  return new Map(pairs.map(([name = '', value = '']) => [name, value]))
}
