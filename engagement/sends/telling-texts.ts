import type { JsonObject } from '#matrix/api.ts'
import type { AddressKind } from '../people/types.ts'
import { goesInWords } from './choose-way.ts'

const why: Readonly<Record<string, string>> = {
  'no-consent': 'she has not agreed to it',
  stopped: 'she has said STOP',
  held: 'she may have said STOP, and has not answered yet',
  bounced: 'messages to her address come back',
  complained: 'she has reported a message as unwanted',
  'provider-stopped': 'the provider takes nothing more for her from this sender',
  'not-hers': 'the address is no longer known to be hers',
  'no-address': 'there is no other address of her',
  'no-channel': 'no channel to her is set up here',
  'too-sensitive': 'it is too sensitive for the channel',
  'too-long': 'it is too long for the channel',
  redacted: 'it was removed before it left',
  deadline: 'it could not be handed over in time',
  'never-arrived': 'the provider never got it',
}

const whyNot = (code: unknown) => (typeof code === 'string' && Object.hasOwn(why, code) ? `: ${why[code]}` : '')
const goesOf = (kind: unknown) => goesInWords[kind as AddressKind]

const heard: Readonly<Record<string, (title: string, reach: unknown) => string>> = {
  stop: (title, reach) => {
    if (reach === 'government') return 'She has said STOP to everything from every agency that needs her consent.'
    if (reach === 'agency') return 'She has said STOP to everything from us that needs her consent.'
    return `She has said STOP${title}.`
  },
  hold: (title) => `She may have said STOP${title}. She was asked; until she answers nothing leaves for it.`,
  release: (title) => `She has answered that she wants to keep what we send${title}.`,
  forged: () =>
    'A mail came in her name that is not from her: it failed the checks of her mail provider. It did nothing, and is not shown.',
  start: () => 'She has said START and proved that it was she: she gets messages again.',
}

/** What `@desk` says in a conversation about what was sent in it, from facts that hold no word of anybody. */
export function tellingText(facts: JsonObject, purposeTitle: string | undefined): string {
  if (facts.by === 'silence') {
    return 'She did not say how far her STOP reaches, so it ends everything from us that needs her consent.'
  }
  if (typeof facts.heard === 'string') {
    const title = purposeTitle === undefined ? '' : ` to “${purposeTitle}”`
    return heard[facts.heard]?.(title, facts.reach) ?? 'She has said what she wants to get.'
  }
  if (typeof facts.way === 'string') {
    const goes = goesOf(facts.kind)
    return goes === undefined ? facts.way : `This goes ${goes}. ${facts.way}`
  }
  if (facts.outcome === 'withheld') return `This was not sent${whyNot(facts.code)}.${taskWords(facts.task)}`
  if (facts.outcome === 'unknown') {
    return `Nobody can tell whether this reached her: the provider does not say.${taskWords(facts.task)}`
  }
  return `This did not reach her${whyNot(facts.code)}.${taskWords(facts.task)}`
}

const taskWords = (task: unknown) =>
  typeof task === 'string' ? ' It is a task now: reach her another way, and mark it as done.' : ''
