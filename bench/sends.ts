import { Line, type Target } from './line.ts'
import { type People, type Person, sendRequest } from './people.ts'
import { Rate, type RateResult } from './rate.ts'

export type SendsResult = RateResult & { readonly senders: number; readonly rooms: number }

const senderCounts = [1, 16, 64]
const roomsMany = 64
const warmUpMs = 3_000

/** About what people write. */
const text = 'The bridge at Harbour Street is closed until further notice; take the ring road and check the desk.'

type Stage = { readonly people: readonly Person[]; readonly rooms: readonly string[]; readonly shared: string }

/** Each sender sends, waits for the answer, and sends again; every answer means that the message is stored. */
export class Sends {
  readonly #target: Target
  readonly #stage: Stage
  readonly #shapes = [1, roomsMany].flatMap((rooms) =>
    senderCounts.map((senders) => ({ senders, rooms, rate: new Rate() })),
  )

  private constructor(target: Target, stage: Stage) {
    this.#target = target
    this.#stage = stage
  }

  /** With accounts, rooms, and a server that is warm. */
  static async prepared(target: Target, people: People): Promise<Sends> {
    const stage = await prepare(people)
    await run(target, stage, { senders: 16, rooms: roomsMany, forMs: warmUpMs, rate: new Rate() })
    return new Sends(target, stage)
  }

  async round(seconds: number): Promise<void> {
    for (const shape of this.#shapes) await run(this.#target, this.#stage, { ...shape, forMs: seconds * 1_000 })
  }

  results(): SendsResult[] {
    return this.#shapes.map(({ senders, rooms, rate }) => ({ senders, rooms, ...rate.result() }))
  }
}

async function prepare(people: People): Promise<Stage> {
  const everybody = await people.accounts(Math.max(...senderCounts))
  const first = everybody[0] as Person
  const rooms = await people.rooms(everybody.slice(0, roomsMany))
  const [shared] = (await people.rooms([first])) as [string]
  const joins: [Person, string][] = everybody.slice(1).map((person) => [person, shared])
  // Fewer senders than rooms walk over several rooms each: room n belongs to n, to n modulo 16, and to the first.
  for (const count of senderCounts) {
    for (const [n, room] of rooms.entries()) if (n >= count) joins.push([everybody[n % count] as Person, room])
  }
  await people.join(joins)
  return { people: everybody, rooms, shared }
}

type Shape = { senders: number; rooms: number; forMs: number; rate: Rate }

let transactions = 0

async function run(target: Target, stage: Stage, { senders, rooms, forMs, rate }: Shape): Promise<void> {
  const times: number[] = []
  const startMs = performance.now()
  const untilMs = startMs + forMs
  const lines = Array.from({ length: senders }, () => new Line(target))
  await Promise.all(
    lines.map(async (line, n) => {
      const mine = rooms === 1 ? [stage.shared] : stage.rooms.filter((_, room) => room % senders === n)
      const requests = mine.map((room) => sendRequest(target, stage.people[n] as Person, room))
      for (let count = 0; performance.now() < untilMs; count++) {
        const request = requests[count % requests.length] as (typeof requests)[number]
        const bytes = request(`t${transactions++}`, text)
        const sentMs = performance.now()
        const { status, body } = await line.request(bytes)
        times.push(performance.now() - sentMs)
        if (status !== 200) throw new Error(`A send was answered ${status}: ${body.toString().slice(0, 200)}`)
      }
    }),
  ).finally(() => {
    for (const line of lines) line.close()
  })
  rate.add(times, performance.now() - startMs)
}
