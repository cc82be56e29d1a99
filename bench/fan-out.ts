import { setTimeout as wait } from 'node:timers/promises'
import { Line, requestBytes, type Target } from './line.ts'
import { type People, type Person, sendRequest } from './people.ts'
import { type Percentiles, percentiles } from './percentiles.ts'

export type FanOutResult = Percentiles & { readonly clients: number }

const clientCounts = [1, 100, 1_000]
const rounds = 5
/** Time for every client to be waiting again. */
const settleMs = 1_500

const filter = encodeURIComponent(
  JSON.stringify({
    presence: { not_types: ['*'] },
    room: { timeline: { limit: 10 }, state: { lazy_load_members: true } },
  }),
)
const syncPath = `/_matrix/client/v3/sync?set_presence=offline&filter=${filter}`
const nextBatchStart = Buffer.from('"next_batch":')

/** From the moment a message is sent until each of the clients that wait in /sync has the whole answer with it. */
export async function measureFanOut(
  target: Target,
  people: People,
  show: (result: FanOutResult) => void,
): Promise<FanOutResult[]> {
  const everybody = await people.accounts(Math.max(...clientCounts) + 1)
  const sender = everybody[0] as Person
  const results: FanOutResult[] = []
  for (const clients of clientCounts) {
    const listeners = everybody.slice(1, clients + 1)
    const [room] = (await people.rooms([sender])) as [string]
    await people.join(listeners.map((person) => [person, room]))
    const result = { clients, ...percentiles(await deliver(target, people, sender, listeners, room)) }
    results.push(result)
    show(result)
  }
  return results
}

async function deliver(
  target: Target,
  people: People,
  sender: Person,
  listeners: readonly Person[],
  room: string,
): Promise<number[]> {
  const positions = await people.each(listeners, async ({ token }, call) => {
    const answer = await call({ method: 'GET', path: `${syncPath}&timeout=0`, token })
    return (answer as { next_batch: string }).next_batch
  })
  const waiters = listeners.map(({ token }, n) => new Waiter(target, token, positions[n] as string))
  const speaker = new Line(target)
  const request = sendRequest(target, sender, room)
  const times: number[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const word = `ping-${room.slice(1, 9)}-${round}-over`
      const heard = waiters.map((waiter) => waiter.hear(Buffer.from(word)))
      await wait(settleMs)
      const sentMs = performance.now()
      const { status } = await speaker.request(request(`ping${round}`, word))
      if (status !== 200) throw new Error(`The message for the waiting clients was answered ${status}.`)
      for (const atMs of await Promise.all(heard)) times.push(atMs - sentMs)
    }
  } finally {
    speaker.close()
    for (const waiter of waiters) waiter.close()
  }
  return times
}

/** A client that waits in /sync for a word. */
class Waiter {
  readonly #target: Target
  readonly #token: string
  readonly #line: Line
  #since: string

  constructor(target: Target, token: string, since: string) {
    this.#target = target
    this.#token = token
    this.#line = new Line(target)
    this.#since = since
  }

  /** When it had the answer that holds the word, in milliseconds of `performance.now()`. */
  async hear(word: Buffer): Promise<number> {
    for (;;) {
      const path = `${syncPath}&timeout=60000&since=${encodeURIComponent(this.#since)}`
      const { status, body } = await this.#line.request(
        requestBytes(this.#target, { method: 'GET', path, token: this.#token }),
      )
      const atMs = performance.now()
      if (status !== 200) throw new Error(`A sync was answered ${status}: ${body.toString().slice(0, 200)}`)
      this.#since = nextBatch(body)
      if (body.includes(word)) return atMs
    }
  }

  close(): void {
    this.#line.close()
  }
}

/** Read without parsing the rest; a thousand answers arrive at one moment. */
function nextBatch(body: Buffer): string {
  const at = body.indexOf(nextBatchStart)
  const from = body.indexOf('"', at + nextBatchStart.length)
  if (at < 0 || from < 0) throw new Error('A sync answer has no next_batch.')
  return body.toString('utf8', from + 1, body.indexOf('"', from + 1))
}
