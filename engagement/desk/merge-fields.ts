/**
 * Filling in the gaps of a canned reply. A template may show fields, choose between words by them, and shape them with a few
 * filters. It reaches nothing else: no file, no other template, no member that an object inherits. What a field holds is put in
 * as it is and never read as a template.
 */
import { Context, Liquid, type Template } from 'liquidjs'
import { limits, refuse } from '#platform/api.ts'

export type MergeFields = {
  readonly person: { readonly name: string; readonly language: string }
  readonly staff: { readonly name: string }
  readonly agency: { readonly name: string }
  readonly conversation: { readonly reference: string; readonly channel: string }
  /** The day, as people write it in the language of the reply. */
  readonly today: string
}

const tags: ReadonlySet<string> = new Set(['if', 'unless', 'case', 'comment'])
const filters: ReadonlySet<string> = new Set(['default', 'upcase', 'downcase', 'capitalize', 'strip', 'truncate'])

const engine = limited()

function limited(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    parseLimit: limits.cannedReplyCharsMax,
    renderLimit: limits.cannedRenderMs,
    memoryLimit: limits.cannedRenderedCharsMax,
    // Nothing is included, so nothing is looked for.
    templates: {},
  })
  for (const tag of Object.keys(liquid.tags)) if (!tags.has(tag)) delete liquid.tags[tag]
  for (const filter of Object.keys(liquid.filters)) if (!filters.has(filter)) delete liquid.filters[filter]
  return liquid
}

/** An example of everything that there is, for trying templates out. */
const example: MergeFields = {
  person: { name: 'Maria', language: 'en' },
  staff: { name: 'Jo' },
  agency: { name: 'Agency' },
  conversation: { reference: 'ABC234', channel: 'SMS' },
  today: '1 January 2030',
}

/** Refuses what cannot be filled in, in words for whoever wrote it. */
export function checkTemplate(text: string): void {
  fill(text, example)
}

export function fill(text: string, fields: MergeFields): string {
  let filled: string
  try {
    const template: Template[] = engine.parse(text)
    filled = String(engine.renderSync(template, new Context({ ...fields }, engine.options, { sync: true })))
  } catch (error) {
    throw unfit(error instanceof Error ? withoutContext(error.message) : 'it is no template')
  }
  if (filled.length > limits.cannedRenderedCharsMax) throw unfit('more comes of it than one message holds')
  return filled
}

function unfit(why: string): Error {
  return refuse(
    'M_INVALID_PARAM',
    `The text cannot be filled in: ${why}. Fields look like {{ person.name }}; there are person.name, person.language, ` +
      'staff.name, agency.name, conversation.reference, conversation.channel and today.',
  )
}

/** The library shows the lines around the mistake after the first one. */
function withoutContext(message: string): string {
  return message.split('\n')[0] ?? message
}
