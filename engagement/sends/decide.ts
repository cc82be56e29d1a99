import type { LegalBasis } from '../consent/types.ts'
import type { AttemptRow } from '../store/attempts.ts'
import type { SendEnd, SendRow } from '../store/sends.ts'
import type { TaskKind } from '../store/tasks.ts'
import { attemptPlaces, attemptState } from './attempt-states.ts'
import type { NoWay, NoWayCode } from './ways.ts'

export type SendFacts = Pick<SendRow, 'kind' | 'deadlineTs'> & { readonly basis: LegalBasis }
export type AttemptFacts = Pick<AttemptRow, 'addressId' | 'channelId' | 'code' | 'isFinal' | 'state'>

export type End = {
  readonly do: 'end'
  readonly outcome: SendEnd
  /** What a human has to do now. */
  readonly task?: TaskKind | undefined
  readonly code?: string | undefined
}

export type Decision =
  /** Something is under way, or has gone as far as can be known: decide at the deadline. */
  | { readonly do: 'wait' }
  /** Nothing is under way and time is left: find another way. */
  | { readonly do: 'next' }
  | End

const proofWanted: ReadonlySet<LegalBasis> = new Set(['legal-duty', 'emergency'])
/** These are her own will, or the law's for her: no human goes round them. */
const herWill: ReadonlySet<string> = new Set<NoWayCode>(['no-consent', 'stopped', 'held', 'erased', 'complained'])

/**
 * What is done next for a send, from what is known of its attempts. Never a further attempt while the fate of one is open;
 * at the deadline whatever did not certainly arrive, and has to, becomes one task for a human.
 */
export function decide(send: SendFacts, attempts: readonly AttemptFacts[], nowTs: number): Decision {
  const places = attempts.map(({ state }) => state)
  const has = (...states: (keyof typeof attemptPlaces)[]) => states.some((one) => places.includes(attemptPlaces[one]))
  if (has('delivered', 'read')) return { do: 'end', outcome: 'delivered' }
  const isLate = nowTs >= send.deadlineTs
  if (has('queued')) return isLate ? ended(send, 'expired', 'not-delivered', 'deadline') : { do: 'wait' }
  if (has('sending')) return { do: 'wait' }
  if (has('unknown')) return isLate ? ended(send, 'unknown', 'unknown', 'unknown') : { do: 'wait' }
  if (has('accepted', 'sent')) {
    if (!isLate) return { do: 'wait' }
    return ended(send, 'accepted', proofWanted.has(send.basis) ? 'unconfirmed' : undefined, undefined)
  }
  const last = attempts.at(-1)
  // Its turn came too late.
  if (isLate && last?.code === 'deadline') return ended(send, 'expired', 'not-delivered', 'deadline')
  if (isLate || send.kind === 'question') return cameToNothing(send, last?.code ?? 'deadline')
  return { do: 'next' }
}

/** When no way is open: the end, unless the reason may pass by itself. */
export function withoutWay(send: SendFacts, no: NoWay): End | { readonly do: 'hold' } {
  return no.code === 'held' ? { do: 'hold' } : cameToNothing(send, no.code)
}

function cameToNothing(send: SendFacts, code: string): End {
  if (code === 'erased' || (send.basis === 'consent' && herWill.has(code)))
    return ended(send, 'withheld', undefined, code)
  return ended(send, herWill.has(code) ? 'withheld' : 'failed', 'not-delivered', code)
}

function ended(send: SendFacts, outcome: SendEnd, task: TaskKind | undefined, code: string | undefined): End {
  // A question that does not arrive is no loss: what it asked about holds until she says otherwise.
  return { do: 'end', outcome, code, task: send.kind === 'question' ? undefined : task }
}

/** Addresses where these words will not arrive, and channels that asked to be left alone or are at fault. */
export function lessonsOf(attempts: readonly AttemptFacts[]): { failedAt: Set<number>; down: Set<string> } {
  const failed = attempts.filter(({ state }) => attemptState(state) === 'failed')
  return {
    failedAt: new Set(failed.filter((one) => one.isFinal).map((one) => one.addressId)),
    down: new Set(failed.filter((one) => !one.isFinal).map((one) => one.channelId)),
  }
}
