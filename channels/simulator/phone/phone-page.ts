import { Html, html, type Piece } from '#platform/api.ts'
import type { Citizen, Line, World } from '../world.ts'
import { type Citizens, kindOf } from './citizens.ts'

type View = {
  readonly world: World
  readonly citizens: Citizens
  /** Whose telephone it is; undefined where nobody is out there. */
  readonly citizen: Citizen | undefined
  /** What went wrong, in a sentence. */
  readonly notice?: string
  /** What was filled in, when something did. */
  readonly wish?: URLSearchParams
}

const kindNames = { sms: 'SMS', mail: 'Mail', inbox: 'Inbox' } as const

export function phonePage(view: View): string {
  const { world, citizens, citizen, notice } = view
  const title = citizen === undefined ? 'Citizens' : `${citizen.name}: telephone`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/phone/style.css">
<script src="/phone/script.js" defer></script>
</head>
<body data-facts="${world.facts.length}">
<header>
<h1>Citizens</h1>
<p>Invented people with their telephones and mailboxes. Nothing leaves this machine.</p>
${[...world.pages()].map(({ name, url }) => html`<p><a href="${url}">Pages of ${name} for citizens</a></p>`)}
</header>
<nav aria-labelledby="whose">
<h2 id="whose">Whose telephone</h2>
<ul id="people">${citizens.all().map((one) => personItem(one, citizens, citizen, world.clock.nowMs()))}</ul>
<form action="/phone" method="get" class="other">
<label for="who">Another number or mail address</label>
<div><input id="who" name="who" required autocomplete="off" maxlength="320"><button>Open</button></div>
</form>
</nav>
<main>
<div id="notice" role="alert">${notice !== undefined && html`<p>${notice}</p>`}</div>
${citizen === undefined ? html`<p>Nobody is out there yet. Type a number.</p>` : telephone(view, citizen)}
</main>
</body>
</html>
`.text
}

function personItem(one: Citizen, citizens: Citizens, chosen: Citizen | undefined, nowMs: number): Piece {
  const last = citizens.linesOf(one).at(-1)
  const isChosen = one.addresses[0] === chosen?.addresses[0]
  return html`<li><a href="/phone?${new URLSearchParams({ who: one.addresses[0] ?? '' }).toString()}"${
    isChosen && new Html(' aria-current="page"')
  }><b>${one.name}</b>${last !== undefined && html` <small>${whenOf(last.atMs, nowMs)}</small>`}
<span>${last === undefined ? one.addresses[0] : firstWords(last)}</span></a></li>`
}

function telephone(view: View, citizen: Citizen): Piece {
  const { world, citizens } = view
  const lines = citizens.linesOf(citizen)
  return html`<section class="phone" aria-labelledby="hers">
<h2 id="hers">${citizen.name}</h2>
<p class="addresses">${citizen.addresses.map((address) => html`<span>${address}</span> `)}</p>
<div id="log" role="log" aria-label="What she got and what she wrote" tabindex="0"><ol id="lines">${
    lines.length === 0
      ? html`<li class="none">Nothing yet. Write something below.</li>`
      : lines.map((line) => lineItem(line, citizens, world.clock.nowMs()))
  }</ol></div>
${writeForm(view, citizen, lines)}
</section>`
}

function lineItem(line: Line, citizens: Citizens, nowMs: number): Piece {
  const isHers = line.what === 'said'
  const other = citizens.nameOf(isHers ? line.to : line.from)
  const iso = new Date(line.atMs).toISOString()
  return html`<li class="${isHers ? 'hers' : 'theirs'}"><p class="who">${isHers ? 'To' : 'From'} <b>${other}</b>
<i>${kindNames[line.kind]}</i> <time datetime="${iso}">${whenOf(line.atMs, nowMs)}</time></p>
${line.subject !== undefined && line.subject !== '' && html`<p class="subject" dir="auto">${line.subject}</p>`}
<p class="words" dir="auto">${wordsWithLinks(line.text)}</p></li>`
}

function writeForm({ citizens, wish }: View, citizen: Citizen, lines: readonly Line[]): Piece {
  const reachable = citizens.contacts().filter(({ kind }) => citizen.addresses.some((own) => kindOf(own) === kind))
  if (reachable.length === 0) return html`<p>There is nobody to write to: no number or mailbox is registered.</p>`
  const last = lines.at(-1)
  const usual = last === undefined ? undefined : (last.what === 'said' ? last.to : last.from).replace(/\+[^@]*@/, '@')
  const to = wish?.get('to') ?? usual
  return html`<form id="write" action="/phone" method="post">
<input type="hidden" name="who" value="${citizen.addresses[0]}">
<label for="to">To</label>
<select id="to" name="to">${reachable.map(
    ({ kind, address, name }) =>
      html`<option value="${address}" class="${kind}"${address === to && new Html(' selected')}>${name}, ${
        kindNames[kind]
      } ${address}</option>`,
  )}</select>
<div class="subject-field"><label for="subject">Subject (empty: answers the last mail)</label>
<input id="subject" name="subject" maxlength="1000" autocomplete="off" value="${wish?.get('subject') ?? ''}"></div>
<label for="text">What ${citizen.name} writes</label>
<textarea id="text" name="text" rows="2" maxlength="20000" required dir="auto">${wish?.get('text') ?? ''}</textarea>
<button class="go">Send as ${citizen.name}</button>
</form>`
}

/** Her telephone makes addresses of pages into links. */
function wordsWithLinks(text: string): Piece {
  return text
    .split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)])/)
    .map((piece, at) =>
      at % 2 === 1 ? html`<a href="${piece}" target="_blank" rel="noopener noreferrer">${piece}</a>` : piece,
    )
}

const firstWords = ({ text }: Line) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** Hours today, with the day before that; where the machine stands. */
function whenOf(ms: number, nowMs: number): string {
  const [then, now] = [new Date(ms), new Date(nowMs)]
  const time = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (then.toDateString() === now.toDateString()) return time
  return `${then.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })}, ${time}`
}
