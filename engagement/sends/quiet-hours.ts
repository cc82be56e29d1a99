/** Hours at which somebody does not want to be written to. Minutes since midnight on the clocks where she lives. */
export type QuietHours = {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  /** The first quiet minute, 0 to 1439. */
  readonly from: number
  /** The first minute that is quiet no more; before `from` where the quiet lasts over midnight, equal to it for none. */
  readonly to: number
}

const minuteMs = 60_000
const dayMinutes = 1_440
const dayLength = 'YYYY-MM-DD'.length
/** Quiet hours end within a day, and clocks are put forward or back by three hours at the very most. */
const searchedMinutes = dayMinutes + 180

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes milliseconds; there are some four hundred time zones and no more. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const kept = formats.get(timeZone)
  if (kept !== undefined) return kept
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  formats.set(timeZone, made)
  return made
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** When a day (`YYYY-MM-DD`) begins on the clocks there; undefined for what is no day. */
export function dayBeginsMs(timeZone: string, day: string): number | undefined {
  const inUtc = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(inUtc) || new Date(inUtc).toISOString().slice(0, dayLength) !== day) return undefined
  // Clocks differ from UTC by 14 hours at most. The last moment before that is still the day before is followed by the day.
  let [before, from] = [inUtc - dayMinutes * minuteMs, inUtc + dayMinutes * minuteMs]
  while (from - before > minuteMs) {
    const middle = before + Math.floor((from - before) / 2 / minuteMs) * minuteMs
    if (dayThere(timeZone, middle) < day) before = middle
    else from = middle
  }
  return from
}

const dayFormats = new Map<string, Intl.DateTimeFormat>()

function dayThere(timeZone: string, atMs: number): string {
  const format = dayFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone })
  dayFormats.set(timeZone, format)
  return format.format(atMs)
}

/** Minutes since midnight that clocks there show at a moment. */
function minuteOfDay(timeZone: string, atMs: number): number {
  const [hour = '0', minute = '0'] = formatOf(timeZone).format(atMs).split(':')
  return Number(hour) * 60 + Number(minute)
}

export function isQuiet(hours: QuietHours, atMs: number): boolean {
  const { from, to } = hours
  if (from === to) return false
  const minute = minuteOfDay(hours.timeZone, atMs)
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/**
 * The first moment from `nowMs` on that is not quiet. Where clocks are put forward or back meanwhile, what they show
 * counts and not how many hours went by: a quiet that ends at an hour that is left out ends with the hour after it.
 */
export function firstLoudMs(hours: QuietHours, nowMs: number): number {
  if (!isQuiet(hours, nowMs)) return nowMs
  const shown = minuteOfDay(hours.timeZone, nowMs)
  const intoMinute = nowMs % minuteMs
  const guessMinutes = (hours.to - shown + dayMinutes) % dayMinutes
  const guess = nowMs - intoMinute + guessMinutes * minuteMs
  if (isStraight(hours, nowMs, guess)) return guess
  for (let minutes = 1; minutes <= searchedMinutes; minutes++) {
    const at = nowMs - intoMinute + minutes * minuteMs
    if (!isQuiet(hours, at)) return at
  }
  return nowMs
}

/** Whether clocks run on from one moment to the other as minutes go by. */
function isStraight({ timeZone }: QuietHours, fromMs: number, toMs: number): boolean {
  const shown = minuteOfDay(timeZone, toMs) - minuteOfDay(timeZone, fromMs)
  const passed = Math.floor(toMs / minuteMs) - Math.floor(fromMs / minuteMs)
  return (shown + dayMinutes) % dayMinutes === passed % dayMinutes
}
