import { fold, spellOut } from './fold.ts'
import { everywhere } from './words/everywhere.ts'

/**
 * The words of one language by what they mean here. Each list is one text, its phrases parted by commas: a phrase is words;
 * `stem*` stands for every word that begins so, `a/b` for either, `..` for up to three words of any kind, and `=` before
 * a phrase means that it must be the whole message.
 */
export type Lexicon = {
  /** Politeness, pronouns, articles: what changes nothing, and by which the language is known. */
  readonly fill: string
  /** Enough when it stands alone: end, cancellation. */
  readonly alone: string
  /** Unsubscribe, opt out. */
  readonly leave: string
  /** Stop, cease, cancel, turn off: of messages, or alone. */
  readonly halt: string
  /** Send, write, bother. */
  readonly send: string
  /** The same with its negation in one word or phrase. */
  readonly nosend: string
  /** Messages, reminders, newsletter. */
  readonly obj: string
  /** These, them, any more. */
  readonly these: string
  readonly neg: string
  readonly want: string
  /** The same with its negation in one word or phrase; also 'no longer need'. */
  readonly nowant: string
  /** Remove, delete, strike. */
  readonly remove: string
  /** Me, my number, the list. */
  readonly mine: string
  /** Withdraw, revoke, object. */
  readonly withdraw: string
  readonly consent: string
  /** Whole phrases that tell us to go, or that she is out. */
  readonly away: string
  /** What else could be ended, deleted, withdrawn: appointment, contract, benefit. */
  readonly other: string
  /** How, can one. */
  readonly how: string
  readonly why: string
  /** Received, arrives: a report about messages. */
  readonly got: string
  /** Keep on, do not stop. */
  readonly keep: string
  /** Less, at night, for two weeks, my data. */
  readonly limit: string
  /** What may be an opt-out, said anywhere. */
  readonly unsure: string
  /** What only sounds like it: 'it says reply STOP', 'let me think'. */
  readonly aside: string
  /** Everything, nothing at all. */
  readonly all: string
  /** From you, of your office. */
  readonly you: string
  /** Authorities, the state. */
  readonly gov: string
  readonly start: string
  readonly help: string
  readonly yes: string
  readonly no: string
  /** Letters of this language's script as people write them in Latin ones, if they do. */
  readonly latin?: Readonly<Record<string, string>>
}

/** Politeness and requests have one list for all languages. */
export type Meaning = Exclude<keyof Lexicon, 'latin'> | 'polite' | 'request'

/** A word as a lexicon spells it; a stem stands for every word that begins so. */
export type Key = { readonly text: string; readonly isStem: boolean }

type Step = { readonly kind: 'word'; readonly keys: readonly Key[] } | { readonly kind: 'gap' }

export type Entry = {
  readonly language: string
  readonly meaning: Meaning
  /** The first step is a word. */
  readonly steps: readonly Step[]
  readonly isWhole: boolean
}

/** The words of one language that stand in its phrases, whole and as stems. */
export type Vocabulary = { readonly words: ReadonlySet<string>; readonly stems: ReadonlySet<string> }

/** Phrases by the beginning of their first word. */
export type Index = {
  readonly exact: ReadonlyMap<string, readonly Entry[]>
  readonly stems: ReadonlyMap<string, readonly Entry[]>
  readonly stemLengthMax: number
  /** Words and stems that are long enough to be known in spite of a typo, by `placesOf`. */
  readonly keys: ReadonlyMap<string, readonly { text: string; isStem: boolean; entries: readonly Entry[] }[]>
  readonly vocabularies: ReadonlyMap<string, Vocabulary>
}

export function indexLexicons(lexicons: Readonly<Record<string, Lexicon>>): Index {
  const exact = new Map<string, Entry[]>()
  const stems = new Map<string, Entry[]>()
  for (const [language, lexicon] of Object.entries(lexicons)) {
    for (const meaning of meaningsOf(lexicon)) {
      const own = isOfAll(meaning) ? '' : lexicon[meaning]
      const phrases = `${own}, ${everywhere[meaning] ?? ''}`.split(',').map((phrase) => phrase.trim())
      for (const phrase of new Set(phrases.flatMap((each) => spellings(each, meaning, lexicon.latin)))) {
        const isWhole = phrase.startsWith('=')
        const [first, ...rest] = phrase.replace('=', '').split(' ')
        for (const head of (first ?? '').split('/').filter((each) => each !== '')) {
          const entry: Entry = { language, meaning, isWhole, steps: [head, ...rest].map(readStep) }
          const isStem = head.endsWith('*')
          const map = isStem ? stems : exact
          const key = isStem ? head.slice(0, -1) : head
          map.set(key, [...(map.get(key) ?? []), entry])
        }
      }
    }
  }
  return {
    exact,
    stems,
    stemLengthMax: Math.max(...[...stems.keys()].map((key) => key.length)),
    keys: keysOf(exact, stems),
    vocabularies: vocabulariesOf([...exact.values(), ...stems.values()].flat()),
  }
}

