import { classify, type OptOut } from '#engagement/api.ts'
import { type Label, labels, type Part, type Phrase, readCorpus } from './corpus.ts'

export type Judged = { readonly phrase: Phrase; readonly given: OptOut }

export type Figures = {
  readonly phrases: number
  readonly stops: number
  /** Of what is labelled stop: judged so. */
  readonly heard: number
  /** Of what is labelled stop: judged stop or unsure, so that nothing more is sent before she is asked. */
  readonly held: number
  /** What is labelled neither stop nor unsure. */
  readonly others: number
  readonly falseStops: number
  readonly falseHolds: number
  readonly scopesRight: number
}

/** `isTold`: the parser is told the language, as it is where we know the person. */
export function judgePart(part: Part, isTold: boolean): Judged[] {
  return readCorpus(part).map((phrase) => {
    const languages = isTold ? { languages: [phrase.language] } : {}
    return { phrase, given: classify(phrase.text, { kind: phrase.kind, ...languages }) }
  })
}

export function figuresOf(judged: readonly Judged[]): Figures {
  const count = (is: (each: Judged) => boolean) => judged.filter(is).length
  const isStop = ({ phrase }: Judged) => phrase.label === 'stop'
  const isOther = ({ phrase }: Judged) => phrase.label !== 'stop' && phrase.label !== 'unsure'
  return {
    phrases: judged.length,
    stops: count(isStop),
    heard: count((each) => isStop(each) && each.given.outcome === 'stop'),
    held: count((each) => isStop(each) && (each.given.outcome === 'stop' || each.given.outcome === 'unsure')),
    others: count(isOther),
    falseStops: count((each) => isOther(each) && each.given.outcome === 'stop'),
    falseHolds: count((each) => isOther(each) && each.given.outcome === 'unsure'),
    scopesRight: count((each) => isStop(each) && each.given.scope === each.phrase.scope),
  }
}

/** How often what is labelled so (row) was judged as that (column). */
export function confusion(judged: readonly Judged[]): ReadonlyMap<Label, ReadonlyMap<Label, number>> {
  const count = (label: Label, outcome: Label) =>
    judged.filter(({ phrase, given }) => phrase.label === label && given.outcome === outcome).length
  return new Map(labels.map((label) => [label, new Map(labels.map((outcome) => [outcome, count(label, outcome)]))]))
}
