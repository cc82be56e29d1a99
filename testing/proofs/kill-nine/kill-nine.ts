import { setTimeout as wait } from 'node:timers/promises'
import { BlackBox, type Victim } from '../black-box.ts'
import type { Proof, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { actorsAtWork } from './actors.ts'
import { Reader } from './reader.ts'
import { type Fault, judge } from './verdict.ts'
import { makeWorld, type World } from './world.ts'

type Blow = Victim | 'everything, and again while it starts'

const blows: readonly Blow[] = [
  ...(['server', 'postmaster', 'backend', 'everything', 'everything, and again while it starts'] as const),
]
const cyclesUsual = 50
/** Load between two kills. */
const workMsMin = 200
const workMsMax = 1_800
/** After the last kill: the work goes on a little, and readers catch up. */
const afterwardsMs = 2_000
const catchUpMs = 20_000
/** A server whose PostgreSQL ended stops by itself within this. */
const followsMs = 15_000
const backMs = 60_000
const restartKillMsMax = 2_500

/** Strikes and repairs; resolves when the server answers again. */
export type Strike = (world: World, cycle: number) => Promise<string>

/** Actors and readers at work while `strike` strikes `cycles` times; then everything is held against the ledger. */
export async function runUnderLoad(
  world: World,
  cycles: number,
  strike: Strike,
  show: (line: string) => void,
): Promise<{ faults: Fault[]; readers: Reader[] }> {
  const readers = makeReaders(world)
  const reading = readers.map((reader) => reader.run())
  const working = actorsAtWork(world)
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      await wait(world.random.between(workMsMin, workMsMax))
      const what = await strike(world, cycle)
      show(`${String(cycle + 1).padStart(3)}  ${what}; ${world.ledger.messages.size} acknowledged`)
      await repeatLast(world)
    }
    await wait(afterwardsMs)
  } finally {
    world.isOver = true
    await working
    await untilCaughtUp(readers)
    for (const reader of readers) reader.stop()
    await Promise.all(reading)
  }
  return { faults: await judge(world, readers), readers }
}

function makeReaders({ box, readers, random }: World): Reader[] {
  const habits = [
    { timelineLimit: 1_000, timeoutMs: 2_000, awayMsMax: 0 },
    { timelineLimit: 3, timeoutMs: 0, awayMsMax: 700 },
    { timelineLimit: 20, timeoutMs: 1_000, awayMsMax: 3_000 },
  ]
  return readers.map((account, n) => new Reader(box, account, habits[n % 3] as (typeof habits)[number], random.child()))
}

/** What was acknowledged last by each sender, repeated after the crash: the same event id, whoever remembers. */
async function repeatLast({ ledger, box, senders }: World): Promise<void> {
  for (const [sender, account] of senders.entries()) {
    const last = [...ledger.messages].findLast(([, one]) => one.sender === sender)
    if (last === undefined) continue
    const [transaction, { room }] = last
    const n = Number(transaction.split('-')[1])
    const content = { msgtype: 'm.text', body: `${transaction} said once`, n, by: sender, key: transaction }
    const eventId = await box.send(account, room, transaction, content).catch(() => undefined)
    if (eventId !== undefined) ledger.acknowledge(transaction, eventId, room, sender)
  }
}

/** Nobody writes any more; a reader that has heard nothing new for a while has heard all that it will. */
async function untilCaughtUp(readers: readonly Reader[]): Promise<void> {
  const heard = () =>
    readers.reduce((sum, one) => sum + [...one.heard.values()].reduce((all, l) => all + l.length, 0), 0)
  const untilMs = performance.now() + catchUpMs
  for (let before = -1; before !== heard() && performance.now() < untilMs; ) {
    before = heard()
    await wait(4_000)
  }
}

const strikeAtRandom: Strike = async (world, cycle) => {
  const { box, random } = world
  // Each kind comes up in the first rounds, so that a short run is no gentle one.
  const blow = cycle < blows.length ? (blows[cycle] as Blow) : random.pick(blows)
  if (blow === 'everything, and again while it starts') {
    await box.kill('everything')
    box.spawn()
    const afterMs = random.between(0, restartKillMsMax)
    await wait(afterMs)
    await box.kill('everything')
    await box.start(backMs)
    return `killed everything, and again after ${afterMs} ms of its start`
  }
  await box.kill(blow, (from) => random.pick(from))
  if (blow === 'backend') {
    await untilItSends(world)
    return 'killed a backend of PostgreSQL'
  }
  if (blow === 'postmaster' && !(await box.ended(followsMs))) throw new Error('The server lived on without PostgreSQL.')
  await box.start(backMs)
  return `killed ${blow === 'everything' ? 'everything' : `the ${blow}`}`
}

/** PostgreSQL restarts by itself after the loss of a backend, and the server must find its way back to it. */
async function untilItSends({ box, keeper, rooms }: World): Promise<void> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(rooms[0] as string)}/typing/${encodeURIComponent(keeper.userId)}`
  const setTopicPath = path.replace(/typing\/.*$/, 'state/org.example.alive/')
  const untilMs = performance.now() + backMs
  while (performance.now() < untilMs) {
    const ask = { token: keeper.token, body: { alive: true }, timeoutMs: 5_000 }
    const answer = await box.ask('PUT', setTopicPath, ask).catch(() => undefined)
    if (answer?.status === 200) return
    if (!box.isRunning) throw new Error('The server ended when one backend of PostgreSQL did.')
    await wait(50)
  }
  throw new Error(`The server did not come back within ${backMs / 1000} s after a backend of PostgreSQL was killed.`)
}

export const killNine: Proof = {
  law: 'kill -9 of server and PostgreSQL at any moment loses, doubles and skips nothing that was acknowledged.',
  async run({ seed, count, show }) {
    const cycles = count ?? cyclesUsual
    const box = await BlackBox.make()
    try {
      await box.start()
      const world = await makeWorld(box, new Seeded(seed))
      const { faults, readers } = await runUnderLoad(world, cycles, strikeAtRandom, show)
      await box.stop()
      return verdictOf(world, cycles, faults, readers)
    } finally {
      await box.dispose()
    }
  },
}

export function verdictOf(
  { ledger }: World,
  cycles: number,
  faults: readonly Fault[],
  readers: readonly Reader[],
): Verdict {
  const gaps = readers.reduce((sum, reader) => sum + reader.gaps, 0)
  const worked =
    `${ledger.messages.size} messages, ${ledger.repeats} of them repeated, ${ledger.topics.length} topics and ` +
    `${ledger.uploads.length} files acknowledged; ${gaps} gaps filled`
  const found = faults.length === 0 ? 'no fault' : faults.map(({ title, count }) => `${count} ${title}`).join(', ')
  const enough = ledger.messages.size >= cycles * 10 && ledger.topics.length > 0 && ledger.uploads.length > 0
  return {
    holds: faults.length === 0 && enough,
    count: cycles,
    figure: `${cycles} kills: ${worked}; ${found}${enough ? '' : '; too little was acknowledged to tell'}`,
    details: faults.flatMap(({ title, examples }) => examples.map((example) => `${title}: ${example}`)),
  }
}
