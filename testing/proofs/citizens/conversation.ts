import { setTimeout as wait } from 'node:timers/promises'
import { Refused } from '../black-box.ts'
import type { Seeded } from '../seeded.ts'
import { officeNumber, type World } from './world.ts'

const patienceMs = 120_000
const againMs = 100

/**
 * One citizen, her clerk, and a program of the agency, whatever is killed meanwhile: she asks, is answered, is told something,
 * and says thank you. What was acknowledged goes into the ledger. Each text is said once in the whole proof.
 */
export async function converse(world: World, random: Seeded, number: string, name: string): Promise<void> {
  const isKnown = random.chance(0.5)
  const personId = isKnown ? await becomeKnown(world, number, name) : undefined
  await says(world, number, `${name} asks`)
  const telling = personId === undefined ? undefined : isTold(world, personId, `${name} is told`)
  const roomId = await takenBy(world, isKnown ? name : number)
  world.told.rooms.set(number, roomId)
  await Promise.all([
    replies(world, roomId, `${name} is answered`),
    random.chance(0.5) ? says(world, number, `${name} asks more`) : undefined,
  ])
  await replies(world, roomId, `${name} is answered more`)
  await says(world, number, `${name} says thank you`)
  await telling
}

/** A program repeats what was not answered, under the same key. */
async function becomeKnown({ box, clerk }: World, number: string, name: string): Promise<string> {
  const body = { name, addresses: [{ kind: 'sms', value: number, verified: true }] }
  const { id } = await again(() =>
    box.ok('POST', '/api/v1/people', { token: clerk.token, body, key: `person-${name}` }),
  )
  return id
}

async function isTold({ box, clerk, purposeId, told }: World, personId: string, words: string): Promise<void> {
  const body = { personId, purposeId, body: words }
  const key = words.replaceAll(' ', '-')
  const { id } = await again(() => box.ok('POST', '/api/v1/sends', { token: clerk.token, body, key }))
  told.sends.set(words, id)
}

/** Whether a provider that dies has taken it nobody knows, so she says it in other words; its journal tells what she said. */
async function says({ simulator }: World, number: string, words: string): Promise<void> {
  let tries = 0
  await again(() => {
    const text = tries++ === 0 ? words : `${words}, for the ${tries}. time`
    return simulator.ask('POST', '/simulator/texts', { from: number, to: officeNumber, text })
  })
}

/** Waits until her conversation is at the desk, and goes in. */
async function takenBy(world: World, name: string): Promise<string> {
  const { box, clerk } = world
  const { token } = clerk
  return again(async () => {
    const { conversations } = await box.ok('GET', '/api/v1/conversations?limit=100', { token })
    const one = conversations.find((conversation: { name: string }) => conversation.name === name)
    if (one === undefined) throw new Error(`${name} is not at the desk.`)
    await box.ok('POST', `/_matrix/client/v3/join/${encodeURIComponent(one.roomId)}`, { token, body: {} })
    return one.roomId
  })
}

async function replies({ box, clerk, told }: World, roomId: string, words: string): Promise<void> {
  const transaction = words.replaceAll(' ', '-')
  const content = { msgtype: 'm.text', body: words }
  const eventId = await again(() => box.send(clerk, roomId, transaction, content))
  told.replies.set(words, eventId)
}

/** Servers die and come back. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Refused || performance.now() >= untilMs) throw error
      await wait(againMs)
    }
  }
}
