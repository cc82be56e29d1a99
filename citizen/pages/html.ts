import { Html, html } from '#platform/api.ts'

export { Html, html, type Piece } from '#platform/api.ts'

/** Somebody's own words: in the serif, in the direction that they were written in, lines as they were. */
export function theirWords(text: string): Html {
  const lines = text.split(/\r?\n/).map((line) => html`${line}`.text)
  return new Html(`<span class="words" dir="auto">${lines.join('<br>')}</span>`)
}
