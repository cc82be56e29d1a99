/**
 * What became of one attempt, as places on one line. Everything that is heard of it (the provider's answer, receipts in
 * any order and any number of times, a crash that was found) moves it forwards on this line or not at all, so what is
 * known in the end does not depend on the order in which it was heard.
 *
 * `unknown` lies below `accepted`: whatever is heard later is better knowledge. `failed` lies below `delivered`, because
 * providers do take a failure back. The numbers are stored: never change one, only add.
 */
export const attemptPlaces = {
  /** Waits for its time, or for a server to take it. */
  queued: 0,
  /** The gate was passed and that is committed; the provider may be asked, or may just have been. */
  sending: 1,
  /** The provider may or may not have it: the server died, or no answer came. */
  unknown: 2,
  accepted: 3,
  /** On its way beyond the provider. */
  sent: 4,
  failed: 5,
  delivered: 6,
  read: 7,
  /** Never handed over: the gate was shut when its turn came, or it was no longer needed. */
  withheld: 8,
} as const

export type AttemptState = keyof typeof attemptPlaces

const byPlace = new Map<number, AttemptState>(
  Object.entries(attemptPlaces).map(([state, place]) => [place, state as AttemptState]),
)

export function attemptState(place: number): AttemptState {
  const state = byPlace.get(place)
  if (state === undefined) throw new Error(`An attempt has no state with the number ${place}.`)
  return state
}

/** The later one of two. SQL says the same with `greatest`. */
export function further(known: AttemptState, heard: AttemptState): AttemptState {
  return attemptPlaces[heard] > attemptPlaces[known] ? heard : known
}

/** Whether the provider has it, or may have it: nothing may be sent in its stead before its fate is known. */
export const mayHaveLeft = (state: AttemptState): boolean =>
  attemptPlaces[state] > attemptPlaces.queued && state !== 'withheld'

/** Whether a further attempt may be made although this one was: its words are certain not to have arrived. */
export const hasCertainlyNotArrived = (state: AttemptState): boolean => state === 'failed' || state === 'withheld'
