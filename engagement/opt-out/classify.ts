import { type Find, findPhrases, isKnownWord } from './find.ts'
import { takeApart, type Words } from './fold.ts'
import { partJoined } from './joined.ts'
import { judge, nothingHeard, type Verdict } from './judge.ts'
import { type Entry, type Index, indexLexicons } from './lexicon.ts'
import { ownWords } from './own-words.ts'
import { lexicons } from './words/every.ts'

export type OptOutScope = 'programme' | 'agency' | 'government'

export type OptOut = {
  readonly outcome: Verdict['outcome']
  /** Of a `stop`: how much of it is meant. */
  readonly scope?: OptOutScope
  /** The language and the rule, for who wants to know why. Holds none of her words. */
  readonly because: string
}

/** Longer texts are judged by their beginning: nobody hides a wish to stop behind three pages. */
const lettersMax = 4_000
const wordsMax = 400
/** What it is worth that a language is known to be hers, in words. */
const languageKnown = 1.5

/** The words of all languages fill 25 MB: whoever hears nobody never looks them up. */
let learnt: Index | undefined

/** Learns all words, which takes a part of a second, so that the first citizen does not wait for it. */
export function learnWords(): Index {
  learnt ??= indexLexicons(lexicons)
  return learnt
}

/**
 * What a citizen's message asks for, as far as ending and beginning messages goes. Pure; answers every text. `languages`
 * (ISO 639-1) are those that she is known to use: they decide where a word means different things in two of them.
 */
export function classify(text: string, of: { kind: 'sms' | 'mail'; languages?: readonly string[] }): OptOut {
  const bounded = text.slice(0, lettersMax)
  const taken = takeApart(of.kind === 'mail' ? ownWords(bounded) : bounded, wordsMax)
  if (taken.words.length === 0) return { outcome: 'none', because: 'no words' }
  const known = of.languages ?? []
  const plain = judgeWords(taken, known)
  const judged = plain?.verdict.rule === nothingHeard || plain === undefined ? listenAgain(taken, known) : undefined
  return answerOf(judged ?? plain)
}

type Judged = { readonly language: string; readonly verdict: Verdict }

/** What nobody understands may be a stop with a slip that is a word elsewhere, or one that lost its spaces. */
function listenAgain(taken: Words, known: readonly string[]): Judged | undefined {
  const eager = judgeWords(taken, known, true)
  if (eager?.verdict.outcome === 'stop') return eager
  const index = learnWords()
  const parted = partJoined(taken, (word) => isKnownWord(word, index), index)
  for (const words of parted) {
    const judged = judgeWords(words, known)
    if (judged?.verdict.outcome === 'stop') return judged
  }
  return undefined
}

function judgeWords(taken: Words, known: readonly string[], isEager = false): Judged | undefined {
  const finds = findPhrases(taken.words, learnWords(), isEager)
  const judged = likelyLanguages(finds, taken.words.length, known).map((language) => {
    const own = finds.filter((find) => find.entry.language === language)
    return { language, verdict: judge(taken, own) }
  })
  return judged.toSorted((a, b) => weight(b.verdict) - weight(a.verdict))[0]
}

function answerOf(judged: Judged | undefined): OptOut {
  if (judged === undefined) return { outcome: 'none', because: 'no known words' }
  const { language, verdict } = judged
  const because = `${language}: ${verdict.rule}`
  return verdict.outcome === 'stop'
    ? { outcome: 'stop', scope: scopeOf(verdict), because }
    : { outcome: verdict.outcome, because }
}

function scopeOf(verdict: Verdict): OptOutScope {
  if (verdict.isForGovernment) return 'government'
  return verdict.isForAgency ? 'agency' : 'programme'
}

/** Among languages that know the text equally well, the wish to stop wins: messages that go on hurt more than silence. */
function weight({ outcome }: Verdict): number {
  if (outcome === 'stop') return 3
  if (outcome === 'unsure') return 2
  return outcome === 'none' ? 0 : 1
}

/** A word about the matter tells languages apart better than an article that three of them share. */
function worth({ meaning }: Entry, isTypo: boolean): number {
  if (isTypo) return 0.6
  return meaning === 'fill' ? 1 : 1.2
}

/** The languages that know most words of the text; several when they know equally many. */
function likelyLanguages(finds: readonly Find[], count: number, known: readonly string[]): string[] {
  const covered = new Map<string, Float32Array>()
  for (const { entry, from, to, isTypo } of finds) {
    // Politeness is known everywhere and tells no language.
    if (entry.meaning === 'polite' || entry.meaning === 'request') continue
    const words = covered.get(entry.language) ?? new Float32Array(count)
    covered.set(entry.language, words)
    for (let at = from; at <= to; at += 1) words[at] = Math.max(words[at] ?? 0, worth(entry, isTypo))
  }
  const scores = [...covered].map(([language, words]) => ({
    language,
    score: words.reduce((sum, word) => sum + word, 0) + (known.includes(language) ? languageKnown : 0),
  }))
  const best = Math.max(...scores.map(({ score }) => score), 0)
  return scores.filter(({ score }) => score > best - 0.01).map(({ language }) => language)
}
