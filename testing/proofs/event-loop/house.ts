/** A server in a process of its own, with more in it than one could put there by HTTP, that tells of its event loop. */
import { freePort } from '#bench/own-server.ts'
import { silentLogger, systemClock, systemRandom } from '#platform/api.ts'
import { readConfig } from '#platform/index.ts'
import type { Chancery } from '#server/composition/platform.ts'
import { startChancery } from '#server/start/start-chancery.ts'
import { townPassword } from '../../town.ts'
import { TownPerson } from '../../town-person.ts'
import { BlackBox } from '../black-box.ts'
import { crowd, joinAll, manyRooms } from '../large/populate.ts'

/** The longest that the loop was held up, in milliseconds: by work of its own, and whatever the reason. */
export type Held = { readonly blockedMs: number; readonly lagMs: number }

export type House = {
  readonly box: BlackBox
  /** In rooms without number. */
  readonly broad: TownPerson
  readonly host: TownPerson
  /** A room with members without number; `host` made it. */
  readonly crowded: string
  /** Since the last reading. */
  held(): Promise<Held>
}

export type Size = { readonly members: number; readonly rooms: number }

const serverName = 'town.example'

/** Fills a data directory in this process and leaves it; nothing of it runs afterwards. */
async function fill(box: BlackBox, { members, rooms }: Size): Promise<string> {
  const argv = ['--data', box.dataFolder, '--port', String(box.port), ...options]
  const { config } = readConfig({ argv, env: {}, readFile: () => '' })
  const running = await startChancery({
    config,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    say: () => {},
    migrations: `${import.meta.dirname}/../../../server/migrations`,
    webClient: undefined,
  })
  try {
    return await fillRooms(running.chancery, { members, rooms })
  } finally {
    await running.stop()
  }
}

async function fillRooms(chancery: Chancery, { members, rooms }: Size): Promise<string> {
  for (const username of ['host', 'broad']) {
    const role = 'member'
    await chancery.identity.accounts.create({ username, password: townPassword, role, displayName: username })
  }
  const [host, broad] = [await userOf(chancery, 'host'), await userOf(chancery, 'broad')]
  const [crowded = ''] = await manyRooms(chancery, host, 1)
  await joinAll(chancery, crowded, await crowd(chancery, members))
  await manyRooms(chancery, broad, rooms)
  return crowded
}

async function userOf(chancery: Chancery, username: string) {
  const user = await chancery.identity.users.byMatrixId(`@${username}:${serverName}`)
  if (user === undefined) throw new Error('the account that was just made is not known')
  return user
}

const options = ['--server-name', serverName, '--password-hashing', 'cheap']

/** Whoever opens it disposes of the box. */
export async function openHouse(size: Size, show: (line: string) => void): Promise<House> {
  const metricsPort = await freePort()
  const box = await BlackBox.make(['--metrics-port', String(metricsPort), ...options])
  try {
    const crowded = await fill(box, size)
    show(`${size.members} people are in one room, and one person is in ${size.rooms}`)
    await box.start()
    await forgetSearch(box)
    const url = () => `http://127.0.0.1:${box.port}`
    const signIn = (username: string) => TownPerson.signIn(url, username, townPassword)
    const held = () => readHeld(`http://127.0.0.1:${metricsPort}/metrics`)
    return { box, host: await signIn('host'), broad: await signIn('broad'), crowded, held }
  } catch (error) {
    await box.dispose()
    throw error
  }
}

/** As if the search had never run: it has all that is in the house before it when the server starts again. */
async function forgetSearch(box: BlackBox): Promise<void> {
  const database = await box.database()
  await database.query("update log_reader set position = 0 where name = 'search'")
  await database.end()
  await box.stop()
  await box.start()
}

async function readHeld(url: string): Promise<Held> {
  const text = await (await fetch(url)).text()
  const ms = (name: string) => {
    const value = new RegExp(`^nodejs_eventloop_${name}_max_seconds (\\S+)$`, 'm').exec(text)?.[1]
    if (value === undefined) throw new Error('The server does not tell of its event loop.')
    return Number(value) * 1000
  }
  return { blockedMs: ms('blocked'), lagMs: ms('lag') }
}
