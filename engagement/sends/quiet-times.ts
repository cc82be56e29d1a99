import type { Clock, Tx } from '#platform/api.ts'
import type { LegalBasis } from '../consent/types.ts'
import type { PreferenceBook } from '../people/types.ts'
import type { SendRow } from '../store/sends.ts'
import { dayBeginsMs, firstLoudMs, isTimeZone, type QuietHours } from './quiet-hours.ts'

type Timed = Pick<SendRow, 'deadlineTs' | 'kind' | 'personId'> & { readonly basis: LegalBasis }

type Deps = { readonly clock: Clock; readonly preferences: Pick<PreferenceBook, 'of'> }

/** What is left of the time at the deadline, for what would otherwise wait beyond it. */
const beforeDeadlineMs = 60_000

/** When something may leave, by the hours that she wants to have to herself. */
export class QuietTimes {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Not before `soonestTs`. An answer to her words and an emergency wait for nobody; everything else waits until her quiet is
   * over (the days of it, and then the hours), but not beyond its deadline: late is worse than loud for what has one.
   */
  async dueTs(tx: Tx | undefined, send: Timed, soonestTs = 0): Promise<number> {
    const dueTs = Math.max(this.#deps.clock.nowMs(), soonestTs)
    if (send.kind !== 'message' || send.basis === 'emergency' || send.personId === null) return dueTs
    const { quietHours, quietUntil } = await this.#deps.preferences.of(send.personId, tx)
    const isKnown = quietUntil !== undefined && isTimeZone(quietUntil.timeZone)
    const begins = isKnown ? dayBeginsMs(quietUntil.timeZone, quietUntil.day) : undefined
    const awayTs = Math.max(dueTs, begins ?? 0)
    const hours = hoursOf(quietHours)
    const loudTs = hours === undefined ? awayTs : firstLoudMs(hours, awayTs)
    return Math.max(dueTs, Math.min(loudTs, send.deadlineTs - beforeDeadlineMs))
  }
}

type Wished = { readonly from: string; readonly to: string; readonly timeZone: string }

function hoursOf(wished: Wished | undefined): QuietHours | undefined {
  if (wished === undefined || !isTimeZone(wished.timeZone)) return undefined
  const [from, to] = [minutesOf(wished.from), minutesOf(wished.to)]
  return from === undefined || to === undefined ? undefined : { timeZone: wished.timeZone, from, to }
}

/** `HH:MM`. */
function minutesOf(text: string): number | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  return hour === undefined || minute === undefined ? undefined : Number(hour) * 60 + Number(minute)
}
