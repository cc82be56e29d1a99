import type { Find } from './find.ts'
import type { Words } from './fold.ts'
import type { Meaning } from './lexicon.ts'

export type Verdict = {
  readonly outcome: 'stop' | 'unsure' | 'none' | 'start' | 'help' | 'yes' | 'no'
  readonly rule: string
  readonly isForAgency: boolean
  readonly isForGovernment: boolean
}

/** The rule of a message in which nothing was found to go by. */
export const nothingHeard = 'nothing about messages'

const goAway = 'go away'

type ClauseVerdict = { readonly says: 'stop' | 'unsure' | 'keep' | 'nothing'; readonly rule: string }

/** The finds of one language in one clause. */
class Clause {
  readonly #byMeaning = new Map<Meaning, Find[]>()
  readonly #meaningsAt = new Map<number, Set<Meaning>>()

  readonly from: number
  readonly to: number
  /** Whether it ends with a question mark. */
  readonly isQuestion: boolean
  /** Whether the message has no other clause. */
  readonly isOnly: boolean

  constructor(at: { from: number; to: number; isQuestion: boolean; isOnly: boolean }, finds: readonly Find[]) {
    this.from = at.from
    this.to = at.to
    this.isQuestion = at.isQuestion
    this.isOnly = at.isOnly
    for (const find of finds) {
      const { meaning } = find.entry
      if (isShadowed(find, finds)) continue
      this.#byMeaning.set(meaning, [...(this.#byMeaning.get(meaning) ?? []), find])
      for (let at = find.from; at <= find.to; at += 1) {
        const here = this.#meaningsAt.get(at) ?? new Set<Meaning>()
        this.#meaningsAt.set(at, here.add(meaning))
      }
    }
  }

  all(meaning: Meaning): readonly Find[] {
    return this.#byMeaning.get(meaning) ?? []
  }

