import { Parser } from 'htmlparser2'
import type { PageFacts } from './types.ts'

// Runs in the child. The parser (MIT) walks the text once and calls back; nothing is built from it.

const propertiesMax = 40
const nameLengthMax = 64
const valueLengthMax = 2_000
/** Where pages without a description begin to say something. */
const paragraphLengthMin = 40

/** What a page says of itself in its head; a description is taken from its first paragraph if need be. */
export function readPage(page: Buffer, contentType: string | undefined): PageFacts {
  const found = new Found()
  const parser = new Parser(
    {
      onopentag: (name, attributes) => found.open(name, attributes),
      ontext: (text) => found.text(text),
      onclosetag: (name) => found.close(name),
    },
    { lowerCaseTags: true, lowerCaseAttributeNames: true, decodeEntities: true },
  )
  parser.end(textOf(page, contentType))
  return found.facts()
}

class Found {
  readonly #properties = new Map<string, string>()
  readonly #named = new Map<string, string>()
  #base: string | undefined
  #imageLink: string | undefined
  #title = ''
  #paragraph = ''
  /** What the text that comes belongs to; the words of scripts and styles belong to nothing. */
  #inside: 'title' | 'paragraph' | undefined
  #hasTitle = false
  #hasParagraph = false

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'meta') this.#meta(attributes)
    else if (name === 'base') this.#base ??= attributes.href
    else if (name === 'link' && /(^|\s)image_src(\s|$)/i.test(attributes.rel ?? '')) this.#imageLink ??= attributes.href
    else if (name === 'title' && !this.#hasTitle) this.#inside = 'title'
    else if (name === 'p' && !this.#hasParagraph) this.#inside = 'paragraph'
    else if (name === 'script' || name === 'style' || name === 'svg') this.#inside = undefined
  }

  text(text: string): void {
    if (this.#inside === 'title') this.#title = (this.#title + text).slice(0, valueLengthMax)
    if (this.#inside === 'paragraph') this.#paragraph = (this.#paragraph + text).slice(0, valueLengthMax)
  }

  close(name: string): void {
    if (name === 'title') this.#hasTitle ||= clean(this.#title) !== ''
    if (name === 'p' && !this.#hasParagraph) {
      this.#hasParagraph = clean(this.#paragraph).length >= paragraphLengthMin
      if (!this.#hasParagraph) this.#paragraph = ''
    }
    if (name === 'title' || name === 'p') this.#inside = undefined
  }

  #meta(attributes: Record<string, string>): void {
    const value = clean(attributes.content ?? '')
    const name = (attributes.property ?? attributes.name ?? '').trim().toLowerCase()
    if (value === '' || name === '' || name.length > nameLengthMax) return
    const into = name.startsWith('og:') ? this.#properties : this.#named
    if (!into.has(name) && into.size < propertiesMax) into.set(name, value)
  }

  facts(): PageFacts {
    const first = (...values: (string | undefined)[]) => values.find((value) => value !== undefined && value !== '')
    const [named, properties] = [this.#named, this.#properties]
    const title = first(properties.get('og:title'), named.get('twitter:title'), clean(this.#title))
    const description = first(
      properties.get('og:description'),
      named.get('twitter:description'),
      named.get('description'),
      this.#hasParagraph ? clean(this.#paragraph) : undefined,
    )
    const og = (name: string) => properties.get(`og:image${name}`)
    const image = first(og(':secure_url'), og(''), og(':url'), named.get('twitter:image'), this.#imageLink)
    return {
      properties: Object.fromEntries(properties),
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(image !== undefined && { image }),
      ...(this.#base !== undefined && { base: this.#base }),
    }
  }
}

/** One line of words: no control characters, and none that turn the direction of what stands around it. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .toWellFormed()
    .trim()
    .slice(0, valueLengthMax)
    .toWellFormed()
}

/** https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding, as far as it matters here. */
function textOf(page: Buffer, contentType = ''): string {
  const head = page.toString('latin1', 0, 1_024)
  const mark = /^\xef\xbb\xbf/.test(head)
    ? 'utf-8'
    : /^\xff\xfe/.test(head)
      ? 'utf-16le'
      : /^\xfe\xff/.test(head) && 'utf-16be'
  const said = mark || charsetIn(contentType) || charsetIn(/<meta[^>]+charset[^>]*>/i.exec(head)?.[0] ?? '')
  const charset = said && isKnown(said) ? said : isUtf8(page) ? 'utf-8' : 'windows-1252'
  return new TextDecoder(charset).decode(page)
}

function charsetIn(text: string): string | undefined {
  return /charset\s*=\s*["']?\s*([\w:.-]{1,40})/i.exec(text)?.[1]
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset) !== undefined
  } catch {
    return false
  }
}

/** A page that was cut off may end within a character. */
function isUtf8(page: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(page, { stream: true })
    return true
  } catch {
    return false
  }
}
