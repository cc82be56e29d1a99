/** Rooms and accounts as large as a government has them: they must answer like small ones. */
import { performance } from 'node:perf_hooks'
import { percentiles } from '#bench/percentiles.ts'
import { startTestPostgres } from '../../postgres-setup.ts'
import { startTown, type Town, townPassword } from '../../town.ts'
import { roomPath, TownPerson } from '../../town-person.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { crowd, joinAll, manyRooms } from './populate.ts'

const membersUsual = 50_000
/** Rooms of the large account; the first sync is measured on an account with fewer. */
const roomsMany = 5_000
const roomsFewer = 2_000

type Figure = { readonly what: string; readonly ms: number; readonly boundMs: number }

export const large: Proof = {
  law: 'A room of 50,000 members and an account in 5,000 rooms answer like small ones.',
  async run(run) {
    const postgres = await startTestPostgres()
    try {
      const town = await startTown({ checkAnswers: false })
      try {
        return verdictOf(run, [...(await largeRoom(town, run)), ...(await largeAccount(town, run))])
      } finally {
        await town[Symbol.asyncDispose]()
      }
    } finally {
      await postgres.stop()
    }
  },
}

function verdictOf({ count }: ProofRun, figures: readonly Figure[]): Verdict {
  const held = figures.filter(({ ms, boundMs }) => ms < boundMs)
  return {
    holds: held.length === figures.length,
    count: count ?? membersUsual,
    figure: `${held.length} of ${figures.length} bounds held`,
    details: figures.map(
      ({ what, ms, boundMs }) =>
        `${ms < boundMs ? 'held  ' : 'MISSED'}  ${what}: ${ms.toFixed(1)} ms (below ${boundMs})`,
    ),
  }
}

async function largeRoom(town: Town, { count = membersUsual, show }: ProofRun): Promise<Figure[]> {
  const [host, reader] = await town.people('host', 'reader')
  const room = await host.createRoom({ preset: 'public_chat', name: 'Everybody' })
  const people = await crowd(town.chancery, count)
  const startMs = performance.now()
  await joinAll(town.chancery, room, people)
  const filledS = (performance.now() - startMs) / 1_000
  show(`${count} people joined one room in ${filledS.toFixed(0)} s: ${Math.round(count / filledS)} a second`)
  const joinMs = await timed(() => reader.join(room))
  const figures: Figure[] = [{ what: `join of a room of ${count}`, ms: joinMs, boundMs: 150 }]
  const sends = await timesOf(300, () => host.say(room, 'To everybody who is here: the bridge is closed.'))
  figures.push({ what: `send to a room of ${count}, p99`, ms: percentiles(sends).p99, boundMs: 50 })
  const filter = JSON.stringify({ room: { state: { lazy_load_members: true } } })
  const syncs = await timesOf(5, () => reader.sync(undefined, { filter }))
  figures.push({
    what: 'first sync of a member, members when they speak, median',
    ms: percentiles(syncs).p50,
    boundMs: 300,
  })
  const members = await timesOf(3, () => reader.ok('GET', `${roomPath(room)}/members`))
  figures.push({ what: `all ${count} members, median`, ms: percentiles(members).p50, boundMs: 3_000 })
  const pages = await timesOf(20, () => reader.messages(room))
  figures.push({ what: 'a page of 100 messages, median', ms: percentiles(pages).p50, boundMs: 10 })
  return figures
}

async function largeAccount(town: Town, { show }: ProofRun): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, rooms] of [
    ['broad', roomsFewer],
    ['broadest', roomsMany],
  ] as const) {
    const owner = await town.person(name)
    const user = await town.chancery.identity.users.byMatrixId(owner.id)
    if (user === undefined) throw new Error('the account that was just made is not known')
    const ids = await manyRooms(town.chancery, user, rooms)
    show(`an account is in ${rooms} rooms`)
    figures.push(...(await accountFigures(town, name, owner, ids)))
  }
  return figures
}

async function accountFigures(
  town: Town,
  name: string,
  owner: TownPerson,
  rooms: readonly string[],
): Promise<Figure[]> {
  const other = await TownPerson.signIn(() => town.url, name, townPassword)
  const first = await timesOf(3, () => owner.sync())
  let since = (await owner.sync()).next_batch
  const changes: number[] = []
  for (let n = 0; n < 40; n++) {
    await other.say(rooms[(n * 37) % rooms.length] as string, `News ${n}`)
    const startMs = performance.now()
    since = (await owner.sync(since)).next_batch
    changes.push(performance.now() - startMs)
  }
  const isBroadest = rooms.length === roomsMany
  return [
    ...(await slidingFigures(owner, other, rooms)),
    ...(isBroadest
      ? []
      : [{ what: `first sync of ${rooms.length} rooms`, ms: percentiles(first).p50, boundMs: 1_000 }]),
    { what: `sync with one change among ${rooms.length} rooms, median`, ms: percentiles(changes).p50, boundMs: 20 },
  ]
}

/** What a phone asks for that shows a list of rooms. */
const roomList = {
  conn_id: 'room-list',
  lists: {
    all_rooms: {
      ranges: [[0, 19]],
      timeline_limit: 1,
      required_state: [
        ['m.room.name', ''],
        ['m.room.encryption', ''],
        ['m.room.member', '$LAZY'],
        ['m.room.member', '$ME'],
        ['m.room.topic', ''],
        ['m.room.avatar', ''],
        ['m.room.canonical_alias', ''],
        ['m.room.power_levels', ''],
        ['m.room.create', ''],
      ],
      filters: { not_room_types: ['m.space'] },
    },
  },
  extensions: { account_data: { enabled: true }, receipts: { enabled: true }, typing: { enabled: true } },
}

async function slidingFigures(owner: TownPerson, other: TownPerson, rooms: readonly string[]): Promise<Figure[]> {
  const first = await timesOf(5, () => owner.sliding(roomList))
  let { pos } = await owner.sliding(roomList)
  const quiet = await timesOf(20, () => owner.sliding(roomList, { pos }))
  const changes: number[] = []
  for (let n = 0; n < 40; n++) {
    await other.say(rooms[(n * 37) % rooms.length] as string, `More news ${n}`)
    const startMs = performance.now()
    pos = (await owner.sliding(roomList, { pos })).pos
    changes.push(performance.now() - startMs)
  }
  const of = `of ${rooms.length} rooms`
  return [
    { what: `first sliding sync ${of}, median`, ms: percentiles(first).p50, boundMs: 60 },
    { what: `sliding sync ${of} without a change, median`, ms: percentiles(quiet).p50, boundMs: 10 },
    { what: `sliding sync ${of} with one change, median`, ms: percentiles(changes).p50, boundMs: 20 },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

async function timesOf(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) times.push(await timed(work))
  return times
}