function vocabulariesOf(entries: readonly Entry[]): Index['vocabularies'] {
  const vocabularies = new Map<string, { words: Set<string>; stems: Set<string> }>()
  for (const { language, steps } of entries) {
    const own = vocabularies.get(language) ?? { words: new Set(), stems: new Set() }
    vocabularies.set(language, own)
    for (const step of steps)
      if (step.kind === 'word') for (const { text, isStem } of step.keys) (isStem ? own.stems : own.words).add(text)
  }
  return vocabularies
}

/** A wrong guess at these turns the whole message; a rude word alone is one slip away from many harmless ones. */
const neverGuessed = new Set<Meaning>(['unsure', 'limit', 'other', 'start', 'help', 'yes', 'no'])

function mayBeGuessed({ meaning, steps }: Entry): boolean {
  return !neverGuessed.has(meaning) && (meaning !== 'away' || steps.length > 1)
}

/**
 * Where a key is found: by its first two letters, and by its first and third, in case the second slipped. A word that is
 * one slip away has its first letter and, at the second or third place, one of these.
 */
function placesOf(key: string): string[] {
  return [`${key[0]}${key[1]}`, `${key[0]}.${key[2]}`]
}

/** Where keys that are one slip away from a word may be found. */
export function placesNear(word: string): ReadonlySet<string> {
  const [first, second, third] = word
  return new Set([`${first}${second}`, `${first}${third}`, `${first}.${second}`, `${first}.${third}`])
}

function meaningsOf(lexicon: Lexicon): Meaning[] {
  return [
    ...Object.keys(lexicon).filter((key): key is keyof Omit<Lexicon, 'latin'> => key !== 'latin'),
    'polite',
    'request',
  ]
}

/** What no language has a list of its own for. */
function isOfAll(meaning: Meaning): meaning is 'polite' | 'request' {
  return meaning === 'polite' || meaning === 'request'
}

function keysOf(exact: Map<string, Entry[]>, stems: Map<string, Entry[]>): Index['keys'] {
  const keys = new Map<string, { text: string; isStem: boolean; entries: readonly Entry[] }[]>()
  for (const [map, isStem] of [
    [exact, false],
    [stems, true],
  ] as const) {
    for (const [text, all] of map) {
      const trusted = all.filter(mayBeGuessed)
      // Of four letters only commands: any other short word is one slip away from too many.
      const entries = text.length === 4 ? trusted.filter((entry) => entry.meaning === 'halt') : trusted
      if (entries.length === 0 || text.length < 4 || (isStem && text.length < 5)) continue
      for (const place of placesOf(text)) keys.set(place, [...(keys.get(place) ?? []), { text, isStem, entries }])
    }
  }
  return keys
}

const latinLengthMin = 4

/** Without marks, spelled out, and in Latin letters; apostrophes and hyphens part words as they do in a message. */
function spellings(phrase: string, meaning: Meaning, latin: Lexicon['latin']): string[] {
  if (phrase === '') return []
  const spaced = phrase.replace(/['’-]/g, ' ')
  const folded = fold(spaced)
  const inLatin = latin === undefined ? folded : [...folded].map((letter) => latin[letter] ?? letter).join('')
  // A short command in Latin letters is a word of another language too often.
  const isCommand = meaning === 'away' || meaning === 'alone' || meaning === 'halt' || meaning === 'leave'
  const isTooShort = isCommand && inLatin.length < latinLengthMin
  return [folded, spellOut(spaced) ?? folded, isTooShort ? folded : inLatin]
}

function readStep(text: string): Step {
  return text === '..' ? { kind: 'gap' } : { kind: 'word', keys: text.split('/').map(readKey) }
}

function readKey(text: string): Key {
  return text.endsWith('*') ? { text: text.slice(0, -1), isStem: true } : { text, isStem: false }
}
