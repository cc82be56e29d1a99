import { Html, html } from '#platform/api.ts'

export { Html, html, type Piece } from '#platform/api.ts'

/** Somebody's own words: in the serif, in the direction that they were written in, lines as they were. */
export function theirWords(text: string): Html {
  const lines = text.split(/\r?\n/).map((line) => html`${line}`.text)
  return new Html(`<span class="words" dir="auto">${lines.join('<br>')}</span>`)
}

const place = '\u0001'

/** A sentence around somebody's name, number or address, which keeps its own direction within it. */
export function around(sentence: (value: string) => string, value: string): Html {
  const [before = '', after = ''] = sentence(place).split(place)
  return html`${before}<bdi>${value}</bdi>${after}`
}
