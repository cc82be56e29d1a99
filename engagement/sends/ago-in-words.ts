const small = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const counted = (count: number) => small[count] ?? String(count)

/** 'just now', 'five minutes ago', 'an hour ago', 'two days ago': for sentences that people read. */
export function agoInWords(ms: number): string {
  if (ms < minuteMs) return 'just now'
  if (ms < 2 * minuteMs) return 'a minute ago'
  if (ms < hourMs) return `${counted(Math.floor(ms / minuteMs))} minutes ago`
  if (ms < 2 * hourMs) return 'an hour ago'
  if (ms < dayMs) return `${counted(Math.floor(ms / hourMs))} hours ago`
  if (ms < 2 * dayMs) return 'a day ago'
  return `${counted(Math.floor(ms / dayMs))} days ago`
}
