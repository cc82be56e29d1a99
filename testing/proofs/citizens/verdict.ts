import type { BlackBox } from '../black-box.ts'
import type { Told, World } from './world.ts'

/** Facts of the simulator, as far as they are looked at here. */
type Fact = {
  readonly what: string
  readonly direction?: string
  readonly from: string
  readonly to: string
  readonly body: string
  readonly text: string
  readonly sid: string
  readonly id: string
  readonly statusCallback?: string
}

/** An attempt as our ledger has it. */
export type Attempt = {
  readonly name: string
  readonly send: string
  readonly event: string | null
  readonly state: number
  readonly reference: string | null
  readonly code: string | null
  /** What a human has to do about its send. */
  readonly task: string | null
  readonly wasUnsure: boolean
}

export type Message = {
  readonly sid: string
  readonly attempt: string
  readonly body: string
  readonly isThere: boolean
}

export type Judgement = {
  readonly faults: string[]
  readonly counts: Readonly<Record<'said' | 'sent' | 'unsure' | 'again' | 'failed', number>>
}

/** The numbers of attempt-states.ts. */
const accepted = 3
const failed = 5
const delivered = 6
const withheld = 8

const attemptsQuery = `
  select a.public_id as name, s.public_id as send, e.matrix_id as event, a.state, a.reference, a.code, t.kind as task,
    a.looks > 0 as "wasUnsure"
  from attempt a join send s on s.id = a.send_id
  left join event e on e.id = s.event_id left join task t on t.send_id = s.id
  order by a.id`

/** Holds the truth of the simulator against our ledger: what each says, the other has to say too. */
export async function judge(world: World): Promise<Judgement> {
  const facts = await allFacts(world)
  const attempts = await attemptsOf(world.box)
  const messages = messagesIn(facts)
  const said = facts.filter(({ what }) => what === 'said')
  const faults = [
    ...bijection(messages, attempts),
    ...acknowledged(world.told, messages, attempts),
    ...(await heard(world, said)),
  ]
  const sends = new Map<string, number>()
  for (const { send } of attempts) sends.set(send, (sends.get(send) ?? 0) + 1)
  return {
    faults,
    counts: {
      said: said.length,
      sent: messages.length,
      unsure: attempts.filter(({ wasUnsure }) => wasUnsure).length,
      again: [...sends.values()].filter((count) => count > 1).length,
      failed: attempts.filter(({ task }) => task !== null).length,
    },
  }
}

async function allFacts({ simulator }: World): Promise<Fact[]> {
  const all: Fact[] = []
  for (let after = 0; ; ) {
    const { facts, next } = await simulator.ask('GET', `/simulator/facts?after=${after}`)
    all.push(...facts)
    if (next === after) return all
    after = next
  }
}

async function attemptsOf(box: BlackBox): Promise<Attempt[]> {
  const client = await box.database()
  try {
    return (await client.query(attemptsQuery)).rows
  } finally {
    await client.end()
  }
}

/** What the provider took, whose it is, and whether it is in her hands. */
function messagesIn(facts: readonly Fact[]): Message[] {
  const arrived = new Set(facts.filter(({ what }) => what === 'received').map(({ id }) => id))
  return facts.flatMap((fact) => {
    if (fact.what !== 'twilio.message' || fact.direction !== 'outbound-api') return []
    const { sid, body, statusCallback = 'http://nowhere' } = fact
    const attempt = new URL(statusCallback).searchParams.get('attempt') ?? ''
    return [{ sid, attempt, body, isThere: arrived.has(sid) }]
  })
}

/** Each message that the provider took is one attempt of ours that knows it, and the other way round; each said so to its end. */
export function bijection(messages: readonly Message[], attempts: readonly Attempt[]): string[] {
  const faults: string[] = []
  const byName = new Map(attempts.map((one) => [one.name, one]))
  const taken = new Map<string, Message>()
  const bodies = new Map<string, number>()
  for (const message of messages) {
    const attempt = byName.get(message.attempt)
    if (taken.has(message.attempt)) faults.push(`${message.attempt} went twice`)
    taken.set(message.attempt, message)
    bodies.set(message.body, (bodies.get(message.body) ?? 0) + 1)
    if (attempt === undefined) faults.push(`${message.sid} is of no attempt`)
    else if (attempt.reference !== message.sid) faults.push(`${attempt.name} does not know ${message.sid}`)
  }
  for (const [body, count] of bodies) if (count > 1) faults.push(`"${body}" went ${count} times`)
  for (const { name, state, reference, code } of attempts) {
    const message = taken.get(name)
    const mustBeTaken = state >= accepted && state !== withheld && (state !== failed || reference !== null)
    if (mustBeTaken && message === undefined) faults.push(`${name} is in state ${state}, and no provider has it`)
    if (!mustBeTaken && message !== undefined) faults.push(`${name} is in state ${state}, and went as ${message.sid}`)
    const isSaidThere = state >= delivered && state !== withheld
    if (message !== undefined && message.isThere !== isSaidThere) {
      faults.push(`${name} ${message.isThere ? 'arrived' : 'did not arrive'} and is in state ${state} ${code ?? ''}`)
    }
  }
  return faults
}

/** What was acknowledged to a clerk or a program has gone: every trouble of these providers passes. */
export function acknowledged(told: Told, messages: readonly Message[], attempts: readonly Attempt[]): string[] {
  const sent = new Set(messages.map(({ body }) => body))
  const faults: string[] = []
  const look = (words: string, wasTried: boolean) => {
    if (!wasTried) faults.push(`"${words}" was acknowledged and was never tried`)
    else if (!sent.has(words)) faults.push(`"${words}" was acknowledged and has not gone`)
  }
  const [sends, events] = [new Set(attempts.map(({ send }) => send)), new Set(attempts.map(({ event }) => event))]
  for (const [words, id] of told.sends) look(words, sends.has(id))
  for (const [words, id] of told.replies) look(words, events.has(id))
  return faults
}

/** Everything that a citizen said stands in the room of her conversation, once and in her name. */
async function heard({ box, clerk, told }: World, said: readonly Fact[]): Promise<string[]> {
  const faults: string[] = []
  const byNumber = Map.groupBy(said, ({ from }) => from)
  for (const [number, roomId] of told.rooms) {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=100`
    const { chunk } = await box.ok('GET', path, { token: clerk.token })
    const bodies = chunk
      .filter(({ sender }: { sender: string }) => sender.startsWith('@c-'))
      .flatMap(({ content }: { content: { body?: string } }) => content.body ?? [])
    const texts = (byNumber.get(number) ?? []).map(({ text }) => text)
    for (const text of texts) {
      const count = bodies.filter((body: string) => body === text).length
      if (count !== 1) faults.push(`"${text}" stands ${count} times in its room`)
    }
    if (bodies.length > texts.length) faults.push(`${number} did not say all that stands in her room`)
    byNumber.delete(number)
  }
  for (const number of byNumber.keys()) faults.push(`${number} wrote, and no clerk saw it`)
  return faults
}
