/**
 * The days of the story. They are counted back from the day of filling, so that a demo is never old: day 1 is the last
 * working day before today, day 2 the one before. What is "live" ends at the moment of filling.
 */

/** The time of day that the live parts of the scripts call now. */
const liveNow = minutesOf('14:10')
const minuteMs = 60_000

export class Calendar {
  readonly #nowMs: number
  /** Working days before today, the last first; entry 0 is unused, because day 0 would be today. */
  readonly #days: Date[] = []

  constructor(nowMs: number) {
    this.#nowMs = Math.floor(nowMs / minuteMs) * minuteMs
    this.#days.push(startOfDay(new Date(nowMs)))
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** A time of day (`HH:MM`, where the server stands) so many working days ago. */
  at(daysAgo: number, time: string): number {
    const day = this.#day(daysAgo)
    const minutes = minutesOf(time)
    return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minutes).getTime()
  }

  live(time: string): number {
    return this.#nowMs - (liveNow - minutesOf(time)) * minuteMs
  }

  /**
   * Words with the days and times that they name: `{+3}` is a date three working days on, `{-1 day}` the name of the day
   * before, `{+0 month}` the month; in live parts `{21:46}` is that time, moved like everything else there.
   */
  words(text: string, daysAgo: number): string {
    return text
      .replace(/\{(\d\d:\d\d)\}/g, (_, time: string) => clockTime(new Date(this.live(time))))
      .replace(/\{([+-]\d+)( day| month)?\}/g, (_, days: string, what: string | undefined) => {
        const date = this.#day(daysAgo - Number(days))
        if (what === ' day') return date.toLocaleDateString('en-GB', { weekday: 'long' })
        if (what === ' month') return date.toLocaleDateString('en-GB', { month: 'long' })
        return date.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }).replace(',', '')
      })
  }

  /** `YYYY-MM-DD`, for names of files and columns of tables. */
  isoDay(daysAgo: number): string {
    const day = this.#day(daysAgo)
    return [day.getFullYear(), pad(day.getMonth() + 1), pad(day.getDate())].join('-')
  }

  /** Days to come have negative numbers. */
  #day(daysAgo: number): Date {
    if (daysAgo < 0) return ahead(this.#days[0]!, -daysAgo)
    while (this.#days.length <= daysAgo) {
      let day = this.#days.at(-1)!
      do day = dayBefore(day)
      while (isWeekend(day))
      this.#days.push(day)
    }
    return this.#days[daysAgo]!
  }
}

export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

function ahead(from: Date, days: number): Date {
  let day = from
  for (let left = days; left > 0; ) {
    day = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1)
    if (!isWeekend(day)) left -= 1
  }
  return day
}

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate())
const dayBefore = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate() - 1)
const isWeekend = (date: Date) => date.getDay() === 0 || date.getDay() === 6
const pad = (value: number) => String(value).padStart(2, '0')
const clockTime = (date: Date) => `${pad(date.getHours())}:${pad(date.getMinutes())}`
