import { setTimeout as wait } from 'node:timers/promises'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { converse } from './conversation.ts'
import { settle } from './settle.ts'
import { judge } from './verdict.ts'
import { makeWorld, type World } from './world.ts'

const runsUsual = 200
const citizensAtOnce = 4
/** How long conversations go on before something is killed. */
const workMsMax = 1_500
const followsMs = 15_000

const blows = ['server', 'simulator', 'everything', 'postmaster', 'backend', 'server and simulator'] as const
type Blow = (typeof blows)[number]

/** Conversations while server, database and providers are killed; then both ledgers are held against each other. */
export const citizens: Proof = {
  law:
    'Through kills of server, database and providers what citizens really got is what our ledger says: nothing lost, and ' +
    'nothing sent twice.',
  async run(run) {
    const random = new Seeded(run.seed)
    const world = await makeWorld(random)
    try {
      return await prove(world, run)
    } finally {
      await world.box.dispose()
      await world.simulator.dispose()
    }
  },
}

async function prove(world: World, { count: runs = runsUsual, show }: ProofRun): Promise<Verdict> {
  const { random } = world
  for (let run = 0; run < runs; run++) {
    const talks = Array.from({ length: citizensAtOnce }, (_, n) => {
      const number = `+4915${String(200_000_000 + run * citizensAtOnce + n)}`
      return converse(world, random.child(), number, `c${run}.${n}`)
    })
    // Awaited below; a failure meanwhile is not unhandled.
    const talking = Promise.all(talks)
    talking.catch(() => undefined)
    const blow = blows[run < blows.length ? run : random.between(0, blows.length - 1)] ?? 'server'
    await wait(random.between(0, workMsMax))
    await strike(world, blow)
    await talking
    show(`${String(run + 1).padStart(3)}  killed ${blow}; ${world.told.replies.size} answers acknowledged`)
  }
  const rest = await settle(world, show)
  const { faults, counts } = await judge(world)
  if (rest !== '') faults.push(`never came to an end: ${rest}`)
  const { said, sent, unsure, again, failed } = counts
  const figure =
    `${runs} runs with ${runs * citizensAtOnce} conversations: ${said} texts of citizens, ${sent} taken by the provider, ` +
    `${unsure} unsure and asked for, ${again} tried again, ${failed} left to a human; ${faults.length} faults`
  const wasTried = sent >= runs && said >= runs
  return { holds: faults.length === 0 && wasTried, count: runs, figure, details: faults.slice(0, 30) }
}

async function strike({ box, simulator, random }: World, blow: Blow): Promise<void> {
  if (blow === 'simulator') {
    await simulator.kill()
    await wait(random.between(0, 1_000))
    return simulator.start()
  }
  if (blow === 'server and simulator') {
    await Promise.all([simulator.kill(), box.kill('server')])
    await Promise.all([simulator.start(), box.start()])
    return
  }
  await box.kill(blow, (from) => random.pick(from))
  // PostgreSQL restarts by itself after the loss of a backend; without its first process the server ends.
  if (blow === 'backend') return
  if (blow === 'postmaster' && !(await box.ended(followsMs))) throw new Error('The server lived on without PostgreSQL.')
  await box.start()
}
