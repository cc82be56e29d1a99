/**
 * From text to the words that search compares: Unicode NFKC, without case, without what is not seen and without marks that
 * people leave out when they write in a hurry (accents, Hebrew points, Arabic vowel signs).
 *
 * - Scripts that separate words: runs of letters, marks and digits. "don't" is two words, "example.com" too.
 * - Thai, Lao, Khmer and Burmese: words as ICU's dictionaries find them.
 * - Chinese and Japanese: every character and every pair of neighbours, because a dictionary divides a word within a sentence
 *   otherwise than the same word alone.
 */

/** Longer runs are keys and numbers, which are found by their beginning. */
const wordLengthMax = 64
/** Normalising may make text longer by as much as 18 times. */
const textLengthMax = 100_000

const ascii = /^[\0-\x7f]*$/
const run = /[\p{L}\p{M}\p{N}]+/gu
const writtenRun = /[\p{L}\p{M}\p{N}\p{Default_Ignorable_Code_Point}]+/gu
const asciiRun = /[a-z0-9]+/g
const unseen = /\p{Default_Ignorable_Code_Point}|ـ/gu
/** The voice marks of kana make other letters, and stay. */
const omittedMarks = /(?![\u3099\u309a])(?=\p{Mn})[\p{sc=Zinh}\p{sc=Hebr}\p{sc=Arab}]/gu
/** Letters with a stroke, which Unicode does not take apart. */
const strokes: Readonly<Record<string, string>> = { ø: 'o', đ: 'd', ł: 'l', ħ: 'h', ŧ: 't', æ: 'ae', œ: 'oe' }
const stroked = /[øđłħŧæœ]/g
const inPairs = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}`
const inDictionaries = String.raw`\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`
const byScript = new RegExp(
  `(?<pairs>[${inPairs}]+)|(?<dictionary>[${inDictionaries}]+)|(?<plain>[^${inPairs}${inDictionaries}]+)`,
  'gu',
)
const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/** The words of a text that is to be found, each once, `max` at most. */
export function wordsOf(text: string, max: number): string[] {
  return [...collect(text, max, piecesToFind)]
}

/** The words that a text must have to be what somebody looks for. */
export function wordsWanted(text: string, max: number): string[] {
  return [...collect(text, max, piecesWanted)]
}

/** How often the text has each of the words, for ranking; only words that it has. */
export function occurrences(text: string, words: ReadonlySet<string>): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>()
  let length = 0
  for (const word of walk(text, piecesToFind)) {
    length += 1
    if (words.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return { counts, length }
}

/** The words as they are written in the text, for clients that mark them; where a script separates words. */
export function writtenForms(text: string, words: ReadonlySet<string>, max: number): string[] {
  const forms = new Set<string>()
  for (const [written] of cut(text).matchAll(writtenRun)) {
    const [word, other] = walk(written, piecesWanted)
    if (other === undefined && word !== undefined && words.has(word)) forms.add(written)
    if (forms.size >= max) break
  }
  return [...forms]
}

type Pieces = (text: string) => Iterable<string>

function collect(text: string, max: number, pieces: Pieces): Set<string> {
  const words = new Set<string>()
  for (const word of walk(text, pieces)) {
    words.add(word)
    if (words.size >= max) break
  }
  return words
}

function* walk(text: string, pieces: Pieces): Generator<string> {
  if (ascii.test(text)) {
    for (const [word] of cut(text).toLowerCase().matchAll(asciiRun)) yield word.slice(0, wordLengthMax)
    return
  }
  for (const [found] of folded(text).matchAll(run)) {
    for (const { groups } of found.matchAll(byScript)) {
      if (groups?.plain !== undefined) yield groups.plain.slice(0, wordLengthMax)
      else if (groups?.pairs !== undefined) yield* pieces(groups.pairs)
      else if (groups?.dictionary !== undefined) yield* dictionaryWords(groups.dictionary)
    }
  }
}

/** Upper case first: ß becomes ss, and both forms of sigma are one. */
export function folded(text: string): string {
  const plain = cut(text).normalize('NFKC').slice(0, textLengthMax).replace(unseen, '')
  const marked = plain.toUpperCase().toLowerCase().normalize('NFD')
  return marked
    .replace(omittedMarks, '')
    .replace(stroked, (letter) => strokes[letter] ?? letter)
    .normalize('NFC')
}

function cut(text: string): string {
  return text.length > textLengthMax ? text.slice(0, textLengthMax) : text
}

function* dictionaryWords(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment.slice(0, wordLengthMax)
}

function* piecesToFind(text: string): Generator<string> {
  let before = ''
  for (const character of text) {
    yield character
    if (before !== '') yield before + character
    before = character
  }
}

function* piecesWanted(text: string): Generator<string> {
  const characters = [...text]
  if (characters.length === 1) yield text
  for (let n = 1; n < characters.length; n += 1) yield `${characters[n - 1]}${characters[n]}`
}
