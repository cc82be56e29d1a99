// Times, numbers and lists as they are written in English.

const locale = 'en-GB'
export const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
const withYear = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const shortDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' })
export const longDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' })
export const numbers = new Intl.NumberFormat(locale)
export const lists = new Intl.ListFormat(locale, { type: 'conjunction' })
const plurals = new Intl.PluralRules(locale)

export const count = (n: number, one: string, other: string): string =>
  `${numbers.format(n)} ${plurals.select(n) === 'one' ? one : other}`

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
const dayMs = 86_400_000

export const day = (at: number, now = Date.now()): string => {
  const distance = Math.round((startOfDay(now) - startOfDay(at)) / dayMs)
  const words = new Date(at).getFullYear() === new Date(now).getFullYear() ? weekday.format(at) : withYear.format(at)
  const plain = words.replace(',', '')
  return distance === 0 ? `Today, ${plain}` : distance === 1 ? `Yesterday, ${plain}` : plain
}

/** Date and time in few words: today only the time. */
export const moment = (at: number, now = Date.now()): string => {
  const distance = Math.round((startOfDay(now) - startOfDay(at)) / dayMs)
  if (distance === 0) return time.format(at)
  if (distance === 1) return `yesterday, ${time.format(at)}`
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return `${(sameYear ? shortDate : longDate).format(at)}, ${time.format(at)}`
}

export const size = (bytes: number): string => {
  if (bytes < 1000) return count(bytes, 'byte', 'bytes')
  if (bytes < 1_000_000) return `${numbers.format(Math.round(bytes / 1000))} KB`
  return `${(bytes / 1_000_000).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`
}
