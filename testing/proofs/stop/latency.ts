import { setTimeout as wait } from 'node:timers/promises'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { processorTime, sharesOf } from './processor-time.ts'
import type { SeenFact } from './verdict.ts'
import { inStopWorld, type StopWorld } from './world.ts'

const sendsPerSecondUsual = 500
const seconds = 20
/** What the first seconds warm up is not counted. */
const warmSeconds = 5
const boundMs = 500
const citizens = 1_000

/** How long a send takes from the request of a program to the provider, at a rate that `--count` gives. */
export const sendLatency: Proof = {
  law: `At ${sendsPerSecondUsual} sends a second 95 of 100 reach the provider within ${boundMs} ms of the request.`,
  run: (run) => inStopWorld({ citizens, servers: 1 }, (world) => measure(world, run)),
}

async function measure(world: StopWorld, { count, show }: ProofRun): Promise<Verdict> {
  const perSecond = count ?? sendsPerSecondUsual
  await world.begin({})
  const askedMs = new Map<string, number>()
  const answersMs: number[] = []
  let refused = 0
  const underWay = new Set<Promise<void>>()
  const before = processorTime()
  const beganMs = performance.now()
  for (let n = 0; n < perSecond * seconds; n++) {
    const dueMs = beganMs + (n * 1_000) / perSecond
    // A timer is good to a millisecond; what is due until then leaves with it.
    if (dueMs > performance.now() + 1) await wait(dueMs - performance.now())
    const body = `floods ${n}`
    askedMs.set(body, Date.now())
    const citizen = world.citizens[n % world.citizens.length]
    const post = world
      .send(citizen?.personId ?? '', body, n)
      .then((status) => {
        if (status !== 202) refused += 1
        answersMs.push(Date.now() - (askedMs.get(body) ?? 0))
      })
      .finally(() => underWay.delete(post))
    underWay.add(post)
  }
  await Promise.all(underWay)
  const tookS = (performance.now() - beganMs) / 1_000
  await wait(3_000)
  const after = processorTime()
  const facts = world.office.simulator.simulator.world.facts as unknown as SeenFact[]
  const arrived = facts.filter((one) => one.what === 'twilio.message' && one.direction === 'outbound-api')
  const late = arrived.flatMap(({ body = '', atMs }) => {
    const n = Number(body.slice('floods '.length))
    return n < perSecond * warmSeconds ? [] : [atMs - (askedMs.get(body) ?? 0)]
  })
  const p95 = share(late, 0.95)
  const rate = Math.round((perSecond * seconds) / tookS)
  const figure =
    `${rate} sends a second; to the provider p50 ${share(late, 0.5)} ms, p95 ${p95} ms, p99 ${share(late, 0.99)} ms; ` +
    `answers p95 ${share(answersMs, 0.95)} ms; ${arrived.length} of ${perSecond * seconds} arrived, ${refused} refused`
  show(figure)
  const shares = sharesOf(before, after, perSecond * seconds)
  const isWhole = refused === 0 && arrived.length === perSecond * seconds
  return { holds: isWhole && p95 <= boundMs, count: arrived.length, figure, details: [shares] }
}

/** The value below which a part of them lies. */
export function share(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN
}
