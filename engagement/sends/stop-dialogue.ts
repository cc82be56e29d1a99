import { limits } from '#platform/api.ts'

/** How far a STOP reaches: what was sent last, everything of the agency, everything of the government. */
export type StopReach = 'programme' | 'agency' | 'government'

/** What a citizen's words mean for what she wants to get. */
export type Reading = {
  readonly outcome: 'stop' | 'unsure' | 'none'
  readonly reach: StopReach
  /** The whole message is this one word, in any language. */
  readonly word?: 'all' | 'go' | 'gov' | 'help' | 'no' | 'only' | 'start' | 'yes' | undefined
  /** Nothing else was said that a human should read. */
  readonly isBare: boolean
}

export type HeardWords = Reading & {
  readonly nowMs: number
  /** The provider took it for a command, and has answered itself. */
  readonly providerAnswered?: 'help' | 'start' | 'stop' | undefined
  readonly authenticity: 'forgeable' | 'proven'
  /** Whether it holds the digits that were sent to her; undefined where it holds none, or none were sent. */
  readonly codeFits?: boolean | undefined
}

/** `only`: she wants back what her silence ended, by a channel that anybody can write in her name. */
export type About = 'help' | 'only' | 'start' | 'stop' | 'unsure'
export type Outcome =
  | 'agency'
  | 'answered'
  | 'confirmed'
  | 'expired'
  | 'government'
  | 'kept'
  | 'only'
  | 'overtaken'
  | 'refused'
  | 'stopped'
  | 'widened'

/** The newest dialogue between a sender and an address. */
export type Dialogue = {
  readonly about: About
  /** What it is about; null for all of the agency. */
  readonly purposeId: number | null
  /** False where the provider answered itself, so that nothing more may be said. */
  readonly wasAsked: boolean
  readonly guesses: number
  readonly openedMs: number
  /** Undefined while it is open. */
  readonly outcome?: Outcome | undefined
}

export type Line = {
  readonly dialogue: Dialogue | undefined
  /** The programme last sent from that sender to that address that rests on consent; undefined where there was none. */
  readonly purposeId: number | undefined
  /** The law of her country takes every STOP for everything. */
  readonly meansEverything: boolean
  /** The programme reaches her no more, whatever she says now. */
  readonly hasEnded: boolean
  /** How often she was asked within a day whether it was she who wants it again. */
  readonly startsAsked: number
  /** Something was stopped here, so that there is something to start. */
  readonly wasStopped: boolean
}

export type Act =
  | { readonly do: 'stop'; readonly reach: StopReach }
  | { readonly do: 'hold' | 'release' | 'narrow' | 'start' | 'close-sender' | 'guess' }
  /** Opens a dialogue; `asks` sends its one question. */
  | { readonly do: 'open'; readonly about: About; readonly asks: boolean; readonly ends?: Outcome | undefined }
  /** Ends the open dialogue, or says otherwise how the last one ended. */
  | { readonly do: 'end'; readonly outcome: Outcome }
  /** The words are for a human too. */
  | { readonly do: 'pass' }

const pass: Act = { do: 'pass' }
const monthMs = 30 * 24 * 3_600_000
/** Whoever asks for help again within so short a time has been told. */
const helpAgainMs = 3_600_000

/** What a citizen's words do to what she gets and to the dialogue about it. No clock, no store: everything is given. */
export function hear(line: Line, heard: HeardWords): Act[] {
  const open = line.dialogue?.outcome === undefined ? line.dialogue : undefined
  const acts = commandIn(line, open, heard)
  return acts ?? [pass]
}

/** Undefined where her words are no command. */
function commandIn(line: Line, open: Dialogue | undefined, heard: HeardWords): Act[] | undefined {
  const { providerAnswered, word } = heard
  if (providerAnswered === 'stop' || heard.outcome === 'stop') return stops(line, open, heard)
  if (open?.about === 'stop' && word !== undefined) {
    const answered = answersStop(word)
    if (answered !== undefined) return answered
  }
  if (open?.about === 'only' && word !== undefined) {
    // She was sent digits a moment ago: they are enough.
    const answered = word === 'only' ? [] : answersStop(word)
    if (answered !== undefined) return answered
  }
  const late = lateAnswer(line, heard)
  if (late !== undefined) return late
  if (open?.about === 'unsure') {
    if (word === 'yes') return stops(line, open, { ...heard, isBare: true })
    if (word === 'no' || word === 'go') return [{ do: 'release' }, { do: 'end', outcome: 'kept' }]
  }
  if ((open?.about === 'start' || open?.about === 'only') && heard.codeFits !== undefined) {
    return provesHerself(open, heard.codeFits)
  }
  if (providerAnswered === 'start' || word === 'start') return starts(line, open, heard)
  if (providerAnswered === 'help' || word === 'help') return helps(line, heard)
  if (heard.outcome === 'unsure') return unsure(line, open)
  return undefined
}

function stops(line: Line, open: Dialogue | undefined, heard: HeardWords): Act[] {
  const rest = heard.isBare ? [] : [pass]
  const said: StopReach = heard.outcome === 'stop' ? heard.reach : 'programme'
  const closes: Act[] = heard.providerAnswered === 'stop' ? [{ do: 'close-sender' }] : []
  if (open?.about === 'stop') {
    // Said once more where she was asked how much it means: everything.
    const reach = said === 'programme' ? 'agency' : said
    return [...closes, { do: 'stop', reach }, { do: 'end', outcome: reach }, ...rest]
  }
  const overtaken: Act[] = open === undefined ? [] : [{ do: 'end', outcome: 'stopped' }]
  const reach = said === 'programme' && (line.meansEverything || line.purposeId === undefined) ? 'agency' : said
  return [...closes, { do: 'stop', reach }, ...overtaken, ...confirmation(line, heard, reach), ...rest]
}

