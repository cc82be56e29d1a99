import DOMPurify from 'dompurify'
import { linkedPerson, plainToHtml } from './markdown.ts'

// The tags and attributes that the specification allows in `org.matrix.custom.html`
// (https://spec.matrix.org/v1.16/client-server-api/#mroommessage-msgtypes). Colours are left out: here colour has a meaning.
const tags = [
  ...['del', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'p', 'a', 'ul', 'ol', 'sup', 'sub', 'li', 'b', 'i', 'u'],
  ...['strong', 'em', 's', 'code', 'hr', 'br', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'caption', 'pre'],
  ...['span', 'details', 'summary'],
]
const attributes = ['href', 'start', 'class', 'data-mx-spoiler']
const schemes = /^(?:https?|ftp|mailto|magnet):/i

function showLink(link: HTMLAnchorElement, ownId: string): void {
  const href = link.getAttribute('href') ?? ''
  const id = linkedPerson(href)
  if (id) {
    const mention = document.createElement('span')
    mention.className = id === ownId ? 'mention you' : 'mention'
    mention.textContent = `@${(link.textContent ?? id).replace(/^@/, '')}`
    link.replaceWith(mention)
    return
  }
  if (!schemes.test(href)) {
    link.replaceWith(...link.childNodes)
    return
  }
  link.target = '_blank'
  link.rel = 'noopener noreferrer nofollow'
}

function retag(element: Element, tag: string, className: string): void {
  const replacement = document.createElement(tag)
  replacement.className = className
  replacement.append(...element.childNodes)
  element.replaceWith(replacement)
}

function show(fragment: DocumentFragment, ownId: string): void {
  for (const link of fragment.querySelectorAll('a')) showLink(link, ownId)
  // Headings inside an entry must not enter the page's own outline.
  for (const heading of fragment.querySelectorAll('h1, h2, h3, h4, h5, h6')) retag(heading, 'p', 'heading')
  for (const pre of fragment.querySelectorAll('pre')) pre.tabIndex = 0
  for (const element of fragment.querySelectorAll('[class]')) {
    const own = ['mention', 'mention you', 'heading'].includes(element.className)
    const language = element.localName === 'code' && /^language-[\w-]+$/.test(element.className)
    if (!own && !language) element.removeAttribute('class')
  }
  for (const veiled of fragment.querySelectorAll<HTMLElement>('[data-mx-spoiler]')) {
    veiled.className = 'veiled'
    veiled.tabIndex = 0
  }
}

const cache = new Map<string, string>()
const cachedMax = 2000

/**
 * What somebody wrote as safe HTML to show: the strict list of the specification, links that open apart, mentions as
 * marks. `formatted` is the sender's HTML, if any; else `body` is taken as plain text.
 */
export function richText(body: string, formatted: string | undefined, ownId: string): string {
  const key = `${ownId}\n${formatted ?? `\n${body}`}`
  const known = cache.get(key)
  if (known !== undefined) return known
  // Clients of old wrote the quoted words into the reply itself; the quotation stands above it here.
  const html = formatted?.replace(/<mx-reply>[\s\S]*?<\/mx-reply>/gi, '') ?? plainToHtml(body)
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  })
  show(fragment, ownId)
  const holder = document.createElement('div')
  holder.append(fragment)
  const safe = holder.innerHTML
  if (cache.size > cachedMax) cache.clear()
  cache.set(key, safe)
  return safe
}

/** The plain words of safe HTML, for a line that quotes them. */
export function wordsIn(safeHtml: string): string {
  const holder = document.createElement('template')
  holder.innerHTML = safeHtml.replace(/<(?:br|\/p|\/li|\/div|\/pre|\/h\d)[^>]*>/g, '$& ')
  return holder.content.textContent ?? ''
}
