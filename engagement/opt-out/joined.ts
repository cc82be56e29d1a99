import type { Word, Words } from './fold.ts'
import type { Index, Vocabulary } from './lexicon.ts'

const joinedLengthMin = 7
/** Nobody joins more than a sentence; a text without spaces must not cost more. */
const joinedLengthMax = 40
/** A message of one breath: in longer ones an unknown word is a name or a thing. */
const wordsMax = 3
const piecesMax = 6
const pieceLengthMin = 2
const pieceLengthMax = 16
/** Two letters each would make a sentence of anything. */
const pieceLengthMean = 2.75
/** More than the squares of all lengths together, so that one piece more is never lighter. */
const perPiece = (joinedLengthMax + 1) ** 2
/** A stem may be a piece with an ending; a short one would swallow words. */
const stemLengthMin = 3
const endingMax = 4

/**
 * The message with words taken apart that lost their spaces, as the languages that can would do it: 'nomoretexts',
 * 'dajtemipokoj'. Words that some language knows stay as they are.
 */
export function partJoined(taken: Words, isKnown: (word: Word) => boolean, index: Index): Words[] {
  if (taken.words.length > wordsMax) return []
  const isJoined = (word: Word) =>
    word.text.length >= joinedLengthMin && word.text.length <= joinedLengthMax && !isKnown(word)
  if (!taken.words.some(isJoined)) return []
  return [...index.vocabularies.values()].flatMap((vocabulary) => {
    const words = taken.words.flatMap((word): Word[] => {
      const pieces = isJoined(word) ? takenApartBy(vocabulary, word.text) : undefined
      return pieces?.map((text) => ({ text, unmasked: undefined, clause: word.clause })) ?? [word]
    })
    return words.length === taken.words.length ? [] : [{ ...taken, words }]
  })
}

/** The fewest and, of as few, the longest words of the language that make the word; undefined where none do. */
function takenApartBy(vocabulary: Vocabulary, word: string): string[] | undefined {
  const best: (Parting | undefined)[] = [{ pieces: [], weight: 0 }]
  for (let end = pieceLengthMin; end <= word.length; end += 1)
    for (let from = Math.max(0, end - pieceLengthMax); from <= end - pieceLengthMin; from += 1) {
      const before = best[from]
      if (before === undefined) continue
      const weight = before.weight + perPiece - (end - from) ** 2
      if (weight >= (best[end]?.weight ?? Number.POSITIVE_INFINITY)) continue
      const piece = word.slice(from, end)
      if (isPiece(vocabulary, piece)) best[end] = { pieces: [...before.pieces, piece], weight }
    }
  const pieces = best[word.length]?.pieces ?? []
  const isLikely = pieces.length > 1 && pieces.length <= piecesMax && word.length / pieces.length >= pieceLengthMean
  return isLikely ? pieces : undefined
}

type Parting = { readonly pieces: string[]; readonly weight: number }

function isPiece({ words, stems }: Vocabulary, piece: string): boolean {
  if (words.has(piece)) return true
  for (let length = Math.max(stemLengthMin, piece.length - endingMax); length <= piece.length; length += 1)
    if (stems.has(piece.slice(0, length))) return true
  return false
}
