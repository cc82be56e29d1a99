/** Letters that do not come apart into a base letter and marks. */
const wholeLetters: Readonly<Record<string, string>> = {
  ...{ ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ς: 'σ', ґ: 'г' },
  ...{ ى: 'ي', ة: 'ه', ک: 'ك', ی: 'ي', ـ: '' },
}
const wholeLetter = new RegExp(`[${Object.keys(wholeLetters).join('')}]`, 'gu')

/** How people write these letters without them: Löschen, loeschen. */
const spelledOut: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }

/** Letters of other scripts that look like Latin ones: a word that is made of nothing else may be a Latin word in disguise. */
const lookalikes: Readonly<Record<string, string>> = {
  ...{ а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x', і: 'i', ј: 'j' },
  ...{
    ѕ: 's',
    տ: 's',
    ԁ: 'd',
    ԛ: 'q',
    ԝ: 'w',
    α: 'a',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    σ: 'o',
    τ: 't',
    υ: 'u',
  },
  ...{ χ: 'x', η: 'n', β: 'b', μ: 'm', ζ: 'z', ѵ: 'v', һ: 'h', ԍ: 'g', ӏ: 'l' },
}
const digitsAsLetters: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  $: 's',
  '@': 'a',
}

const invisible = /\p{Cf}|\u034f|\u115f|\u1160|\u17b4|\u17b5|[\ufe00-\ufe0f]/gu

/** Compatibility form, small letters, no marks, nothing invisible: what all spellings of the same word share. */
export function fold(text: string): string {
  const small = text.normalize('NFKC').replace(invisible, '').toLowerCase()
  const bare = small.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC')
  return bare.replace(wholeLetter, (letter) => wholeLetters[letter] ?? letter)
}

/** The other spelling of a word with umlauts or Nordic letters; undefined where it has none. */
export function spellOut(text: string): string | undefined {
  const small = text.normalize('NFC').toLowerCase()
  const spelled = small.replace(/[äöüåø]/gu, (letter) => spelledOut[letter] ?? letter)
  return spelled === small ? undefined : fold(spelled)
}

/** A folded word without its disguise (st0p, ѕтор); undefined where it wears none. */
export function unmask(word: string): string | undefined {
  if (/^[a-z]+$/.test(word)) return undefined
  const hasLetter = /\p{L}/u.test(word)
  const plain = [...word].map((letter) => (hasLetter ? (digitsAsLetters[letter] ?? letter) : letter))
  const latin = plain.map((letter) => lookalikes[letter] ?? letter).join('')
  if (latin === word || !/^[a-z]+$/.test(latin)) return plain.join('') === word ? undefined : plain.join('')
  return latin
}

export type Word = {
  readonly text: string
  /** The word in Latin letters where it looked like one and was not. */
  readonly unmasked: string | undefined
  readonly clause: number
}

export type Words = {
  readonly words: readonly Word[]
  /** Numbers of the clauses that end with a question mark. */
  readonly questions: ReadonlySet<number>
}

/** Signs that say stop without a word. */
const stopSigns = '🛑⛔🚫📵🔕🔇📴'
const pieces = new RegExp(`[${stopSigns}]|[\\p{L}\\p{N}$@]+|[?؟;;]|[.!,:\\n،؛…()]|\\s[-–—]\\s`, 'gu')

/** Takes a text apart into folded words and clauses; `most` bounds how many words are looked at. */
export function takeApart(text: string, most: number): Words {
  const words: Word[] = []
  const questions = new Set<number>()
  let clause = 0
  for (const [piece] of joinLetters(fold(text)).matchAll(pieces)) {
    if (words.length >= most) break
    if (/^[\p{L}\p{N}$@]/u.test(piece) || stopSigns.includes(piece)) {
      const plain = piece.replace(/(\p{L})\1{2,}/gu, '$1')
      words.push({ text: plain, unmasked: unmask(plain), clause })
    } else {
      if (/[?؟;]/.test(piece)) questions.add(clause)
      clause += 1
    }
  }
  return { words, questions }
}

/** S T O P and s.t.o.p become one word. */
function joinLetters(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}])\p{L}(?:[ .\-_*]\p{L}){3,11}(?![\p{L}\p{N}])/gu, (spaced) =>
    spaced.replace(/[ .\-_*]/g, ''),
  )
}
