import { classify } from '../opt-out/classify.ts'
import { ownWords } from '../opt-out/own-words.ts'
import type { AddressKind } from '../people/types.ts'
import { answerIn } from './question-texts.ts'
import type { Reading } from './stop-dialogue.ts'

/** A command with a greeting round it is still nothing but a command. */
const bareWordsMax = 5

/** Words that are a whole message in any language, by what the parser calls them. */
const wordOf = { start: 'start', help: 'help', yes: 'yes', no: 'no' } as const

/** What a citizen's message means for what she wants to get; languages are BCP 47, the likeliest first. */
export function readWords(text: string, languages: readonly string[], kind: AddressKind): Reading {
  const by = kind === 'mail' ? 'mail' : 'sms'
  const own = by === 'mail' ? ownWords(text) : text
  const { outcome, scope } = classify(text, { kind: by, languages: languages.map((tag) => tag.split('-')[0] ?? tag) })
  const word = answerIn(own) ?? (Object.hasOwn(wordOf, outcome) ? wordOf[outcome as keyof typeof wordOf] : undefined)
  const count = own.split(/\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part)).length
  return {
    outcome: outcome === 'stop' || outcome === 'unsure' ? outcome : 'none',
    reach: scope ?? 'programme',
    word,
    isBare: count <= bareWordsMax,
  }
}