/** The one confirmation of a STOP. None where the provider has answered, or where this very STOP was confirmed before. */
function confirmation({ dialogue, purposeId }: Line, heard: HeardWords, reach: StopReach): Act[] {
  const isOfStop = dialogue?.about === 'stop' || dialogue?.about === 'only'
  const isRepeated = isOfStop && (dialogue.purposeId ?? purposeId) === purposeId
  const asks = heard.providerAnswered !== 'stop' && !isRepeated
  if (reach !== 'programme') return [{ do: 'open', about: 'stop', asks, ends: reach }]
  return isRepeated ? [{ do: 'stop', reach: 'agency' }] : [{ do: 'open', about: 'stop', asks }]
}

function answersStop(word: NonNullable<Reading['word']>): Act[] | undefined {
  if (word === 'only') return [{ do: 'end', outcome: 'only' }]
  if (word === 'all')
    return [
      { do: 'stop', reach: 'agency' },
      { do: 'end', outcome: 'agency' },
    ]
  if (word === 'gov')
    return [
      { do: 'stop', reach: 'government' },
      { do: 'end', outcome: 'government' },
    ]
  return undefined
}

/** Her answer counts for a month after silence was taken for one. What it gives back it gives to nobody but her. */
function lateAnswer({ dialogue, startsAsked }: Line, heard: HeardWords): Act[] | undefined {
  const { word, nowMs, authenticity } = heard
  if (dialogue?.outcome === undefined || nowMs - dialogue.openedMs > monthMs) return undefined
  const wasNotShown = dialogue.about === 'only' && (dialogue.outcome === 'expired' || dialogue.outcome === 'refused')
  if ((dialogue.about === 'stop' && dialogue.outcome === 'widened') || wasNotShown) {
    if (word === 'only') {
      if (authenticity === 'proven') return [{ do: 'narrow' }, { do: 'end', outcome: 'only' }]
      return startsAsked >= limits.startQuestionsPerDayMax ? [pass] : [{ do: 'open', about: 'only', asks: true }]
    }
    if (word === 'all') return [{ do: 'end', outcome: 'agency' }]
    if (word === 'gov')
      return [
        { do: 'stop', reach: 'government' },
        { do: 'end', outcome: 'government' },
      ]
  }
  if (dialogue.about === 'unsure' && dialogue.outcome === 'expired') {
    if (word === 'go' || word === 'no') return [{ do: 'release' }, { do: 'end', outcome: 'kept' }]
  }
  return undefined
}

/** After a STOP nothing is said any more: whoever doubts about what has ended is read by a human, and asked nothing. */
function unsure({ dialogue, purposeId, hasEnded }: Line, open: Dialogue | undefined): Act[] {
  if (open !== undefined || purposeId === undefined || hasEnded) return [pass]
  const wasAsked = dialogue?.about === 'unsure' && dialogue.purposeId === purposeId && dialogue.outcome === 'expired'
  return wasAsked ? [{ do: 'hold' }, pass] : [{ do: 'hold' }, { do: 'open', about: 'unsure', asks: true }, pass]
}

function starts(line: Line, open: Dialogue | undefined, heard: HeardWords): Act[] {
  // The provider lets us write again. That says nothing of what she agreed to.
  const isProviders = heard.providerAnswered === 'start'
  if (!line.wasStopped) return isProviders ? [] : [pass]
  // She was sent digits a moment ago: they are enough.
  if (open?.about === 'start') return []
  const overtaken: Act[] = open === undefined ? [] : [{ do: 'end', outcome: 'overtaken' }]
  // Anybody can write START in her name: neither guesses at the digits nor our questions to her may go on for ever.
  if (heard.authenticity !== 'proven' && line.startsAsked >= limits.startQuestionsPerDayMax) return [pass]
  if (heard.authenticity === 'proven') {
    return [...overtaken, { do: 'start' }, { do: 'open', about: 'start', asks: true, ends: 'confirmed' }]
  }
  return [...overtaken, { do: 'open', about: 'start', asks: true }]
}

function provesHerself(open: Dialogue, fits: boolean): Act[] {
  if (fits && open.about === 'only') return [{ do: 'narrow' }, { do: 'end', outcome: 'only' }]
  if (fits) return [{ do: 'start' }, { do: 'end', outcome: 'confirmed' }]
  const isLast = open.guesses + 1 >= limits.codeGuessesMax
  return [{ do: 'guess' }, ...(isLast ? [{ do: 'end', outcome: 'refused' } as const] : [])]
}

function helps({ dialogue }: Line, heard: HeardWords): Act[] {
  if (heard.providerAnswered === 'help') return []
  if (dialogue !== undefined && dialogue.outcome === undefined) return [pass]
  if (dialogue?.about === 'help' && heard.nowMs - dialogue.openedMs < helpAgainMs) return []
  return [{ do: 'open', about: 'help', asks: true, ends: 'answered' }]
}

/** How long a dialogue waits for an answer. */
export const closesAfterMs = (about: About): number =>
  about === 'stop' ? limits.stopAnswerMs : limits.questionAnswerMs

/** Nobody answered. Silence after a STOP means the whole agency; what was held stays held. */
export function closeUnanswered({ about }: Pick<Dialogue, 'about'>): Act[] {
  if (about !== 'stop') return [{ do: 'end', outcome: 'expired' }]
  return [
    { do: 'stop', reach: 'agency' },
    { do: 'end', outcome: 'widened' },
  ]
}
