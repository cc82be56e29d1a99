/**
 * The days of the story. They are counted back from the day of filling, so that a demo is never old: day 0 is today, or
 * yesterday where the hour at which the story breaks off is still to come; day 1 is the last working day before it.
 */

/** The time of day at which the story breaks off: whoever looks in now sees it stand there. */
const endTime = '14:10'
const hourMs = 3_600_000

export class Calendar {
  readonly #days: Date[]

  constructor(nowMs: number) {
    const today = startOfDay(new Date(nowMs))
    this.#days = [today]
    if (this.endMs > nowMs) this.#days = [dayBefore(today)]
  }

  get endMs(): number {
    return this.at(0, endTime)
  }

  /** A time of day (`HH:MM`, where the server stands) so many working days ago. */
  at(daysAgo: number, time: string): number {
    const [hours = 0, minutes = 0] = time.split(':').map(Number)
    const day = this.#day(daysAgo)
    return new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes).getTime()
  }

  hoursBeforeEnd(hours: number): number {
    return this.endMs - hours * hourMs
  }

  /** Words with the days that they name: `{+3}` is a date three working days on, `{-1 day}` the name of the day before. */
  words(text: string, daysAgo: number): string {
    return text.replace(/\{([+-]\d+)( day)?\}/g, (_, days: string, nameOnly: string | undefined) => {
      const date = this.#day(daysAgo - Number(days))
      if (nameOnly !== undefined) return date.toLocaleDateString('en-GB', { weekday: 'long' })
      return date.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }).replace(',', '')
    })
  }

  /** `YYYY-MM-DD`, for columns of tables. */
  isoDay(daysAgo: number): string {
    const day = this.#day(daysAgo)
    return [day.getFullYear(), pad(day.getMonth() + 1), pad(day.getDate())].join('-')
  }

  /** Days to come have negative numbers. */
  #day(daysAgo: number): Date {
    let day = this.#days[0]!
    if (daysAgo < 0) {
      for (let left = -daysAgo; left > 0; left -= 1) day = workingDay(day, dayAfter)
      return day
    }
    while (this.#days.length <= daysAgo) this.#days.push(workingDay(this.#days.at(-1)!, dayBefore))
    return this.#days[daysAgo]!
  }
}

function workingDay(from: Date, step: (day: Date) => Date): Date {
  let day = step(from)
  while (day.getDay() === 0 || day.getDay() === 6) day = step(day)
  return day
}

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate())
const dayBefore = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate() - 1)
const dayAfter = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1)
const pad = (value: number) => String(value).padStart(2, '0')
