import { setTimeout as wait } from 'node:timers/promises'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { committedAfterStop, type SeenFact, seenFromOutside } from './verdict.ts'
import { inStopWorld, pauseMs, type StopWorld } from './world.ts'

export type StopLoad = {
  readonly citizens: number
  readonly sendsPerSecond: number
  readonly stopsPerSecond: number
  /** A server is killed about so often. */
  readonly killEveryMs: number
  readonly secondsUsual: number
}

/** After the last send: what is under way ends, and retries come. */
const afterwardsMs = 5_000
const requestsAtOnceMax = 400

type Tally = { sent: number; refused: number; lost: number; kills: number }

const proofWith = (load: StopLoad): Proof => ({
  law: 'After a STOP nothing in its scope is committed, and one second after its web hook was answered nothing reaches the provider.',
  run: (run) => inStopWorld({ citizens: load.citizens, servers: 2 }, (world) => prove(world, load, run)),
})

async function prove(world: StopWorld, load: StopLoad, { seed, count, show }: ProofRun): Promise<Verdict> {
  await world.begin()
  show(`${load.citizens} citizens, ${load.sendsPerSecond} sends a second over two servers`)
  const seconds = count ?? load.secondsUsual
  const tally: Tally = { sent: 0, refused: 0, lost: 0, kills: 0 }
  const random = new Seeded(seed)
  const over = AbortSignal.timeout(seconds * 1_000)
  await Promise.all([
    sending(world, load, new Seeded(random.between(0, 2 ** 31)), over, tally),
    stopping(world, load, new Seeded(random.between(0, 2 ** 31)), over),
    killing(world, load, new Seeded(random.between(0, 2 ** 31)), over, tally, show),
  ])
  await wait(afterwardsMs)
  const facts = world.office.simulator.simulator.world.facts as unknown as SeenFact[]
  const { late, twice, stops } = seenFromOutside(facts, world.citizens)
  const committed = await committedAfterStop(world.office.town.database.postgres)
  const taken = facts.filter((one) => one.what === 'twilio.message' && one.direction === 'outbound-api').length
  const perSecond = Math.round((tally.sent + tally.refused) / seconds)
  const figure =
    `${perSecond} sends a second: ${tally.sent} accepted and ${tally.refused} refused, ${taken} taken by the provider, ${stops} STOPs, ` +
    `${tally.kills} kills, ${tally.lost} requests lost with a server; ` +
    `${committed.length} committed after a STOP, ${late.length} seen too late, ${twice.length} sent twice`
  const details = [...committed, ...late, ...twice].slice(0, 20)
  const wasTried = tally.sent > 0 && stops > 0 && taken > 0
  return { holds: wasTried && details.length === 0, count: stops, figure, details }
}

/** Posts at a rate, whatever the servers take. */
async function sending(
  world: StopWorld,
  load: StopLoad,
  random: Seeded,
  over: AbortSignal,
  tally: Tally,
): Promise<void> {
  const underWay = new Set<Promise<void>>()
  let made = 0
  let nextMs = performance.now()
  while (!over.aborted) {
    nextMs += pauseMs(random, load.sendsPerSecond)
    const restMs = nextMs - performance.now()
    if (restMs > 1) await wait(restMs)
    if (underWay.size >= requestsAtOnceMax) await Promise.race(underWay)
    const n = made++
    const post = postOne(world, random, n, tally).finally(() => underWay.delete(post))
    underWay.add(post)
  }
  await Promise.all(underWay)
}

async function postOne(world: StopWorld, random: Seeded, n: number, tally: Tally): Promise<void> {
  const citizen = random.pick(world.citizens)
  try {
    const status = await world.send(citizen.personId, `floods ${n}`, n)
    if (status === 202) tally.sent += 1
    else if (status === 409) tally.refused += 1
    else tally.lost += 1
  } catch {
    tally.lost += 1
  }
}

/** Each citizen says STOP once at most. */
async function stopping(world: StopWorld, load: StopLoad, random: Seeded, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await wait(pauseMs(random, load.stopsPerSecond))
    const left = world.citizens.filter(({ saidStop }) => !saidStop)
    if (left.length === 0) return
    const citizen = random.pick(left)
    citizen.saidStop = true
    await world.stop(citizen)
  }
}

async function killing(
  world: StopWorld,
  load: StopLoad,
  random: Seeded,
  over: AbortSignal,
  tally: Tally,
  show: (line: string) => void,
): Promise<void> {
  while (!over.aborted) {
    await wait(load.killEveryMs * (0.5 + random.fraction()), undefined, { signal: over }).catch(() => undefined)
    if (over.aborted) return
    const victim = random.pick(world.victims)
    await victim.kill()
    tally.kills += 1
    await wait(random.between(0, 500))
    await victim.start()
    show(`killed a server; ${tally.sent} sends accepted`)
  }
}

export const stop = proofWith({
  citizens: 400,
  sendsPerSecond: 500,
  stopsPerSecond: 10,
  killEveryMs: 5_000,
  secondsUsual: 40,
})

/** Small enough for every run of the tests. */
export const stopSample = proofWith({
  citizens: 30,
  sendsPerSecond: 60,
  stopsPerSecond: 4,
  killEveryMs: 1_500,
  secondsUsual: 5,
})
