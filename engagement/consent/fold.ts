import type { ConsentAct, Consenting } from './types.ts'

export type FoldEvent = {
  readonly seq: number
  readonly act: ConsentAct
  readonly atMs: number
  readonly undoesSeq?: number | null
}

export type Folded = { readonly state: Consenting; readonly sinceMs: number; readonly seq: number }

/**
 * What holds for one holder and one purpose after all of their events, in order; undefined when nobody ever agreed to anything.
 * What is live and what is derived anew both come from here.
 */
export function fold(events: readonly FoldEvent[]): Folded | undefined {
  let now: Folded | undefined
  const before = new Map<number, Consenting | undefined>()
  for (const event of events) {
    const state = stateAfter(event, now?.state, before)
    before.set(event.seq, now?.state)
    if (state !== undefined) now = { state, sinceMs: event.atMs, seq: event.seq }
  }
  return now
}

/** Undefined: it changes nothing. */
function stateAfter(
  { act, undoesSeq }: FoldEvent,
  now: Consenting | undefined,
  before: ReadonlyMap<number, Consenting | undefined>,
): Consenting | undefined {
  if (act === 'grant' || act === 'start') return 'granted'
  if (act === 'withdraw') return 'withdrawn'
  // Who has agreed need not confirm it; who asks again after a withdrawal must.
  if (act === 'request') return now === 'granted' ? undefined : 'requested'
  if (act === 'confirm') return now === 'requested' ? 'granted' : undefined
  // Where nothing held before, nothing is agreed to now.
  if (act === 'undo' && undoesSeq != null) return before.get(undoesSeq) ?? 'withdrawn'
  return undefined
}
