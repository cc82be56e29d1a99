import { Marked, type TokenizerAndRendererExtension, type Tokens } from 'marked'

/** Names that the writer picked from the list, with whom each means. */
export type Mentions = ReadonlyMap<string, string>

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Reads back what `escapeHtml`, or another client's escaping, wrote. */
export const unescapeHtml = (html: string): string =>
  html.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hexadecimal, name) => {
    if (name) return signs[name.toLowerCase()] ?? whole
    const point = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })

export const personLink = (userId: string): string => `https://matrix.to/#/${encodeURIComponent(userId)}`

const personAddress = /^https:\/\/matrix\.to\/#\/((?:@|%40)[^/?]+)$/i

/** Whom a link mentions; undefined for any other address, and for one that is malformed: others write what they like. */
export function linkedPerson(href: string): string | undefined {
  const part = personAddress.exec(href)?.[1]
  if (part === undefined) return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function mentionExtension(mentions: Mentions): TokenizerAndRendererExtension {
  // Longer names first, so that "Ann Lee" wins over "Ann".
  const names = [...mentions.keys()].sort((a, b) => b.length - a.length)
  return {
    name: 'mention',
    level: 'inline',
    start: (source) => {
      const at = source.indexOf('@')
      return at < 0 ? undefined : at
    },
    tokenizer(source) {
      const name = names.find((candidate) => source.startsWith(`@${candidate}`))
      return name ? { type: 'mention', raw: `@${name}`, name } : undefined
    },
    renderer(token) {
      const name = String(token.name)
      return `<a href="${personLink(mentions.get(name) ?? '')}">@${escapeHtml(name)}</a>`
    },
  }
}

/**
 * Markdown to `org.matrix.custom.html`. HTML that somebody types stays text; pictures by address become links, so that
 * no reader's client ever calls a stranger's server. Returns undefined when plain text says the same.
 */
export function markdownToHtml(text: string, mentions: Mentions = new Map()): string | undefined {
  const marked = new Marked({ gfm: true, breaks: true, async: false })
  marked.use({
    ...(mentions.size > 0 ? { extensions: [mentionExtension(mentions)] } : {}),
    renderer: {
      html: ({ text: raw }: Tokens.HTML | Tokens.Tag) => escapeHtml(raw),
      image: ({ href, text: label }: Tokens.Image) => `<a href="${escapeHtml(href)}">${escapeHtml(label || href)}</a>`,
      checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
    },
  })
  const html = (marked.parse(text) as string).trim()
  const single = /^<p>([\s\S]*)<\/p>$/.exec(html)
  const inner = single?.[1]
  if (inner !== undefined && !inner.includes('<p>')) {
    return /<(?!br\s*\/?>)/.test(inner) ? inner : undefined
  }
  // Several paragraphs of plain words read the same as plain text.
  return /<(?!\/?p>|br\s*\/?>)/.test(html) ? html : undefined
}

const address = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g

/** Plain text as HTML: paragraphs, line ends and addresses. */
export function plainToHtml(text: string): string {
  const line = (words: string): string => {
    let html = ''
    let last = 0
    for (const found of words.matchAll(address)) {
      html += escapeHtml(words.slice(last, found.index))
      html += `<a href="${escapeHtml(found[0])}">${escapeHtml(found[0])}</a>`
      last = found.index + found[0].length
    }
    return html + escapeHtml(words.slice(last))
  }
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.split('\n').map(line).join('<br>')}</p>`)
    .join('')
}
