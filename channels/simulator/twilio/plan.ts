import type { Step } from '../script.ts'
import type { PlannedState } from './twilio-facts.ts'

const firstMs = 60
const afterUsualMs = 250
const betweenCopiesMs = 15
/** The handset is unreachable. */
const undeliveredCode = 30003

/** What becomes of an accepted message, by its step. */
export function planOf(step: Step, nowMs: number): { plan: PlannedState[]; arrivesMs: number | undefined } {
  const { end = 'delivered', afterMs = afterUsualMs, copies = 1, code = undeliveredCode } = step
  const endMs = nowMs + Math.max(firstMs, afterMs)
  const states: { status: string; errorCode?: number; atMs: number }[] = [
    { status: 'queued', atMs: nowMs },
    { status: 'sent', atMs: nowMs + Math.min(firstMs, afterMs) },
  ]
  if (end === 'undelivered') states.push({ status: 'undelivered', errorCode: code, atMs: endMs })
  if (end === 'delivered' || end === 'read' || end === 'never') states.push({ status: 'delivered', atMs: endMs })
  if (end === 'read') states.push({ status: 'read', atMs: endMs + firstMs })
  const isTold = end !== 'never' && end !== 'lost'
  // The last one first, and the earlier ones after it: none is told before it is true.
  const lastMs = states.at(-1)!.atMs
  const times = states.map(({ atMs }, at) =>
    step.outOfOrder === true ? lastMs + (states.length - 1 - at) * betweenCopiesMs : atMs,
  )
  const plan = states.map((state, at) => ({
    ...state,
    // Before it was handed to a carrier Twilio tells of it in the answer alone.
    toldMs:
      isTold && state.status !== 'queued'
        ? Array.from({ length: copies }, (_, copy) => times[at]! + copy * betweenCopiesMs)
        : [],
  }))
  return { plan, arrivesMs: end === 'undelivered' || end === 'lost' ? undefined : endMs }
}