  has(...meanings: Meaning[]): boolean {
    return meanings.some((meaning) => this.#byMeaning.has(meaning))
  }

  /** Whether every word of the stretch means one of these. Numbers mean nothing. */
  isAll(from: number, to: number, meanings: readonly Meaning[], isNumber: (at: number) => boolean): boolean {
    for (let at = from; at <= to; at += 1) {
      const here = this.#meaningsAt.get(at)
      if (!isNumber(at) && !meanings.some((meaning) => here?.has(meaning))) return false
    }
    return true
  }

  means(at: number, meaning: Meaning): boolean {
    return this.#meaningsAt.get(at)?.has(meaning) ?? false
  }

  isKnown(at: number): boolean {
    return this.#meaningsAt.has(at)
  }

  /** 'Do not stop sending' holds 'do not … sending': what is denied is the end. */
  isAboutEnding(find: Find): boolean {
    const isInside = (other: Find) => other.from > find.from && other.to < find.to
    const overlaps = (other: Find) => other.from <= find.to && other.to >= find.from
    return this.all('halt').some(isInside) || this.all('leave').some(isInside) || this.all('keep').some(overlaps)
  }

  /** Whether a negation stands within `most` known words behind this, as in 'slet mig ikke', and denies nothing else. */
  isDeniedBehind(find: Find, most: number): boolean {
    return this.all('neg').some((neg) => {
      if (neg.from <= find.to || neg.from - find.to - 1 > most || neg.to < this.to) return false
      for (let at = find.to + 1; at < neg.from; at += 1) if (!this.isKnown(at)) return false
      return true
    })
  }

  /** Whether this negation stands right before what ends things: 'do not stop', 'nicht abstellen'. */
  isAgainstEnding(neg: Find): boolean {
    const follows = (find: Find) => find.from > neg.from && find.from <= neg.to + 2
    return this.all('halt').some(follows) || this.all('leave').some(follows) || this.all('remove').some(follows)
  }

  /** Whether a negation that is not part of it stands right before or behind this. */
  isDeniedNear(find: Find): boolean {
    return this.all('neg').some((neg) => neg.to === find.from - 1 || neg.from === find.to + 1)
  }

  /** Whether a negation stands before this, with at most `most` words between, all of them known. */
  isDenied(find: Find, most: number): boolean {
    return this.all('neg').some((neg) => {
      if (neg.to >= find.from || find.from - neg.to - 1 > most) return false
      for (let at = neg.to + 1; at < find.from; at += 1) if (!this.isKnown(at)) return false
      return true
    })
  }
}

const shadowing: ReadonlySet<Meaning> = new Set([
  'nosend',
  'nowant',
  'remove',
  'withdraw',
  'leave',
  'halt',
  'away',
  'unsure',
])

/** 'Get' in 'get rid of' is no report, and 'call' in 'do not call or write' is nothing else that might end. */
function isShadowed({ entry, from, to }: Find, finds: readonly Find[]): boolean {
  if (entry.meaning !== 'got' && entry.meaning !== 'other' && entry.meaning !== 'keep') return false
  return finds.some(
    (find) =>
      shadowing.has(find.entry.meaning) &&
      find.to - find.from > to - from &&
      find.from <= from &&
      find.to >= to &&
      find.entry.steps.every((step) => step.kind === 'word'),
  )
}

const dressing: readonly Meaning[] = [
  'fill',
  'alone',
  'halt',
  'leave',
  'obj',
  'mine',
  'these',
  'send',
  'gov',
  'all',
  'you',
  'away',
  'request',
]

/** What the words mean to somebody who speaks one language, given what that language knows of them. */
export function judge(taken: Words, finds: readonly Find[]): Verdict {
  const { words, questions } = taken
  const isNumber = (at: number) => /^\d+$/.test(words[at]?.text ?? '')
  const polite = new Set(finds.filter((find) => find.entry.meaning === 'fill').map((find) => find.from))
  const isPolite = (at: number) => polite.has(at)
  const clauses: Clause[] = []
  for (let from = 0; from < words.length; ) {
    const number = words[from]!.clause
    let to = from
    while (words[to + 1]?.clause === number) to += 1
    const inside = finds.filter((find) => find.from >= from && find.to <= to && !find.entry.isWhole)
    const isOnly = words.every((_, at) => (at >= from && at <= to) || isPolite(at))
    clauses.push(new Clause({ from, to, isQuestion: questions.has(number), isOnly }, inside))
    from = to + 1
  }
  const verdicts = clauses.map((clause) => judgeClause(clause, isNumber))
  const scope = scopeOf(clauses)
  const dialogue = wholeMessage(words.length, finds, isNumber)
  const stop = verdicts.find(
    (verdict) => verdict.says === 'stop' && (verdict.rule !== 'alone' || dialogue === undefined),
  )
  const keep = verdicts.find((verdict) => verdict.says === 'keep')
  // 'You won't stop, leave me alone' keeps nothing.
  if (stop !== undefined && stop.rule !== goAway && keep !== undefined)
    return { outcome: 'unsure', rule: `${stop.rule}, and ${keep.rule}`, ...scope }
  if (stop !== undefined) return { outcome: 'stop', rule: stop.rule, ...scope }
  if (keep === undefined && isNumberStruck(clauses, isNumber)) return { outcome: 'stop', rule: 'strike it', ...scope }
  if (dialogue !== undefined) return { ...dialogue, ...scope }
  const unsure = verdicts.find((verdict) => verdict.says === 'unsure')
  if (unsure !== undefined && keep === undefined) return { outcome: 'unsure', rule: unsure.rule, ...scope }
  const other = verdicts.find(({ rule }) => rule !== 'nothing')
  return { outcome: 'none', rule: keep?.rule ?? other?.rule ?? nothingHeard, ...scope }
}

/** Words of the dialogue, and hints that must stand alone; politeness may be around them. */
function wholeMessage(count: number, finds: readonly Find[], isNumber: (at: number) => boolean) {
  if (count === 0) return undefined
  const whole = new Clause({ from: 0, to: count - 1, isQuestion: false, isOnly: true }, finds)
  const isMoreThanNo = whole.all('alone').some(({ from, to }) => to > from)
  for (const outcome of ['start', 'help', 'yes', 'no'] as const)
    if (outcome === 'no' && isMoreThanNo) continue
    else if (whole.has(outcome) && whole.isAll(0, count - 1, [outcome, 'fill'], isNumber))
      return { outcome, rule: outcome }
  const standsAlone = ({ from, to }: Find) =>
    whole.isAll(0, from - 1, ['fill'], isNumber) && whole.isAll(to + 1, count - 1, ['fill'], isNumber)
  const alone = finds.find((find) => find.entry.isWhole && standsAlone(find))
  if (alone?.entry.meaning === 'unsure') return { outcome: 'unsure' as const, rule: 'hint' }
  if (alone?.entry.meaning === 'away') return { outcome: 'stop' as const, rule: goAway }
  return isBeginning(whole) ? { outcome: 'start' as const, rule: 'start' } : undefined
}

/** 'Wrong number, please delete it': the one clause speaks of a number, the other of striking it and of nothing else. */
function isNumberStruck(clauses: readonly Clause[], isNumber: (at: number) => boolean): boolean {
  const strikes = (clause: Clause) =>
    clause.has('remove') &&
    !clause.isQuestion &&
    !clause.has('other', 'limit') &&
    !isRemoveDenied(clause) &&
    clause.isAll(clause.from, clause.to, [...dressing, 'remove'], isNumber)
  return clauses.some(
    (clause) => strikes(clause) && clauses.some((other) => other !== clause && other.has('mine', 'unsure')),
  )
}

/** 'I want the messages again': every word is known, and nothing in it denies or ends. */
function isBeginning(whole: Clause): boolean {
  if (!whole.has('start') || whole.has('neg', 'nowant', 'nosend', 'other', 'halt', 'leave', 'remove', 'how', 'why'))
    return false
  for (let at = whole.from; at <= whole.to; at += 1) if (!whole.isKnown(at)) return false
  return true
}

function judgeClause(clause: Clause, isNumber: (at: number) => boolean): ClauseVerdict {
  // 'Cancel? No, I will be there.'
  if (clause.isQuestion && !clause.isOnly && clause.to === clause.from) return { says: 'nothing', rule: 'question' }
  if (clause.has('aside')) return { says: 'nothing', rule: 'aside' }
  if (clause.all('away').some((find) => !clause.isDeniedNear(find))) return { says: 'stop', rule: goAway }
  const isSendRefused = clause.all('nosend').some((find) => !clause.isAboutEnding(find))
  if (isSendRefused && (clause.has('obj') || !clause.has('other')) && !clause.has('how', 'why', 'limit'))
    return { says: 'stop', rule: 'do not send' }
  if (endsWithOrder(clause)) return { says: 'stop', rule: 'please stop' }
  if (clause.has('keep')) return { says: 'keep', rule: 'keep' }
  const wants = clause.all('want').filter((find) => !clause.means(find.from, 'got'))
  if (clause.has('got') && wants.length === 0 && !clause.has('nowant', 'nosend', 'leave'))
    return clause.has('unsure') ? { says: 'unsure', rule: 'hint' } : { says: 'nothing', rule: 'report' }
  const rule = evidence(clause, wants, isNumber)
  if (rule === undefined) return withoutEvidence(clause, isNumber)
  if (clause.has('how') && !clause.has('request')) return { says: 'unsure', rule: `how: ${rule}` }
  if (clause.isQuestion && rule === 'alone' && !clause.has('request')) return { says: 'unsure', rule: 'asked: alone' }
  if (clause.has('why')) return { says: rule === 'halt' ? 'nothing' : 'unsure', rule: `why: ${rule}` }
  if (clause.has('limit')) return { says: 'unsure', rule: `limited: ${rule}` }
  return { says: 'stop', rule }
}

/** '… please stop' at the end of a breath, whatever was told before it. */
function endsWithOrder(clause: Clause): boolean {
  if (clause.isQuestion || clause.has('other', 'keep', 'how', 'why', 'limit')) return false
  let last = clause.to
  while (last > clause.from && clause.means(last, 'polite')) last -= 1
  return clause
    .all('halt')
    .some(({ from, to }) => to === last && from - 1 > clause.from && clause.means(from - 1, 'polite'))
}

function withoutEvidence(clause: Clause, isNumber: (at: number) => boolean): ClauseVerdict {
  if (clause.has('unsure')) return { says: 'unsure', rule: 'hint' }
  const isAboutMessages = clause.has('obj', 'send') || (clause.has('remove') && !clause.has('other'))
  if (clause.has('limit') && isAboutMessages && !clause.has('other')) return { says: 'unsure', rule: 'limited' }
  const isVague =
    clause.has('halt', 'leave') && (clause.isOnly || !clause.isQuestion) && !clause.has('other', 'got', 'neg')
  const known: readonly Meaning[] = [...dressing, 'want', 'how', 'remove', 'limit']
  const isUnwanted = clause.has('nowant') && !clause.has('other')
  if (isUnwanted && clause.isAll(clause.from, clause.to, [...dressing, 'nowant', 'want'], isNumber))
    return { says: 'unsure', rule: 'unwanted what?' }
  if (isVague && clause.isAll(clause.from, clause.to, known, isNumber)) return { says: 'unsure', rule: 'stop what?' }
  return { says: 'nothing', rule: 'nothing' }
}

/** The rule by which the clause asks for an end of messages, if one does. */
function evidence(clause: Clause, wants: readonly Find[], isNumber: (at: number) => boolean): string | undefined {
  const isOther = clause.has('other') && !clause.has('obj')
  if (clause.all('nosend').some((find) => !clause.isAboutEnding(find)) && !isOther) return 'do not send'
  if (isOther) return undefined
  if (isEndUnwanted(clause)) return undefined
  if (isEndUnwanted(clause)) return undefined
  const isUnwanted = clause.has('nowant') || (clause.has('neg') && wants.length > 0)
  const isAnythingOfUs = clause.has('you') && clause.has('all')
  const isNothingOfUs = isAnythingOfUs && clause.has('neg') && !clause.has('other')
  if (isNothingOfUs && clause.isAll(clause.from, clause.to, [...dressing, 'neg', 'want'], isNumber))
    return 'nothing of us'
  if (clause.has('nowant') && !clause.has('halt', 'leave') && (clause.has('obj', 'these', 'send') || isAnythingOfUs))
    return 'do not want'
  const isAboutEnding = clause.has('halt', 'leave') && !clause.has('obj')
  if (isUnwanted && isAboutEnding) return undefined
  if (isUnwanted && !clause.has('other') && (clause.has('obj', 'these') || isAnythingOfUs)) return 'do not want'
  if (clause.has('neg', 'nowant') && clause.has('gov') && !clause.has('other', 'halt'))
    return 'nothing from authorities'
  if (isSendDenied(clause)) return 'do not send'
  if (isObjectDenied(clause)) return 'no messages'
  if (clause.all('leave').some((find) => !clause.isDenied(find, 1))) return 'leave'
  if (clause.all('halt').some((find) => !clause.isDenied(find, 2)) && clause.has('obj', 'send')) return 'halt'
  if (clause.has('remove') && clause.has('mine', 'obj') && !isRemoveDenied(clause)) return 'remove'
  if (clause.has('withdraw', 'nowant') && clause.has('consent')) return 'withdraw'
  return isCommand(clause, isNumber) ? 'alone' : undefined
}

const carriersWord = /^(stop|στοπ|стоп)/

/** 'I do not want to cancel the subscription': the verb that ends things follows at once. 'I do not want this stop' is none. */
function isEndUnwanted(clause: Clause): boolean {
  const verbs = [...clause.all('halt'), ...clause.all('leave')].filter(({ entry: { steps } }) =>
    steps.every((step) => step.kind === 'word' && step.keys.every(({ text }) => !carriersWord.test(text))),
  )
  return clause.all('nowant').some((nowant) => verbs.some(({ from }) => from === nowant.to + 1))
}

/** A carrier's word, or a verb that ends things, with nothing beside it but politeness. */
function isCommand(clause: Clause, isNumber: (at: number) => boolean): boolean {
  const verbs = [...clause.all('halt'), ...clause.all('leave')]
  const isOrder = clause.has('request')
  if ((clause.has('want') && !isOrder) || verbs.some((find) => clause.isDenied(find, 2))) return false
  const around: readonly Meaning[] = isOrder ? [...dressing, 'want'] : dressing
  const isVerb = verbs.length > 0 && (clause.isOnly || !clause.isQuestion)
  if (isVerb && clause.isAll(clause.from, clause.to, around, isNumber)) return true
  // A noun such as 'end' stands in too many other sentences: 'at the end'.
  const bare: readonly Meaning[] = ['alone', 'obj', 'polite']
  return clause.isOnly && clause.has('alone') && clause.isAll(clause.from, clause.to, bare, isNumber)
}

function isRemoveDenied(clause: Clause): boolean {
  return clause.all('remove').every((find) => clause.isDenied(find, 1) || clause.isDeniedBehind(find, 2))
}

function isSendDenied(clause: Clause): boolean {
  return clause.all('neg').some((neg) =>
    clause.all('send').some((send) => {
      if (clause.means(send.from, 'obj')) return false
      // Before the verb, or behind it as in 'schreiben Sie mir nicht mehr'.
      const [from, to] = send.from > neg.to ? [neg.to + 1, send.from - 1] : [send.to + 1, neg.from - 1]
      if (to - from > 3 || clause.means(neg.to + 1, 'other')) return false
      for (let at = from; at <= to; at += 1)
        if (clause.means(at, 'halt') || clause.means(at, 'leave') || clause.means(at, 'other') || !clause.isKnown(at))
          return false
      return true
    }),
  )
}

function isObjectDenied(clause: Clause): boolean {
  return clause.all('neg').some((neg) =>
    clause.all('obj').some((obj) => {
      const [from, to] = obj.from > neg.to ? [neg.to + 1, obj.from - 1] : [obj.to + 1, neg.from - 1]
      if (to - from > 2 || (obj.to < neg.from && clause.isAgainstEnding(neg))) return false
      for (let at = from; at <= to; at += 1)
        if (!clause.isKnown(at) || clause.means(at, 'other') || clause.means(at, 'halt')) return false
      return true
    }),
  )
}

function scopeOf(clauses: readonly Clause[]): { isForAgency: boolean; isForGovernment: boolean } {
  const isForAgency = clauses.some((clause) => {
    const wide = clause
      .all('all')
      .filter((find) => !clause.means(find.from, 'neg') && !clause.means(find.from, 'these'))
    return (wide.length > 0 && !clause.has('obj')) || (clause.has('all') && clause.has('you'))
  })
  return { isForAgency, isForGovernment: clauses.some((clause) => clause.has('gov')) }
}
