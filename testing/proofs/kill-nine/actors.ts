import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Refused } from '../black-box.ts'
import type { Seeded } from '../seeded.ts'
import type { World } from './world.ts'

const answerWithinMs = 5_000
const retryAfterMs = 40
const uploadBytesMax = 300_000
const uploadsMax = 400

/** Sets everybody to work; resolves when `world.isOver` and all have noticed. */
export async function actorsAtWork(world: World): Promise<void> {
  await Promise.all([
    ...world.senders.map((_, n) => sendMessages(world, n, world.random.child())),
    setTopics(world, world.random.child()),
    upload(world, world.random.child()),
    markAsRead(world, world.random.child()),
    keepAccountData(world, world.random.child()),
  ])
}

/**
 * Tries until it is answered; undefined when the proof is over first. What a crash explains is tried again; a refusal is
 * written down.
 */
async function untilAnswered<T>(world: World, work: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Refused) {
        world.ledger.refusals.push(error.message)
        return undefined
      }
      if (world.isOver) return undefined
      await wait(retryAfterMs)
    }
  }
}

/** One sender says one thing after another, and some of them twice: later, or twice at one moment. */
async function sendMessages(world: World, sender: number, random: Seeded): Promise<void> {
  const account = world.senders[sender] as World['senders'][number]
  const mine: { transaction: string; room: string; n: number }[] = []
  const say = async ({ transaction, room, n }: (typeof mine)[number]) => {
    const content = { msgtype: 'm.text', body: `${transaction} said once`, n, by: sender, key: transaction }
    const eventId = await world.box.send(account, room, transaction, content, answerWithinMs)
    world.ledger.acknowledge(transaction, eventId, room, sender)
    return eventId
  }
  for (let n = 0; !world.isOver; n++) {
    const one = { transaction: `s${sender}-${n}`, room: random.pick(world.rooms), n }
    const together = random.chance(0.1) ? 2 : 1
    await Promise.all(Array.from({ length: together }, () => untilAnswered(world, () => say(one))))
    mine.push(one)
    if (random.chance(0.1)) await untilAnswered(world, () => say(random.pick(mine.slice(-20))))
    await wait(random.between(0, 25))
  }
}

async function setTopics(world: World, random: Seeded): Promise<void> {
  const { token } = world.keeper
  for (let n = 0; !world.isOver; n++) {
    const room = random.pick(world.rooms)
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/m.room.topic/`
    const ask = { token, body: { topic: `topic ${n}` }, timeoutMs: answerWithinMs }
    const answer = await untilAnswered(world, () => world.box.ok('PUT', path, ask))
    if (answer !== undefined) world.ledger.topics.push({ eventId: answer.event_id, room })
    await wait(random.between(10, 200))
  }
}

async function upload(world: World, random: Seeded): Promise<void> {
  const { token } = world.keeper
  while (!world.isOver) {
    const bytes = random.bytes(random.between(0, uploadBytesMax))
    const ask = { token, bytes, contentType: 'application/octet-stream', timeoutMs: answerWithinMs }
    const answer = await untilAnswered(world, () => world.box.ok('POST', '/_matrix/media/v3/upload', ask))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (answer !== undefined) world.ledger.uploads.push({ uri: answer.content_uri, sha256 })
    await wait(world.ledger.uploads.length < uploadsMax ? random.between(20, 400) : 2_000)
  }
}

/** Marks what has been acknowledged as read, so that each mark is later in the timeline than the one before. */
async function markAsRead(world: World, random: Seeded): Promise<void> {
  const { token } = world.keeper
  const [room] = world.rooms as [string]
  const attempts = { tried: [] as string[], acknowledged: -1 }
  world.ledger.receipts.set(room, attempts)
  while (!world.isOver) {
    const newest = [...world.ledger.messages.values()].findLast((one) => one.room === room && one.sender === 0)
    if (newest !== undefined && newest.eventId !== attempts.tried.at(-1)) {
      const place = attempts.tried.push(newest.eventId) - 1
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/receipt/m.read/${encodeURIComponent(newest.eventId)}`
      const ask = { token, body: {}, timeoutMs: answerWithinMs }
      if ((await untilAnswered(world, () => world.box.ok('POST', path, ask))) !== undefined)
        attempts.acknowledged = place
    }
    await wait(random.between(20, 200))
  }
}

export const accountDataType = 'org.example.counter'

async function keepAccountData(world: World, random: Seeded): Promise<void> {
  const { token, userId } = world.keeper
  const path = `/_matrix/client/v3/user/${encodeURIComponent(userId)}/account_data/${accountDataType}`
  const attempts = world.ledger.accountData
  for (let n = 0; !world.isOver; n++) {
    const place = attempts.tried.push(n) - 1
    const ask = { token, body: { n }, timeoutMs: answerWithinMs }
    if ((await untilAnswered(world, () => world.box.ok('PUT', path, ask))) !== undefined) attempts.acknowledged = place
    await wait(random.between(20, 200))
  }
}
