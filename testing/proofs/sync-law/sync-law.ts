import { testPostgresVariable } from '../../database.ts'
import { startTestPostgres } from '../../postgres-setup.ts'
import { startTown, type Town, type TownNode } from '../../town.ts'
import { roomPath, type TownPerson } from '../../town-person.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { ClassicClient } from './classic-client.ts'
import { compareClassic, compareSliding, Faults } from './compare.ts'
import { KnownDevices } from './folded.ts'
import { SlidingClient } from './sliding-client.ts'
import { type Person, World } from './world.ts'

const historiesUsual = 2_000
const historiesAtOnce = 6
const steps = 30
const faultsShownMax = 30

type Follower = {
  readonly about: string
  readonly client: ClassicClient | SlidingClient
  readonly person: Person
  readonly deviceId: string
  /** It follows about once in so many steps. */
  readonly pace: number
}
type Nodes = { readonly town: Town; readonly second: TownNode; readonly isForgetful: boolean }

const filters = [
  { room: { timeline: { limit: 3 } } },
  { room: { timeline: { limit: 2 }, state: { lazy_load_members: true } } },
  { room: { timeline: { limit: 4, types: ['m.room.message', 'm.room.redaction'] } } },
  { room: { timeline: { limit: 30 } } },
  { room: { timeline: { limit: 1 } } },
]

export const syncLaw: Proof = {
  law: 'Whoever follows, by either protocol and over two servers, ends with what somebody who begins anew is told.',
  run: (run) => proveWith(run, false),
}

/** Clients that pass over answers must be found out: a checker that cannot fail proves nothing. */
export const syncLawOfForgetful: Proof = {
  law: 'The checker of sync finds clients that do not take in every answer.',
  async run(run) {
    const verdict = await proveWith(run, true)
    return { ...verdict, holds: !verdict.holds, details: [] }
  },
}

async function proveWith(run: ProofRun, isForgetful: boolean): Promise<Verdict> {
  const postgres = process.env[testPostgresVariable] === undefined ? await startTestPostgres() : undefined
  try {
    const town = await startTown({ checkAnswers: false })
    const second = await town.openNode()
    try {
      return await proveAll(run, { town, second, isForgetful })
    } finally {
      await second[Symbol.asyncDispose]()
      await town[Symbol.asyncDispose]()
    }
  } finally {
    await postgres?.stop()
  }
}

async function proveAll({ seed, count = historiesUsual, show }: ProofRun, nodes: Nodes): Promise<Verdict> {
  const faults: string[] = []
  let done = 0
  let next = 0
  let answers = 0
  let shown = 0
  const worker = async () => {
    while (next < count) {
      const n = next++
      const history = new Seeded((seed + n * 7_919) >>> 0)
      try {
        const told = await oneHistory(nodes, `h${seed}n${n}`, history)
        answers += told.answers
        faults.push(...told.faults.map((fault) => `history ${n}: ${fault}`))
      } catch (error) {
        faults.push(`history ${n}: ${(error as Error).stack ?? String(error)}`)
      }
      // At once: a long run need not end to tell of them.
      while (shown < Math.min(faults.length, faultsShownMax)) show(faults[shown++] ?? '')
      done += 1
      if (done % 100 === 0) show(`${done} histories, ${faults.length} faults`)
    }
  }
  await Promise.all(Array.from({ length: historiesAtOnce }, worker))
  return {
    holds: faults.length === 0,
    count,
    figure: `${count} histories of ${steps} steps on two servers, ${answers} answers followed: ${faults.length} faults`,
    details: [],
  }
}

async function oneHistory(nodes: Nodes, name: string, random: Seeded): Promise<{ faults: string[]; answers: number }> {
  const { town, second, isForgetful } = nodes
  const both = (on: TownPerson): Person => ({ name: on.id, id: on.id, on: [on, second.as(on)] })
  const people: Person[] = []
  for (const letter of ['a', 'b', 'c']) people.push(both(await town.person(`${letter}${name}`)))
  const followers: Follower[] = []
  for (let n = 0; n < 4; n += 1) {
    const letter = random.pick(['a', 'b', 'b', 'c', 'c'])
    const device = await town.signIn(`${letter}${name}`)
    const isClassic = n < 2
    const client = isClassic
      ? new ClassicClient(random.pick(filters), random.chance(0.3), isForgetful)
      : new SlidingClient(random, isForgetful)
    const how = client instanceof ClassicClient ? `sync ${JSON.stringify(client.filter)}` : 'sliding sync'
    const about = `${how} of ${device.id}`
    followers.push({ about, client, person: both(device), deviceId: device.deviceId, pace: random.between(1, 9) })
  }
  const devices = followers.map(({ person, deviceId }) => ({ userId: person.id, deviceId }))
  const world = new World(people, devices, random)
  await world.createRoom()
  let answers = 0
  const follow = async ({ client, person }: Follower) => {
    answers += 1
    await client.follow(random.pick(person.on), () => devicesNow(world))
  }
  for (const follower of followers) if (random.chance(0.5)) await follow(follower)
  for (let step = 0; step < steps; step += 1) {
    await world.step()
    for (const follower of followers) if (random.chance(1 / follower.pace)) await follow(follower)
  }
  await level(nodes, people[0] as Person)
  const faults = [...world.faults]
  for (const follower of followers) faults.push(...(await judged(follower, world, random)))
  return { faults, answers }
}

/** Waits until both servers have heard of everything: a token of now makes them. */
async function level({ town }: Nodes, person: Person): Promise<void> {
  const position = await town.chancery.log.reachNewest()
  for (const who of person.on) await who.sync(`s${position}_0`)
}

function devicesNow(world: World): KnownDevices {
  return new KnownDevices(
    (userId) => world.versionOf(userId),
    world.people.map((person) => person.id),
  )
}

/** Of people with whom a room is shared, the devices that the client knows must be those of now. */
async function compareDevices(
  client: ClassicClient | SlidingClient,
  who: TownPerson,
  world: World,
  faults: Faults,
): Promise<void> {
  const { joined_rooms: rooms } = await who.ok('GET', '/joined_rooms')
  const near = new Set<string>()
  for (const room of rooms) {
    const { joined } = await who.ok('GET', `${roomPath(room)}/joined_members`)
    for (const userId of Object.keys(joined)) near.add(userId)
  }
  for (const userId of near) {
    const { id: own } = who
    if (userId !== own) faults.same(`devices of ${userId}`, client.devices?.version(userId), world.versionOf(userId))
  }
}

async function judged({ about, client, person, deviceId }: Follower, world: World, random: Seeded): Promise<string[]> {
  const who = random.pick(person.on)
  const faults = new Faults(about)
  if (client instanceof ClassicClient) {
    await client.follow(who, () => devicesNow(world))
    await compareClassic(client, who, faults)
  } else {
    for (let more = true, n = 0; more && n < 5; n += 1) {
      more = await client.follow(random.pick(person.on), () => devicesNow(world), true)
    }
    await compareSliding(client, who, faults)
  }
  await compareDevices(client, who, world, faults)
  faults.same('messages to the device', client.notes.toSorted(), (world.notes.get(deviceId) ?? []).toSorted())
  return [...client.faults.map((fault) => `${about}: ${fault}`), ...faults.found]
}
