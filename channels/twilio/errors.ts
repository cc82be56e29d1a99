/** Twilio's error codes, as far as they say something about what to do next: https://www.twilio.com/docs/api/errors */
import type { SendFailure } from '../api.ts'

type Meaning = { readonly reason: SendFailure; readonly isPermanent: boolean }

const row = (reason: SendFailure, isPermanent: boolean): Meaning => ({ reason, isPermanent })

const meanings: ReadonlyMap<number, Meaning> = new Map([
  // Refused when the message is handed over.
  [20003, row('provider', false)], // wrong account or token
  [20005, row('provider', false)], // account suspended
  [20429, row('throttled', false)],
  [21211, row('invalid', true)],
  [21214, row('invalid', true)],
  [21217, row('invalid', true)],
  [21265, row('invalid', true)], // a short code
  [21266, row('invalid', true)], // to and from are the same
  [21408, row('rejected', true)], // no permission for that country
  [21601, row('provider', false)], // our number cannot send
  [21602, row('rejected', true)], // no words
  [21603, row('provider', false)], // no sender
  [21604, row('invalid', true)],
  [21605, row('rejected', true)],
  [21606, row('provider', false)], // our number is not ours
  [21610, row('stopped', true)],
  [21611, row('throttled', false)], // the sender's queue is full
  [21612, row('invalid', true)], // not reachable from this sender
  [21614, row('invalid', true)], // not a mobile number
  [21617, row('rejected', true)], // too long
  [21659, row('provider', false)],
  [21660, row('provider', false)],
  // Reported afterwards.
  [30001, row('throttled', false)],
  [30002, row('provider', false)],
  [30003, row('unreachable', false)],
  [30004, row('rejected', true)], // blocked by her or her carrier
  [30005, row('invalid', true)], // unknown number
  [30006, row('invalid', true)], // a landline
  [30007, row('rejected', true)], // filtered
  [30008, row('unreachable', false)],
  [30010, row('rejected', true)], // dearer than allowed
  [30017, row('throttled', false)],
  [30022, row('throttled', false)],
  [30410, row('provider', false)],
  [30500, row('provider', false)],
  [63018, row('throttled', false)],
])

/** What is not in the table may be right another time. */
export function twilioFailure(code: number | undefined): Meaning {
  return (code === undefined ? undefined : meanings.get(code)) ?? row('provider', false)
}
