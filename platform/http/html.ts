/** HTML that is safe by how it is written: whatever is put into a template is text, unless a template made it. */

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Piece = Html | string | number | undefined | false | readonly Piece[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Controls that turn the reading direction of what follows belong to nobody's name. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g

function escaped(text: string): string {
  return text.replace(turning, '').replace(/[&<>"']/g, (sign) => escapes[sign] ?? '')
}

export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(texts.map((text, at) => text + (at < pieces.length ? shown(pieces[at]) : '')).join(''))
}

function shown(piece: Piece): string {
  if (piece instanceof Html) return piece.text
  if (piece === undefined || piece === false) return ''
  return Array.isArray(piece) ? piece.map(shown).join('') : escaped(String(piece))
}
