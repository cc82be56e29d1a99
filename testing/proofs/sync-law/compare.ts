/** Holds what a client that followed ends with against what one that begins now is told. */
import { isDeepStrictEqual } from 'node:util'
import { roomPath, type TownPerson } from '../../town-person.ts'
import { ClassicClient } from './classic-client.ts'
import { type Event, type FoldedRoom, foldReceipts, foldSubscriptions, nameOf, takeSticky } from './folded.ts'
import { everything, type SlidingClient, stickyName, subscriptionsName } from './sliding-client.ts'

export class Faults {
  readonly found: string[] = []
  readonly about: string

  constructor(about: string) {
    this.about = about
  }

  same(what: string, followed: unknown, anew: unknown): void {
    if (isDeepStrictEqual(followed, anew)) return
    const [here, there] =
      isMap(followed) && isMap(anew) ? [lacks(followed, anew), lacks(anew, followed)] : [followed, anew]
    this.found.push(`${this.about}: ${what}: followed ${show(here)}, anew ${show(there)}`)
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What one has, and the other has not or has otherwise. */
function lacks(one: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(one).filter(([key, value]) => !isDeepStrictEqual(value, other[key])))
}

const show = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 600)
const sorted = (map: ReadonlyMap<string, unknown>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))

async function stateNow(who: TownPerson, id: string): Promise<Map<string, string>> {
  const state = (await who.ok('GET', `${roomPath(id)}/state`)) as Event[]
  return new Map(state.map((event) => [nameOf(event), event.event_id]))
}

/** Everything that may be read, oldest first. */
async function readable(who: TownPerson, id: string): Promise<Event[]> {
  const events: Event[] = []
  let from: string | undefined
  do {
    const page: any = await who.messages(id, { ...(from !== undefined && { from }) })
    events.push(...page.chunk)
    from = page.end
  } while (from !== undefined)
  return events.reverse()
}

export async function compareClassic(client: ClassicClient, who: TownPerson, faults: Faults): Promise<void> {
  const fresh = new ClassicClient({ room: { timeline: { limit: 100 } } }, false)
  await fresh.follow(who)
  const joined = (one: ClassicClient) => [...one.rooms].filter(([, room]) => room.membership === 'join')
  const ids = joined(client).map(([id]) => id)
  faults.same(
    'rooms',
    ids.toSorted(),
    joined(fresh)
      .map(([id]) => id)
      .toSorted(),
  )
  faults.same('invitations', [...client.invites].sort(), [...fresh.invites].sort())
  faults.same('account data', sorted(client.accountData), sorted(fresh.accountData))
  const { types } = client.filter.room.timeline
  for (const id of ids) {
    const [room, anew] = [client.rooms.get(id) as FoldedRoom, fresh.rooms.get(id)]
    if (anew === undefined) continue
    const all = await readable(who, id)
    const passing = all.filter((event) => types === undefined || types.includes(event.type))
    faults.same(
      `timeline of ${id}`,
      room.timeline,
      passing.map((event) => event.event_id),
    )
    compareState(client.isLazy, id, room, await stateNow(who, id), faults)
    faults.same(`receipts in ${id}`, sorted(room.receipts), sorted(anew.receipts))
    faults.same(`account data of ${id}`, sorted(room.accountData), sorted(anew.accountData))
    faults.same(`about ${id}`, sorted(room.about), sorted(anew.about))
    faults.same(`what sticks in ${id}`, [...room.sticky].sort(), [...anew.sticky].sort())
  }
}

/** With lazy loading, of the members those that the client knows. */
function compareState(isLazy: boolean, id: string, room: FoldedRoom, now: Map<string, string>, faults: Faults): void {
  const kept = isLazy
    ? new Map([...now].filter(([name]) => !name.startsWith('m.room.member ') || room.state.has(name)))
    : now
  faults.same(`state of ${id}`, sorted(room.state), sorted(kept))
}

