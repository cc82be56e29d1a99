import type { Word } from './fold.ts'
import { type Entry, type Index, type Key, placesNear } from './lexicon.ts'

/** What a phrase of a lexicon was found to mean, and the words that it takes (the last one included). */
export type Find = { readonly entry: Entry; readonly from: number; readonly to: number; readonly isTypo: boolean }

const gapMax = 3
/** Shorter words are one slip away from too many others. */
const slipLengthMin = 5
/** And of those that deny something, longer ones are still one slip away from their opposite. */
const denialLengthMin = 6
/** Enough for any message; a text made of typos must not cost more. */
const typosMax = 60

/**
 * Every phrase that stands in the words, of every language. A word that no language knows is tried as a typo; where
 * `isEager`, also one that only another language knows.
 */
export function findPhrases(words: readonly Word[], index: Index, isEager = false): Find[] {
  const finds: Find[] = []
  let typos = 0
  for (let at = 0; at < words.length; at += 1) {
    const before = finds.length
    const addExact = (text: string, isTypo: boolean) => {
      for (const entry of entriesOf(text, index)) tryAt(entry, words, at, finds, isTypo)
    }
    for (const text of spellingsOf(words[at]!)) addExact(text, false)
    if ((finds.length > before && !isEager) || typos >= typosMax) continue
    typos += 1
    const single = words[at]!.text.replace(/(\p{L})\1/gu, '$1')
    if (finds.length === before && single !== words[at]!.text) addExact(single, true)
    const knowing = new Set(finds.slice(before).map(({ entry }) => entry.language))
    for (const text of spellingsOf(words[at]!))
      for (const entry of guess(text, index)) if (!knowing.has(entry.language)) tryAt(entry, words, at, finds, true)
  }
  return finds
}

/** The phrases whose first word this is, whole or by its stem. */
function entriesOf(text: string, index: Index): Entry[] {
  const entries = [...(index.exact.get(text) ?? [])]
  const most = Math.min(text.length, index.stemLengthMax)
  for (let length = 2; length <= most; length += 1) entries.push(...(index.stems.get(text.slice(0, length)) ?? []))
  return entries
}

/** Whether some phrase begins with the word as it stands. */
export function isKnownWord(word: Word, index: Index): boolean {
  return spellingsOf(word).some((text) => entriesOf(text, index).length > 0)
}

function spellingsOf(word: Word): string[] {
  return word.unmasked === undefined ? [word.text] : [word.text, word.unmasked]
}

function tryAt(entry: Entry, words: readonly Word[], at: number, finds: Find[], isTypo: boolean): void {
  const to = endOf(entry, words, at)
  if (to !== undefined) finds.push({ entry, from: at, to, isTypo })
}

/** Where the phrase that begins at `at` ends; undefined: it does not stand there. The first step has matched. */
function endOf(entry: Entry, words: readonly Word[], at: number): number | undefined {
  const clause = words[at]?.clause
  let next = at + 1
  for (let step = 1; step < entry.steps.length; step += 1) {
    const wanted = entry.steps[step]!
    if (wanted.kind === 'gap') continue
    const isAfterGap = entry.steps[step - 1]?.kind === 'gap'
    const last = next + (isAfterGap ? gapMax : 0)
    while (next <= last && !isWord(words[next], wanted.keys)) next += 1
    if (next > last || words[next]?.clause !== clause) return undefined
    next += 1
  }
  return next - 1
}

function isWord(word: Word | undefined, keys: readonly Key[]): boolean {
  return word !== undefined && keys.some((key) => isKey(word.text, key))
}

/** The words around it are known, so a slip may be taken for what is expected here. */
function isKey(word: string, { text, isStem }: Key): boolean {
  if (word[0] !== text[0]) return false
  if (isStem ? word.startsWith(text) : word === text) return true
  return text.length >= slipLengthMin && isOneSlipAway(word, text, isStem)
}

/** Phrases whose first word is one slip away: a letter more, less, other, or two that changed places. */
function guess(word: string, index: Index): Entry[] {
  if (word.length < 4 || /^\d+$/.test(word)) return []
  const entries = new Set<Entry>()
  for (const place of placesNear(word))
    for (const key of index.keys.get(place) ?? [])
      if (isOneSlipAway(word, key.text, key.isStem))
        for (const entry of key.entries) if (mayMean(word, key.text, entry)) entries.add(entry)
  return [...entries]
}

/**
 * In many languages the negation is the first letters of the word (nepište, napište), and some negations are one letter
 * away from their opposite (keine, kleine).
 */
function mayMean(word: string, key: string, { meaning }: Entry): boolean {
  // A vowel as second letter may make another prefix of it (nosūtiet, nusiųskite), a consonant is a slip (nrpište).
  if (meaning === 'nosend' || meaning === 'nowant')
    return key.length >= denialLengthMin && (startsAlike(word, key, 3) || /^n[^aeiouy]/.test(word))
  if (meaning !== 'neg') return true
  return startsAlike(word, key, 1) && (word.length <= key.length || /(.)\1/.test(word))
}

function startsAlike(word: string, key: string, letters: number): boolean {
  return word.startsWith(key.slice(0, letters))
}

/** Whether one letter more, less or other, or two that changed places, make the one of the other. */
function isOneSlipAway(word: string, key: string, isStem: boolean): boolean {
  if (key.length > word.length + 1 || (!isStem && word.length > key.length + 1)) return false
  let same = 0
  while (same < key.length && word[same] === key[same]) same += 1
  const areSwapped = word[same] === key[same + 1] && word[same + 1] === key[same]
  if (areSwapped && agrees(word, same + 2, key, same + 2, isStem)) return true
  // Of four letters, any other slip makes a word of its own too often: shop, step.
  if (key.length < slipLengthMin) return false
  const isOther = agrees(word, same + 1, key, same + 1, isStem)
  return isOther || agrees(word, same + 1, key, same, isStem) || agrees(word, same, key, same + 1, isStem)
}

function agrees(word: string, fromWord: number, key: string, fromKey: number, isStem: boolean): boolean {
  let at = fromWord
  for (let n = fromKey; n < key.length; n += 1, at += 1) if (word[at] !== key[n]) return false
  return isStem || at === word.length
}
