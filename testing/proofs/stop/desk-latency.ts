import { setTimeout as wait } from 'node:timers/promises'
import { officeNumber } from '#testing/citizen-office.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { share } from './latency.ts'
import { inStopWorld, type StopWorld } from './world.ts'

const perSecondUsual = 20
const seconds = 20
const boundMs = 300
const citizens = 100

/** How long her words take from her telephone until a clerk's client has them; `--count` gives the rate. */
export const deskLatency: Proof = {
  law: `Of the words of citizens, ${perSecondUsual} a second, 95 of 100 reach a clerk's client within ${boundMs} ms.`,
  run: (run) => inStopWorld({ citizens, servers: 1 }, (world) => measure(world, run)),
}

async function measure(world: StopWorld, { count: perSecond = perSecondUsual, show }: ProofRun): Promise<Verdict> {
  await world.begin({})
  const clerk = new Clerk(world)
  await clerk.begin()
  const firstMs = await said(world, clerk, { perSecond: 5, count: citizens, name: 'first' })
  show(`first words, in the queue: p50 ${share(firstMs, 0.5)} ms, p95 ${share(firstMs, 0.95)} ms`)
  await clerk.takeAll()
  const laterMs = await said(world, clerk, { perSecond, count: perSecond * seconds, name: 'later' })
  await clerk.end()
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => share(laterMs, part))
  const missing = [...firstMs, ...laterMs].filter((ms) => !Number.isFinite(ms)).length
  const figure =
    `${perSecond} a second: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms in conversations that are taken; ` +
    `first words in the queue p95 ${share(firstMs, 0.95)} ms; ${missing} never came`
  const holds = missing === 0 && (p95 ?? Number.NaN) <= boundMs && share(firstMs, 0.95) <= boundMs
  return { holds, count: laterMs.length, figure, details: [] }
}

type Talking = { readonly perSecond: number; readonly count: number; readonly name: string }

/** Citizens write in turn. @returns how long each message took, in milliseconds; Infinity for what never came. */
async function said(world: StopWorld, clerk: Clerk, { perSecond, count, name }: Talking): Promise<number[]> {
  const saidMs = new Map<string, number>()
  const beganMs = performance.now()
  for (let n = 0; n < count; n++) {
    await wait(Math.max(0, beganMs + (n * 1_000) / perSecond - performance.now()))
    const number = world.citizens[n % world.citizens.length]?.number ?? ''
    const key = name === 'first' ? number : `${name} ${n}`
    saidMs.set(key, Date.now())
    void world.office.simulator.text(number, officeNumber, `${name} ${n}`)
  }
  await wait(3_000)
  return [...saidMs].map(([key, atMs]) => (clerk.heardMs.get(key) ?? Number.POSITIVE_INFINITY) - atMs)
}

type Timelines = Record<string, { timeline?: { events?: ClientEvent[] } }>
type ClientEvent = { type: string; state_key?: string; content: { body?: string; via?: string[] } }

/** A client that is always syncing, and remembers when it was told of what. */
class Clerk {
  readonly heardMs = new Map<string, number>()
  readonly #world: StopWorld
  readonly #over = new AbortController()
  #syncing: Promise<void> | undefined

  constructor(world: StopWorld) {
    this.#world = world
  }

  async begin(): Promise<void> {
    const { next_batch } = await this.#ask('GET', '/_matrix/client/v3/sync')
    this.#syncing = this.#sync(next_batch)
  }

  async end(): Promise<void> {
    this.#over.abort()
    await this.#syncing
  }

  async takeAll(): Promise<void> {
    const { conversations } = await this.#ask('GET', '/api/v1/conversations?limit=100')
    for (const { roomId } of conversations) {
      await this.#ask('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, {})
    }
  }

  async #sync(from: string): Promise<void> {
    let since = from
    while (!this.#over.signal.aborted) {
      const answer = await this.#ask('GET', `/_matrix/client/v3/sync?timeout=2000&since=${since}`)
      since = answer.next_batch
      const nowMs = Date.now()
      const rooms: Timelines = answer.rooms?.join ?? {}
      for (const { timeline } of Object.values(rooms)) {
        for (const event of timeline?.events ?? []) await this.#hear(event, nowMs)
      }
    }
  }

  /** A child of the queue is a new conversation: whose it is the desk asks for afterwards, which is not counted. */
  async #hear({ type, state_key: roomId, content }: ClientEvent, atMs: number): Promise<void> {
    if (content.body !== undefined) this.heardMs.set(content.body, atMs)
    if (type !== 'm.space.child' || content.via === undefined) return
    const { conversations } = await this.#ask('GET', '/api/v1/conversations?limit=100')
    const one = conversations.find((conversation: { roomId: string }) => conversation.roomId === roomId)
    if (one !== undefined) this.heardMs.set(one.name.replace('Citizen ', ''), atMs)
  }

  async #ask(method: string, path: string, body?: object): Promise<any> {
    const headers = { authorization: `Bearer ${this.#world.token}` }
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(this.#world.anyUrl() + path, request)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}
