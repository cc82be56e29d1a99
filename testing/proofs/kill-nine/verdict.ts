import { createHash } from 'node:crypto'
import { accountDataType } from './actors.ts'
import { isAllowed, type Ledger } from './ledger.ts'
import { type Reader, type RoomEvent, roomEvents } from './reader.ts'
import type { World } from './world.ts'

/** One kind of broken promise: how often, and the first cases. */
export type Fault = { readonly title: string; readonly count: number; readonly examples: readonly string[] }

const examplesMax = 3
const pageLimit = 500

export class Faults {
  readonly #cases = new Map<string, string[]>()

  add(title: string, example: string): void {
    const cases = this.#cases.get(title) ?? []
    cases.push(example)
    this.#cases.set(title, cases)
  }

  list(): Fault[] {
    return [...this.#cases].map(([title, cases]) => ({
      title,
      count: cases.length,
      examples: cases.slice(0, examplesMax),
    }))
  }
}

/** Holds everything that was acknowledged against what the server now tells. No fault: the law holds. */
export async function judge(world: World, readers: readonly Reader[]): Promise<Fault[]> {
  const faults = new Faults()
  for (const text of world.ledger.contradictions) faults.add('answered with another event id', text)
  for (const text of world.ledger.refusals) faults.add('refused', text)
  for (const text of readers.flatMap((reader) => reader.refusals)) faults.add('sync refused', text)
  const timelines = new Map<string, RoomEvent[]>()
  for (const room of world.rooms) timelines.set(room, await timelineOf(world, room, faults))
  judgeMessages(world.ledger, timelines, faults)
  for (const [n, reader] of readers.entries()) judgeReader(n, reader, timelines, faults)
  for (const room of world.rooms) await judgeTopic(world, room, timelines.get(room) ?? [], readers, faults)
  await judgeUploads(world, faults)
  await judgeMarks(world, faults)
  return faults.list()
}

/** Both directions must tell the same story. */
async function timelineOf(world: World, room: string, faults: Faults): Promise<RoomEvent[]> {
  const walk = async (direction: 'b' | 'f') => {
    const found: RoomEvent[] = []
    const walking = roomEvents(world.box, world.keeper, room, { direction, limit: pageLimit })
    for await (const event of walking) found.push(event)
    return found
  }
  const forwards = await walk('f')
  const backwards = (await walk('b')).reverse()
  const place = firstDifference(forwards, backwards)
  if (place >= 0) {
    const ids = [forwards[place]?.event_id, backwards[place]?.event_id]
    faults.add('forwards and backwards disagree', `${room} at ${place}: ${ids[0]} and ${ids[1]}`)
  }
  return backwards
}

function firstDifference(one: readonly RoomEvent[], other: readonly RoomEvent[]): number {
  const length = Math.max(one.length, other.length)
  for (let n = 0; n < length; n++) if (one[n]?.event_id !== other[n]?.event_id) return n
  return -1
}

/** Pure, so that a test can show that it finds what is wrong. */
export function judgeMessages(
  ledger: Ledger,
  timelines: ReadonlyMap<string, readonly RoomEvent[]>,
  faults: Faults,
): void {
  const places = new Map<string, string>()
  const keys = new Map<string, string>()
  for (const [room, events] of timelines) {
    const newest = new Map<number, number>()
    for (const { event_id, content, type } of events) {
      if (places.has(event_id)) faults.add('stands twice in a timeline', event_id)
      places.set(event_id, room)
      if (type !== 'm.room.message') continue
      const { key, by, n } = content as { key: string; by: number; n: number }
      if (keys.has(key)) faults.add('stored twice', `${key}: ${keys.get(key)} and ${event_id}`)
      keys.set(key, event_id)
      if (n < (newest.get(by) ?? -1)) faults.add('out of order', `${key} in ${room}`)
      newest.set(by, n)
    }
  }
  for (const [key, { eventId, room }] of ledger.messages) {
    if (places.get(eventId) !== room) faults.add('lost', `${key} (${eventId})`)
  }
  for (const { eventId, room } of ledger.topics) if (places.get(eventId) !== room) faults.add('topic lost', eventId)
}

function judgeReader(
  n: number,
  reader: Reader,
  timelines: ReadonlyMap<string, readonly RoomEvent[]>,
  faults: Faults,
): void {
  for (const [room, stored] of timelines) {
    const heard = reader.heard.get(room) ?? []
    const heardIds = new Set(heard.map((event) => event.event_id))
    const name = `reader ${n} in ${room}`
    for (const { event_id } of stored) if (!heardIds.has(event_id)) faults.add('never synced', `${name}: ${event_id}`)
    if (heardIds.size < heard.length) faults.add('synced twice', `${name}: ${heard.length - heardIds.size} events`)
    const place = firstDifference(heard, stored)
    if (place >= 0 && heardIds.size === stored.length && heard.length === stored.length) {
      faults.add('synced in another order', `${name} at ${place}`)
    }
  }
}

async function judgeTopic(
  world: World,
  room: string,
  timeline: readonly RoomEvent[],
  readers: readonly Reader[],
  faults: Faults,
): Promise<void> {
  const newest = timeline.findLast((event) => event.type === 'm.room.topic')
  if (newest === undefined) return
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state`
  const state = await world.box.ok<RoomEvent[]>('GET', path, { token: world.keeper.token })
  const now = state.find((event) => event.type === 'm.room.topic')?.event_id
  if (now !== newest.event_id) faults.add('state is not the newest', `${room}: ${now}, newest ${newest.event_id}`)
  for (const [n, reader] of readers.entries()) {
    const heard = reader.topics.get(room)
    if (heard !== newest.event_id) faults.add('synced state is not the newest', `reader ${n} in ${room}: ${heard}`)
  }
}

async function judgeUploads(world: World, faults: Faults): Promise<void> {
  for (const { uri, sha256 } of world.ledger.uploads) {
    const path = `/_matrix/client/v1/media/download/${uri.slice('mxc://'.length)}`
    const answer = await world.box.ask('GET', path, { token: world.keeper.token })
    const isWhole = answer.status === 200 && createHash('sha256').update(answer.body).digest('hex') === sha256
    if (!isWhole) faults.add('upload lost', `${uri} (answered ${answer.status}, ${answer.body.length} bytes)`)
  }
}

async function judgeMarks(world: World, faults: Faults): Promise<void> {
  const { token, userId } = world.keeper
  const path = `/_matrix/client/v3/user/${encodeURIComponent(userId)}/account_data/${accountDataType}`
  const kept = await world.box.ask('GET', path, { token })
  const n = kept.status === 200 ? kept.json<{ n: number }>().n : undefined
  if (!isAllowed(world.ledger.accountData, n)) faults.add('account data lost', `${n} (answered ${kept.status})`)
  type Receipts = { event_id?: string; type: string; content: Record<string, any> }
  const sync = await world.box.ok('GET', '/_matrix/client/v3/sync?timeout=0', { token })
  for (const [room, attempts] of world.ledger.receipts) {
    const events = (sync.rooms?.join?.[room]?.ephemeral?.events ?? []) as Receipts[]
    const marks = Object.entries(events.find((event) => event.type === 'm.receipt')?.content ?? {})
    const mine = marks.find(([, kinds]) => kinds['m.read']?.[userId] !== undefined)?.[0]
    if (!isAllowed(attempts, mine)) faults.add('receipt lost', `${room}: ${mine}`)
  }
}
