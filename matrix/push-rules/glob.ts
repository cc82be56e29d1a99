/**
 * Glob patterns of push rules: `*` is any text, `?` one character, letters match regardless of case.
 * https://spec.matrix.org/v1.19/appendices/#glob-style-matching
 *
 * No regular expressions: patterns come from users and texts from strangers. A pattern is cut at its stars, and each
 * piece is put at the first place where it fits; an earlier place never spoils a later piece, so nothing is ever
 * taken back and the work is at most the text's length times the longest piece.
 */

/** Longer patterns match nothing. This bounds the work that one rule can cause. */
export const globLengthMax = 255

export interface Glob {
  /** The pattern fits the whole text. */
  matchesWhole(text: string): boolean
  /** The pattern fits a part of the text that begins and ends at word boundaries. */
  matchesWords(text: string): boolean
}

/** One piece between stars: code points, or `anyCharacter`. */
type Piece = readonly number[]

const anyCharacter = -1
const star = 0x2a
const questionMark = 0x3f

const nothing: Glob = { matchesWhole: () => false, matchesWords: () => false }

export function compileGlob(pattern: string): Glob {
  if (pattern.length > globLengthMax) return nothing
  const lowered = pattern.toLowerCase()
  if (!/[*?]/.test(lowered)) return literal(lowered)
  const pieces = cutAtStars(lowered)
  return {
    matchesWhole: (text) => fitsWhole(pieces, codePoints(text.toLowerCase())),
    matchesWords: (text) => fitsWords(pieces, codePoints(text.toLowerCase())),
  }
}

/**
 * Most patterns are plain types, and most events have another one, so the length is asked before anything is copied.
 * Lower case has as many units as what it came from, but for one letter, whose dot then stands alone.
 */
function literal(lowered: string): Glob {
  const mayGrow = lowered.includes('\u0307')
  return {
    matchesWhole: (text) => {
      if (text.length !== lowered.length && !mayGrow) return false
      return text === lowered || text.toLowerCase() === lowered
    },
    matchesWords: (text) => containsWords(text.toLowerCase(), lowered),
  }
}

/**
 * True when the words stand in the text between word boundaries. Both are in lower case already. Words longer than a
 * pattern may be are never found.
 */
export function containsWords(text: string, words: string): boolean {
  if (words.length > globLengthMax) return false
  let at = text.indexOf(words)
  while (at !== -1) {
    if (isUnitBoundary(text, at) && isUnitBoundary(text, at + words.length)) return true
    at = at < text.length ? text.indexOf(words, at + 1) : -1
  }
  return false
}

function cutAtStars(pattern: string): Piece[] {
  const pieces: number[][] = [[]]
  for (const point of codePoints(pattern)) {
    if (point === star) pieces.push([])
    else pieces.at(-1)?.push(point === questionMark ? anyCharacter : point)
  }
  return pieces
}

function fitsWhole(pieces: readonly Piece[], text: readonly number[]): boolean {
  const first = pieces[0] as Piece
  if (!fitsAt(first, text, 0)) return false
  if (pieces.length === 1) return first.length === text.length
  const afterMiddle = placeMiddle(pieces, text, first.length)
  if (afterMiddle === undefined) return false
  const last = pieces.at(-1) as Piece
  const lastStart = text.length - last.length
  return lastStart >= afterMiddle && fitsAt(last, text, lastStart)
}

function fitsWords(pieces: readonly Piece[], text: readonly number[]): boolean {
  const first = pieces[0] as Piece
  if (pieces.length === 1) return findPiece(first, text, 0, { starts: true, ends: true }) !== -1
  const start = findPiece(first, text, 0, { starts: true, ends: false })
  if (start === -1) return false
  const afterMiddle = placeMiddle(pieces, text, start + first.length)
  if (afterMiddle === undefined) return false
  return findPiece(pieces.at(-1) as Piece, text, afterMiddle, { starts: false, ends: true }) !== -1
}

/** Where the pieces between the first and the last star end when each is put as early as it can be. */
function placeMiddle(pieces: readonly Piece[], text: readonly number[], from: number): number | undefined {
  let at = from
  for (const piece of pieces.slice(1, -1)) {
    const found = findPiece(piece, text, at, { starts: false, ends: false })
    if (found === -1) return undefined
    at = found + piece.length
  }
  return at
}

/** The first place at or after `from` where the piece fits, and begins or ends at a boundary where that is asked. */
function findPiece(
  piece: Piece,
  text: readonly number[],
  from: number,
  boundary: { starts: boolean; ends: boolean },
): number {
  const last = text.length - piece.length
  for (let at = from; at <= last; at++) {
    if (boundary.starts && !isBoundary(text, at)) continue
    if (boundary.ends && !isBoundary(text, at + piece.length)) continue
    if (fitsAt(piece, text, at)) return at
  }
  return -1
}

function fitsAt(piece: Piece, text: readonly number[], at: number): boolean {
  if (at + piece.length > text.length) return false
  for (let index = 0; index < piece.length; index++) {
    const wanted = piece[index]
    if (wanted !== anyCharacter && wanted !== text[at + index]) return false
  }
  return true
}

/** A boundary is anywhere but between two word characters. */
function isBoundary(text: readonly number[], at: number): boolean {
  return !(isWordCharacter(text[at - 1]) && isWordCharacter(text[at]))
}

function isUnitBoundary(text: string, at: number): boolean {
  return !(isWordCharacter(text.charCodeAt(at - 1)) && isWordCharacter(text.charCodeAt(at)))
}

/** `A` to `Z`, `a` to `z`, `0` to `9` and `_`; false beyond either end of the text. */
function isWordCharacter(point: number | undefined): boolean {
  if (point === undefined) return false
  const isDigit = point >= 0x30 && point <= 0x39
  const isCapital = point >= 0x41 && point <= 0x5a
  const isSmall = point >= 0x61 && point <= 0x7a
  return isDigit || isCapital || isSmall || point === 0x5f
}

function codePoints(text: string): number[] {
  const points: number[] = []
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) as number
    points.push(point)
    if (point > 0xffff) index++
  }
  return points
}
