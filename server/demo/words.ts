import { Marked } from 'marked'
import type { JsonObject } from '#matrix/api.ts'

export type Named = { readonly matrixId: string; readonly name: string }

/** Words as a client would send them: the plain text, its Markdown as HTML, and whom it mentions. */
export function wordsOf(
  text: string,
  people: ReadonlyMap<string, Named>,
): { content: JsonObject; mentioned: string[] } {
  const mentioned = new Set<string>()
  let everybody = false
  const named = (link: (person: Named) => string) =>
    text.replace(/@([a-z]+)\b/g, (whole, key: string) => {
      if (key === 'room') everybody = true
      const person = people.get(key)
      if (person === undefined) return whole
      mentioned.add(person.matrixId)
      return link(person)
    })
  const body = named((person) => `@${person.name}`)
  const html = htmlOf(
    named((person) => `[@${person.name}](https://matrix.to/#/${encodeURIComponent(person.matrixId)})`),
  )
  const mentions: JsonObject = {}
  if (mentioned.size > 0) mentions.user_ids = [...mentioned]
  if (everybody) mentions.room = true
  const content: JsonObject = { msgtype: 'm.text', body, 'm.mentions': mentions }
  if (html !== undefined) Object.assign(content, { format: 'org.matrix.custom.html', formatted_body: html })
  return { content, mentioned: [...mentioned] }
}

const marked = new Marked({ gfm: true, breaks: true, async: false })

/** Undefined when plain text says the same. */
function htmlOf(markdown: string): string | undefined {
  const html = (marked.parse(markdown) as string).trim()
  const inner = /^<p>((?:(?!<p>)[\s\S])*)<\/p>$/.exec(html)?.[1] ?? html
  return /<(?!br>|\/?p>)/.test(inner) ? inner : undefined
}

/** The same words as the replacement of an earlier message. https://spec.matrix.org/v1.19/client-server-api/#event-replacements */
export function editOf(eventId: string, content: JsonObject): JsonObject {
  const { formatted_body: html } = content
  return {
    msgtype: 'm.text',
    body: `* ${content.body}`,
    ...(html === undefined ? {} : { format: 'org.matrix.custom.html', formatted_body: `* ${html}` }),
    'm.mentions': {},
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  }
}
