import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The phrases in engagement/opt-out/corpus/, whose README explains format and labels. */
const corpus = join(import.meta.dirname, '..', '..', '..', 'engagement', 'opt-out', 'corpus')

/** The corpus that was written before the parser, parted by hash. */
export const parts = ['tuning', 'held-out'] as const
/** What was written while the parser was worked on, by who knew it; nothing in it could stand in the held-out part. */
export const later = 'added'
export type Part = (typeof parts)[number] | typeof later

export const labels = ['stop', 'unsure', 'none', 'start', 'help', 'yes', 'no'] as const
export type Label = (typeof labels)[number]
export type Scope = 'programme' | 'agency' | 'government'

export type Phrase = {
  readonly language: string
  readonly part: Part
  readonly label: Label
  /** Of what is labelled `stop`. */
  readonly scope: Scope | undefined
  readonly kind: 'sms' | 'mail'
  readonly text: string
  /** The first spelling on the line; equal to `text` unless this is a variant of it. */
  readonly base: string
}

export function readCorpus(part: Part): Phrase[] {
  const folder = join(corpus, part)
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readPhrases(readFileSync(join(folder, name), 'utf8'), name.slice(0, 2), part))
}

function readPhrases(text: string, language: string, part: Part): Phrase[] {
  const phrases: Phrase[] = []
  let section = readSection('none', language)
  for (const line of text.split('\n')) {
    const heading = /^\[(.+)\]$/.exec(line)?.[1]
    if (heading !== undefined) section = readSection(heading, language)
    else if (line.trim() !== '') {
      const spellings = line.split(' | ').map((spelling) => spelling.replaceAll('\\n', '\n'))
      const [base = ''] = spellings
      for (const spelling of spellings) phrases.push({ language, part, ...section, text: spelling, base })
    }
  }
  return phrases
}

function readSection(heading: string, language: string): Pick<Phrase, 'label' | 'scope' | 'kind'> {
  const [label, more, ...rest] = heading.split(' ')
  const known = labels.find((each) => each === label)
  const scope = more === 'agency' || more === 'government' ? more : undefined
  if (known === undefined || rest.length > 0 || (more !== undefined && more !== 'mail' && scope === undefined))
    throw new Error(`${language}.txt has a section [${heading}] that the README does not know.`)
  return {
    label: known,
    scope: known === 'stop' ? (scope ?? 'programme') : undefined,
    kind: more === 'mail' ? 'mail' : 'sms',
  }
}

/** Letters and digits only, without case and marks: what two spellings of the same words share. */
export function bareLetters(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFD')
  const letters = plain.replace(/[^\p{L}\p{N}]/gu, '')
  return letters === '' ? plain : letters
}

/** The part that a line belongs to, by its first spelling as it stands in the file. */
export function partOf(base: string): (typeof parts)[number] {
  const [first = 0] = createHash('sha256').update(bareLetters(base)).digest()
  return first % 3 === 0 ? 'held-out' : 'tuning'
}
