import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { BlackBox } from '../black-box.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { plantAddresses, plantAttempts, Told } from './attempts.ts'
import { type HookCall, type LoadReport, loadHooks, receiptCall, type Sender } from './hook-calls.ts'

const countUsual = 100_000
const steadyPerSecond = 1_000
const steadySeconds = 20
const burstCalls = 25_000
const burstPerSecond = 5_000
const chunkCalls = 20_000
const connections = 64
const appliedWithinS = 5
const states = ['sent', 'delivered', 'read']

type Scene = {
  readonly box: BlackBox
  readonly sender: Sender
  readonly url: URL
  readonly token: string
  readonly addresses: readonly number[]
}

/**
 * Receipts alone: they are what comes in masses. A third of the mixed load is the same hook again, a twentieth forged, in
 * random order; in the middle of it server and database are killed.
 */
export const webHooks: Proof = {
  law:
    `${steadyPerSecond} web hooks a second are stored before they are answered and applied ${appliedWithinS} s after the ` +
    'end; what is forged or comes again changes nothing; kill -9 loses none that was answered.',
  async run(run) {
    const scene = await open()
    try {
      return await prove(scene, run)
    } finally {
      await scene.box.stop()
      await scene.box.dispose()
    }
  },
}

async function open(): Promise<Scene> {
  const sender = {
    channelId: 'sms',
    accountSid: `AC${'4'.repeat(32)}`,
    authToken: 'a-secret-of-this-proof',
    number: '+15550001000',
  }
  const { channelId: id, accountSid, authToken, number: from } = sender
  const channels = JSON.stringify([{ id, kind: 'twilio-sms', accountSid, authToken, from }])
  const box = await BlackBox.make(['--password-hashing', 'cheap'], { CHANCERY_CHANNELS: channels })
  await box.start()
  const { token, userId } = await box.account('admin')
  await box.ok('PUT', `/api/v1/agencies/main/staff/${encodeURIComponent(userId)}`, { token })
  const addresses = await asking(box, (client) => plantAddresses(box, client, token))
  const publicUrl = `http://localhost:${box.port}`
  return { box, sender: { ...sender, publicUrl }, url: new URL(`http://127.0.0.1:${box.port}`), token, addresses }
}

async function prove(scene: Scene, { seed, count = countUsual, show }: ProofRun): Promise<Verdict> {
  const { sender, url } = scene
  const problems: string[] = []
  const told = new Told()
  const [steadyOnes, burstOnes] = [numbers(0, steadyPerSecond * steadySeconds), numbers(1_000_000, burstCalls)]
  const mixedOnes = numbers(10_000_000, count)
  await asking(scene.box, async (client) => {
    for (const ones of [steadyOnes, burstOnes, mixedOnes]) await plantAttempts(client, scene.addresses, ones)
  })
  const steadyCalls = calls(sender, steadyOnes)
  const steady = await loadHooks(url, steadyCalls, { connections, perSecond: steadyPerSecond })
  const steadyApplied = await applied(scene)
  show(`steady: ${rate(steady)}, p95 ${steady.p95Ms.toFixed(0)} ms, applied ${seconds(steadyApplied)} after the end`)
  if (steady.taken.length !== steadyCalls.length) problems.push('A steady hook was not answered with success.')
  if (steady.seconds > steadySeconds + 1) problems.push('The server fell behind a thousand a second.')
  if (!(steadyApplied <= appliedWithinS)) problems.push('Steady receipts were applied late.')

  const burst = await loadHooks(url, calls(sender, burstOnes), { connections, perSecond: burstPerSecond })
  const burstApplied = await applied(scene)
  show(`burst of ${burstPerSecond} a second: ${rate(burst)}, applied ${seconds(burstApplied)} after the end`)
  if (burst.taken.length !== burstCalls) problems.push('A hook of the burst was not answered with success.')
  if (!(burstApplied <= appliedWithinS)) problems.push('Receipts of the burst were applied late.')

  for (const call of [...steady.taken, ...burst.taken]) told.hear(call, true)
  const mixed = await mixedLoad(scene, { count, seed, told }, show)
  problems.push(...mixed.problems)
  await asking(scene.box, async (client) => {
    for (const ones of [steadyOnes, burstOnes, mixedOnes])
      problems.push(...(await told.faults(client, ones)).slice(0, 5))
  })
  const bursts = `${Math.round(burstCalls / burst.seconds)} a second in a burst`
  return {
    holds: problems.length === 0,
    count: steadyCalls.length + burstCalls + count,
    figure: `p95 ${steady.p95Ms.toFixed(0)} ms at ${Math.round(steadyCalls.length / steady.seconds)} a second; ${bursts}; ${mixed.figure}`,
    details: problems,
  }
}

