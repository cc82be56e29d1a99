import { Value } from './value.ts'

export type Notice = { id: number; text: string; tone: 'plain' | 'halt' }

let lastId = 0
const shownMs = 6000

/** Short notes that float above the page and go by themselves; anything that must be answered is no notice. */
export const notices = new Value<readonly Notice[]>([])

export function dismiss(id: number): void {
  notices.update((all) => all.filter((notice) => notice.id !== id))
}

export function tell(text: string, tone: Notice['tone'] = 'plain'): void {
  lastId += 1
  const id = lastId
  notices.update((all) => [...all.slice(-2), { id, text, tone }])
  setTimeout(() => dismiss(id), tone === 'halt' ? shownMs * 2 : shownMs)
}

/** What a screen reader says by itself. */
export const spoken = new Value<{ text: string; urgent: boolean }>({ text: '', urgent: false })

/** Long enough for a screen reader to notice that the place was empty in between. */
const silenceMs = 100

/** Says it, also when the same was said just before: only words that appear are read out. */
export function say(text: string, urgent = false): void {
  spoken.set({ text: '', urgent })
  setTimeout(() => spoken.set({ text, urgent }), silenceMs)
}
