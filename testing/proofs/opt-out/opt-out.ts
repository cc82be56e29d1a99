import type { Proof } from '../proof.ts'
import { labels, later, type Part, parts } from './corpus.ts'
import { confusion, type Figures, figuresOf, type Judged, judgePart } from './evaluate.ts'

/** Of what asks for a stop, heard as one; and of what does not, taken for one. */
export const recallMin = 0.995
export const falseStopsMax = 0.005

export const meetsBars = (figures: Figures) =>
  figures.heard >= recallMin * figures.stops && figures.falseStops <= falseStopsMax * figures.others

export const optOut: Proof = {
  law:
    `Of the wishes to stop in the corpus ${percent(recallMin)} are heard, ` +
    `and at most ${percent(falseStopsMax)} of other words are taken for one.`,
  async run({ show }) {
    const judged = ([...parts, later] as const).map((part) => ({
      part,
      told: judgePart(part, true),
      untold: judgePart(part, false),
    }))
    for (const { part, untold } of judged) for (const line of table(part, untold)) show(line)
    const rows = judged.flatMap(({ part, told, untold }) => [
      { title: `${part}, language unknown`, figures: figuresOf(untold) },
      { title: `${part}, language told`, figures: figuresOf(told) },
    ])
    show('')
    for (const { title, figures } of rows) show(`${title}: ${inWords(figures)}`)
    const perText = microsecondsPerText()
    const [tuning, , heldOut] = rows
    return {
      holds: rows.every(({ figures }) => meetsBars(figures)),
      count: judged.reduce((sum, { untold }) => sum + untold.length, 0),
      figure:
        `recall ${share(tuning?.figures, 'heard')} tuning, ${share(heldOut?.figures, 'heard')} held out; ` +
        `false stops ${share(tuning?.figures, 'falseStops')} and ${share(heldOut?.figures, 'falseStops')}`,
      details: [`${perText.toFixed(0)} µs a text`],
    }
  },
}

function table(part: Part, judged: readonly Judged[]): string[] {
  const languages = [...new Set(judged.map(({ phrase }) => phrase.language))]
  const rows = languages.map((language) => {
    const figures = figuresOf(judged.filter(({ phrase }) => phrase.language === language))
    return `  ${language}  ${inWords(figures)}`
  })
  const crossed = [...confusion(judged)].map(
    ([label, row]) => `  ${label.padEnd(8)}${labels.map((outcome) => String(row.get(outcome)).padStart(8)).join('')}`,
  )
  const head = `  ${'labelled'.padEnd(8)}${labels.map((outcome) => outcome.padStart(8)).join('')}   judged`
  return ['', `${part}, language unknown`, ...rows, head, ...crossed]
}

function inWords(figures: Figures): string {
  const { phrases, stops, heard, held, others, falseStops, falseHolds, scopesRight } = figures
  return [
    `${String(phrases).padStart(4)} phrases`,
    `stop heard ${heard}/${stops} (${percent(heard / stops)})`,
    `heard or held ${held}`,
    `scope right ${scopesRight}`,
    `false stops ${falseStops}/${others} (${percent(falseStops / others)})`,
    `false holds ${falseHolds}`,
  ].join(', ')
}

function share(figures: Figures | undefined, what: 'heard' | 'falseStops'): string {
  if (figures === undefined) return 'unknown'
  return percent(what === 'heard' ? figures.heard / figures.stops : figures.falseStops / figures.others)
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2).replace(/\.?0+$/, '')} %`
}

function microsecondsPerText(): number {
  const startedMs = performance.now()
  const { length } = judgePart('tuning', false)
  return ((performance.now() - startedMs) * 1_000) / length
}
