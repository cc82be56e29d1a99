import { createHash } from 'node:crypto'
import type { Agency } from '#engagement/api.ts'
import { formToken, type Session } from '../sessions/sessions.ts'
import { style } from '../style/style.ts'
import { languages, type Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

const styleHash = createHash('sha256').update(style).digest('base64url').slice(0, 12)

export type Frame = {
  readonly words: Words
  readonly agency: Agency
  readonly session?: Session | undefined
  /** Path and query of this page, for the links to it in other languages. */
  readonly here: string
}

export type PageParts = {
  readonly title: string
  readonly main: Html
  /** The first thing on the page, and said by itself. */
  readonly notice?: Html | undefined
  readonly isProblem?: boolean
  /** What to correct, by the ids of the fields: first on the page, with a link to each, and in the page's title. */
  readonly wrong?: readonly { readonly field: string; readonly says: string }[]
}

export const pathOf = (agency: Agency, page = '') => `/c/${agency.key}${page === '' ? '' : `/${page}`}`

/** A form that changes something, with the token that shows that it is from here. */
export function form(frame: Frame, action: string, content: Html): Html {
  const { session } = frame
  const token =
    session === undefined ? undefined : html`<input type="hidden" name="form" value="${formToken(session)}">`
  return html`<form action="${action}" method="post">${token}${content}</form>`
}

/** Without scripts only `autofocus` brings a reader to what was said; it is read out where she lands. */
function saidFirst(words: Words, { notice, isProblem = false, wrong = [] }: PageParts): Html | undefined {
  if (wrong.length > 0) {
    const links = wrong.map(({ field, says }) => html`<li><a href="#${field}">${says}</a></li>`)
    return html`<div class="said problem" role="alert" tabindex="-1" autofocus><b>${words.problem.toMend}</b><ul>${links}</ul></div>`
  }
  const role = isProblem ? 'alert' : 'status'
  return (
    notice &&
    html`<div class="${isProblem ? 'said problem' : 'said'}" role="${role}" tabindex="-1" autofocus>${notice}</div>`
  )
}

export function layout(frame: Frame, page: PageParts): string {
  const { words, agency } = frame
  const { title, main, wrong = [] } = page
  return html`<!doctype html>
<html lang="${words.lang}" dir="${words.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${wrong.length > 0 && `${words.problem.titled} `}${title}${agency.name !== '' && ` – ${agency.name}`}</title>
<link rel="stylesheet" href="/c/style.css?v=${styleHash}">
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header class="top"><div class="in">
<b>${agency.name}</b>
<nav aria-label="${words.languages}">${otherLanguages(frame)}</nav>
${leave(frame)}
</div></header>
${menu(frame)}
<main class="in" id="main">
${saidFirst(words, page)}
${main}
</main>
<footer><div class="in">
${
  agency.key !== '' &&
  html`<a href="${pathOf(agency, 'accessibility')}">${words.accessibility}
</a> <a href="${pathOf(agency, 'privacy')}">${words.privacy}</a>`
}
</div></footer>
</body>
</html>
`.text
}

/** Which part of a page is shown. */
const placeParameters: ReadonlySet<string> = new Set(['before', 'openings', 'for'])

function otherLanguages({ words, here }: Frame): Html[] {
  if (here === '') return []
  const [path, query = ''] = here.split('?', 2)
  // What was just said is not said again.
  const kept = [...new URLSearchParams(query)].filter(([name]) => placeParameters.has(name))
  return languages
    .filter((one) => one !== words)
    .map((one) => {
      const asked = new URLSearchParams([...kept, ['lang', one.lang]])
      return html`<a href="${path}?${asked.toString()}" lang="${one.lang}" hreflang="${one.lang}">${one.ownName}</a> `
    })
}

function leave(frame: Frame): Html | undefined {
  const { session, agency, words } = frame
  return session && form(frame, pathOf(agency, 'leave'), html`<button class="link">${words.leave}</button>`)
}

function menu({ session, agency, words, here }: Frame): Html | undefined {
  if (session === undefined) return undefined
  const pages = [
    ['choices', words.toChoices],
    ['messages', words.toMessages],
    ['history', words.toHistory],
  ] as const
  const links = pages.map(([page, name]) => {
    const path = pathOf(agency, page)
    const current = here.split('?', 1)[0] === path && html` aria-current="page"`
    return html`<a href="${path}"${current}>${name}</a> `
  })
  return html`<div class="in"><nav class="menu" aria-label="${words.menu}">${links}</nav></div>`
}
