import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { roomPath, TownPerson } from '../../town-person.ts'
import type { Proof } from '../proof.ts'
import { type House, openHouse } from './house.ts'

const boundMs = 50
const membersUsual = 50_000
const roomsUsual = 2_000
const senders = 64
const sendsForMs = 10_000
/** The loop is looked at every 20 ms. */
const lookMs = 100

type Trial = { readonly what: string; run(house: House): Promise<void> }

export const eventLoop: Proof = {
  law: `Whatever is asked of it, the server's event loop never works on one thing for more than ${boundMs} ms.`,
  async run({ count, show }) {
    const members = count ?? membersUsual
    const house = await openHouse({ members, rooms: Math.min(roomsUsual, members) }, show)
    let held = 0
    try {
      for (const { what, run } of trials) {
        await run(house)
        await wait(lookMs)
        const { blockedMs, lagMs } = await house.held()
        const holds = blockedMs < boundMs
        const found = `${what}: ${blockedMs.toFixed(0)} ms of work in one turn (late by ${lagMs.toFixed(0)} ms in all)`
        show(`${holds ? 'held  ' : 'MISSED'}  ${found}`)
        if (holds) held += 1
      }
    } finally {
      await house.box.stop()
      await house.box.dispose()
    }
    const figure = `${held} of ${trials.length} below ${boundMs} ms`
    return { holds: held === trials.length, count: members, figure, details: [] }
  },
}

const lazy = JSON.stringify({ room: { timeline: { limit: 10 }, state: { lazy_load_members: true } } })

const trials: Trial[] = [
  { what: 'the start, with a search that has all before it', run: () => wait(5_000) },
  { what: 'a first sync of the account in many rooms, just after the start', run: syncOnce },
  { what: 'two of them, one after the other', run: (house) => syncOnce(house).then(() => syncOnce(house)) },
  { what: 'a first sliding sync of it', run: async ({ broad }) => void (await broad.sliding(roomList)) },
  { what: 'all members of the large room, just after the start', run: membersOnce },
  { what: 'all members of it, twice at the same moment', run: (house) => twice(membersOnce, house) },
  {
    what: 'a first sync of a member of it',
    run: async ({ host }) => void (await host.sync(undefined, { filter: lazy })),
  },
  { what: `${senders} people who send all the time`, run: manySenders },
  { what: 'long messages, searched as they come', run: longMessages },
  { what: 'photographs of which thumbnails are made', run: photographs },
]

async function syncOnce({ broad }: House): Promise<void> {
  await broad.sync(undefined, { filter: lazy })
}

async function membersOnce({ host, crowded }: House): Promise<void> {
  await host.ok('GET', `${roomPath(crowded)}/members`)
}

async function twice(run: Trial['run'], house: House): Promise<void> {
  await Promise.all([run(house), run(house)])
}

const roomList = {
  conn_id: 'room-list',
  lists: { all: { ranges: [[0, 19]], timeline_limit: 1, required_state: [['m.room.name', '']] } },
}

async function peopleOf({ box }: House, count: number): Promise<TownPerson[]> {
  const people: TownPerson[] = []
  for (let n = 0; n < count; n++) {
    const { userId, token } = await box.account()
    const signedIn = { user_id: userId, access_token: token, device_id: '' }
    people.push(new TownPerson(() => `http://127.0.0.1:${box.port}`, signedIn))
  }
  return people
}

async function manySenders(house: House): Promise<void> {
  const people = await peopleOf(house, senders)
  const rooms = await Promise.all(people.map((person) => person.createRoom()))
  const untilMs = performance.now() + sendsForMs
  await Promise.all(
    people.map(async (person, n) => {
      while (performance.now() < untilMs)
        await person.say(rooms[n] as string, 'The bridge at Harbour Street is closed.')
    }),
  )
}

/** As many different words as a message can hold that is looked through for words. */
async function longMessages(house: House): Promise<void> {
  const people = await peopleOf(house, 16)
  await Promise.all(
    people.map(async (person, n) => {
      const room = await person.createRoom()
      for (let said = 0; said < 20; said++) {
        const words = Array.from({ length: 4_000 }, (_, word) => `word${n}x${said}x${word}`)
        await person.say(room, words.join(' ').slice(0, 60_000))
      }
      const room_events = { search_term: `word${n}x19x7`, filter: { rooms: [room] } }
      await person.ok('POST', '/search', { search_categories: { room_events } })
    }),
  )
}

async function photographs({ host, box }: House): Promise<void> {
  const create = { width: 5_000, height: 3_500, channels: 3 as const, background: '#2a6' }
  const bytes = await sharp({ create }).jpeg().toBuffer()
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const ask = { token: host.token, bytes, contentType: 'image/jpeg' }
      const { content_uri: uri } = await box.ok('POST', '/_matrix/media/v3/upload', ask)
      const path = `/_matrix/client/v1/media/thumbnail/${(uri as string).slice('mxc://'.length)}`
      const answer = await box.ask('GET', `${path}?width=320&height=240&method=scale`, { token: host.token })
      if (answer.status !== 200) throw new Error(`A thumbnail was answered ${answer.status}.`)
    }),
  )
}