export async function compareSliding(client: SlidingClient, who: TownPerson, faults: Faults): Promise<void> {
  const on = { enabled: true }
  const fresh = await who.sliding({
    conn_id: `fresh ${Math.random()}`,
    lists: { all: everything },
    extensions: { account_data: on, receipts: on, [stickyName]: on, [subscriptionsName]: on },
  })
  const isOut = (membership: string) => membership === 'leave' || membership === 'ban'
  const mine = [...client.rooms].filter(([id, room]) => !isOut(room.membership) || fresh.rooms[id] !== undefined)
  const named = (rooms: [string, { membership: string }][]) => rooms.map(([id, room]) => `${id} ${room.membership}`)
  faults.same('rooms', named(mine).toSorted(), named(Object.entries<any>(fresh.rooms)).toSorted())
  const subscriptions = new Map<string, string>()
  foldSubscriptions(subscriptions, fresh.extensions[subscriptionsName])
  faults.same('subscriptions', sorted(client.subscriptions), sorted(subscriptions))
  const global = new Map<string, string>()
  for (const { type, content } of fresh.extensions.account_data.global) global.set(type, JSON.stringify(content))
  faults.same('account data', sorted(client.accountData), sorted(global))
  for (const [id, part] of Object.entries<any>(fresh.rooms)) {
    const room = client.rooms.get(id)
    if (room !== undefined && part.membership === 'join') await compareSlidingRoom(client, who, id, part, fresh, faults)
  }
}

/**
 * How far everybody has read: an answer of sliding sync has no place for two receipts of a person for one event, so that of the
 * whole room and that of a thread can be told one without the other.
 */
function furthest(receipts: ReadonlyMap<string, string>, timeline: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [name, eventId] of receipts) {
    const [user = '', type = ''] = name.split(' ')
    const place = timeline.indexOf(eventId)
    if (place >= 0) places.set(`${user} ${type}`, Math.max(place, places.get(`${user} ${type}`) ?? -1))
  }
  return places
}

async function compareSlidingRoom(
  client: SlidingClient,
  who: TownPerson,
  id: string,
  part: any,
  fresh: any,
  faults: Faults,
): Promise<void> {
  const room = client.rooms.get(id) as FoldedRoom
  const all = (await readable(who, id)).map((event) => event.event_id)
  faults.same(`timeline of ${id}`, room.timeline, all)
  faults.same(
    `newest events of ${id}`,
    room.timeline.slice(-(part.timeline?.length ?? 0)),
    (part.timeline ?? []).map((event: Event) => event.event_id),
  )
  compareState(client.isLazy, id, room, await stateNow(who, id), faults)
  const data = new Map<string, string>()
  for (const { type, content } of fresh.extensions.account_data.rooms?.[id] ?? [])
    data.set(type, JSON.stringify(content))
  faults.same(`account data of ${id}`, sorted(room.accountData), sorted(data))
  const receipts = new Map<string, string>()
  foldReceipts(receipts, fresh.extensions.receipts?.rooms?.[id]?.content ?? {})
  const [mine, anew] = [furthest(room.receipts, all), furthest(receipts, all)]
  const both = [...anew].map(([name]) => [name, mine.get(name)] as [string, number | undefined])
  faults.same(`receipts in ${id}`, sorted(new Map(both)), sorted(anew))
  const stuck = new Set<string>()
  takeSticky(stuck, [...(fresh.extensions[stickyName]?.rooms?.[id]?.events ?? []), ...(part.timeline ?? [])])
  faults.same(`what sticks in ${id}`, [...(client.sticky.get(id) ?? [])].sort(), [...stuck].sort())
  const { heroes, ...about } = Object.fromEntries(room.about)
  faults.same(`heroes of ${id}`, heroes, part.heroes === undefined ? undefined : JSON.stringify(part.heroes))
  for (const [key, value] of Object.entries(about)) {
    const isNothing = value === null || value === false
    faults.same(`${key} of ${id}`, isNothing ? undefined : value, part[key])
  }
}
