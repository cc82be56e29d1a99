import { fold, spellOut } from './fold.ts'

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

export type Meaning = Exclude<keyof Lexicon, 'latin'>

/** Words that people use in every language. */
const everywhere: Partial<Record<Meaning, string>> = {
  fill: 'please, pls, plz, thanks, thank, you, thx, hello, hi, hey, sorry, bitte, danke, merci, svp, favor, por, gracias, grazie, obrigado',
  alone: 'stopall, arret, 🛑, ⛔, 🚫, 📵, optout, opt out',
  halt: 'stop, stopp',
  leave: 'unsubscribe, unsub',
  obj: 'sms, newsletter, spam, msg, mail, mails, email, e mail, emails',
  gov: 'gov',
  start: 'start, unstop',
  help: 'help, info',
  yes: 'ok, okay, y',
  unsure: '=spam',
}

type Step = { readonly kind: 'word'; readonly texts: readonly string[] } | { readonly kind: 'gap' }

export type Entry = {
  readonly language: string
  readonly meaning: Meaning
  /** The first step is a word. */
  readonly steps: readonly Step[]
  readonly isWhole: boolean
}

/** Phrases by the beginning of their first word. */
export type Index = {
  readonly exact: ReadonlyMap<string, readonly Entry[]>
  readonly stems: ReadonlyMap<string, readonly Entry[]>
  readonly stemLengthMax: number
  /** Words and stems that are long enough to be known in spite of a typo, by first letter. A stem ends in `*`. */
  readonly keys: ReadonlyMap<string, readonly { text: string; isStem: boolean; entries: readonly Entry[] }[]>
}

/** Only these may be found in spite of a typo: a wrong guess at the others would cost more than it brings. */
const typosMatter = new Set<Meaning>([
  'alone',
  'leave',
  'halt',
  'send',
  'nosend',
  'obj',
  'nowant',
  'remove',
  'withdraw',
])

export function indexLexicons(lexicons: Readonly<Record<string, Lexicon>>): Index {
  const exact = new Map<string, Entry[]>()
  const stems = new Map<string, Entry[]>()
  for (const [language, lexicon] of Object.entries(lexicons)) {
    for (const meaning of Object.keys(lexicon).filter((key): key is Meaning => key !== 'latin')) {
      const phrases = `${lexicon[meaning]}, ${everywhere[meaning] ?? ''}`.split(',').map((phrase) => phrase.trim())
      for (const phrase of new Set(phrases.flatMap((each) => spellings(each, lexicon.latin)))) {
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
  }
}

function keysOf(exact: Map<string, Entry[]>, stems: Map<string, Entry[]>): Index['keys'] {
  const keys = new Map<string, { text: string; isStem: boolean; entries: readonly Entry[] }[]>()
  for (const [map, isStem] of [
    [exact, false],
    [stems, true],
  ] as const) {
    for (const [text, all] of map) {
      const entries = all.filter((entry) => typosMatter.has(entry.meaning))
      if (entries.length === 0 || text.length < 4 || (isStem && text.length < 5)) continue
      const letter = text[0] ?? ''
      keys.set(letter, [...(keys.get(letter) ?? []), { text, isStem, entries }])
    }
  }
  return keys
}

/** Without marks, spelled out, and in Latin letters; apostrophes and hyphens part words as they do in a message. */
function spellings(phrase: string, latin: Lexicon['latin']): string[] {
  if (phrase === '') return []
  const spaced = phrase.replace(/['’-]/g, ' ')
  const folded = fold(spaced)
  const inLatin = latin === undefined ? folded : [...folded].map((letter) => latin[letter] ?? letter).join('')
  return [folded, spellOut(spaced) ?? folded, inLatin]
}

function readStep(text: string): Step {
  return text === '..' ? { kind: 'gap' } : { kind: 'word', texts: text.split('/') }
}
