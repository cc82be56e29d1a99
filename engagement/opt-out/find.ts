import type { Word } from './fold.ts'
import type { Entry, Index } from './lexicon.ts'

/** What a phrase of a lexicon was found to mean, and the words that it takes (the last one included). */
export type Find = { readonly entry: Entry; readonly from: number; readonly to: number; readonly isTypo: boolean }

const gapMax = 3
/** Enough for any message; a text made of typos must not cost more. */
const typosMax = 60

/** Every phrase that stands in the words, of every language. A word that no language knows is tried as a typo. */
export function findPhrases(words: readonly Word[], index: Index): Find[] {
  const finds: Find[] = []
  let typos = 0
  for (let at = 0; at < words.length; at += 1) {
    const before = finds.length
    for (const text of spellingsOf(words[at]!)) {
      for (const entry of index.exact.get(text) ?? []) tryAt(entry, words, at, finds, false)
      const most = Math.min(text.length, index.stemLengthMax)
      for (let length = 2; length <= most; length += 1)
        for (const entry of index.stems.get(text.slice(0, length)) ?? []) tryAt(entry, words, at, finds, false)
    }
    if (finds.length > before || typos >= typosMax) continue
    typos += 1
    for (const text of spellingsOf(words[at]!))
      for (const entry of guess(text, index)) tryAt(entry, words, at, finds, true)
  }
  return finds
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
    while (next <= last && !isWord(words[next], wanted.texts)) next += 1
    if (next > last || words[next]?.clause !== clause) return undefined
    next += 1
  }
  return next - 1
}

function isWord(word: Word | undefined, wanted: readonly string[]): boolean {
  if (word === undefined) return false
  return wanted.some((text) => (text.endsWith('*') ? word.text.startsWith(text.slice(0, -1)) : word.text === text))
}

/** Phrases whose first word is one slip away: a letter more, less, other, or two that changed places. */
function guess(word: string, index: Index): Entry[] {
  if (word.length < 4 || /^\d+$/.test(word)) return []
  const near = index.keys.get(word[0]!) ?? []
  return near.filter(({ text, isStem }) => isOneSlipAway(word, text, isStem)).flatMap(({ entries }) => entries)
}

function isOneSlipAway(word: string, key: string, isStem: boolean): boolean {
  let same = 0
  while (same < key.length && word[same] === key[same]) same += 1
  const rest = (skipWord: number, skipKey: number) => {
    const ofKey = key.slice(same + skipKey)
    const ofWord = word.slice(same + skipWord)
    return isStem ? ofWord.startsWith(ofKey) : ofWord === ofKey
  }
  const areSwapped = word[same] === key[same + 1] && word[same + 1] === key[same]
  if (areSwapped && rest(2, 2)) return true
  // Of four letters, any other slip makes a word of its own too often: shop, step.
  if (key.length < 5) return false
  return rest(1, 1) || rest(1, 0) || rest(0, 1)
}