type Numbers = { readonly from: number; readonly count: number }
const numbers = (from: number, count: number): Numbers => ({ from, count })

/** `count` receipts of as many messages, signed now. */
function calls(sender: Sender, { from, count }: Numbers): HookCall[] {
  return Array.from({ length: count }, (_, n) => receiptCall(sender, from + n, 'sent'))
}

type Mixed = { readonly count: number; readonly seed: number; readonly told: Told }

async function mixedLoad(scene: Scene, { count, seed, told }: Mixed, show: (line: string) => void) {
  const { box, sender, url } = scene
  const random = new Seeded(seed)
  const problems: string[] = []
  const genuine = new Set<string>()
  let [answered, forged, wronglyTaken, killed] = [0, 0, 0, 0]
  const before = await counts(scene)
  for (let done = 0; done < count; done += chunkCalls) {
    const size = Math.min(chunkCalls, count - done)
    const chunk = mixedCalls(sender, 10_000_000 + done, size, random)
    const isKill = done + size >= count / 2 && killed === 0
    const killing = isKill ? wait(300).then(() => box.kill('everything')) : undefined
    const report = await loadHooks(url, chunk, { connections, perSecond: Number.POSITIVE_INFINITY })
    if (killing !== undefined) {
      killed += 1
      await killing
      await box.start()
      // Whoever got no answer sends again, and so does who got one: nothing may be new about these.
      const again = await loadHooks(url, report.taken, { connections, perSecond: Number.POSITIVE_INFINITY })
      if (again.taken.length !== report.taken.length)
        problems.push('A hook that was answered was refused after a kill.')
    }
    for (const call of chunk) told.hear(call, false)
    for (const call of report.taken) told.hear(call, true)
    for (const call of report.taken) genuine.add(call.identity)
    answered += report.taken.length
    forged += report.refused.length
    wronglyTaken += report.taken.filter((call) => call.isForged).length
    if (report.refused.some((call) => !call.isForged)) problems.push('A genuine hook was refused.')
  }
  const stored = await storedSince(box)
  const after = await counts(scene)
  show(
    `mixed: ${answered} answered with success, ${genuine.size} different ones; ${forged} forged and refused; stored ${stored}`,
  )
  if (wronglyTaken > 0) problems.push(`${wronglyTaken} forged hooks were taken.`)
  // What was stored in the moment of the kill and not answered may be more; less is a loss.
  if (stored < genuine.size) problems.push(`${genuine.size - stored} hooks were answered and are not there.`)
  if (!((await applied(scene)) <= appliedWithinS)) problems.push('Mixed receipts were applied late.')
  const duplicates = (after.duplicate ?? 0) - (before.duplicate ?? 0)
  return { problems, figure: `${duplicates} duplicates, ${forged} forged, ${killed} kill, none lost` }
}

function mixedCalls(sender: Sender, from: number, count: number, random: Seeded): HookCall[] {
  const made: HookCall[] = []
  while (made.length < count) {
    if (made.length > 0 && random.chance(1 / 3)) made.push(random.pick(made))
    else made.push(receiptCall(sender, from + random.between(0, count - 1), random.pick(states), random.chance(0.05)))
  }
  return made
}

async function counts({ box, token }: Scene): Promise<Record<string, number>> {
  return (await box.ok('GET', '/api/v1/channels', { token })).channels[0].counts
}

/** Seconds until nothing waits any more. */
async function applied({ box }: Scene): Promise<number> {
  const startMs = performance.now()
  const waits = 'select count(*)::int as count from channel_hook where handed_ts is null and failed_ts is null'
  return asking(box, async (client) => {
    while (performance.now() - startMs < 30_000) {
      if ((await client.query(waits)).rows[0].count === 0) return (performance.now() - startMs) / 1000
      await wait(50)
    }
    return Number.NaN
  })
}

/** Of the mixed load: the times before it stored theirs earlier. */
async function storedSince(box: BlackBox): Promise<number> {
  const all = await asking(box, async (client) => {
    const { rows } = await client.query('select count(*)::int as count from channel_hook')
    return rows[0].count as number
  })
  return all - steadyPerSecond * steadySeconds - burstCalls
}

async function asking<T>(box: BlackBox, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await box.database()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function rate(report: LoadReport): string {
  return `${Math.round((report.taken.length + report.refused.length) / report.seconds)} a second over ${report.seconds.toFixed(1)} s`
}

function seconds(s: number): string {
  return Number.isNaN(s) ? 'not at all' : `${s.toFixed(1)} s`
}
