import type { TownPerson } from '../../town-person.ts'
import type { Seeded } from '../seeded.ts'
import {
  addTo,
  type Event,
  FoldedRoom,
  foldReceipts,
  foldSubscriptions,
  gapBefore,
  Ignored,
  type KnownDevices,
  nameOf,
  takeSticky,
} from './folded.ts'

export const subscriptionsName = 'io.element.msc4308.thread_subscriptions'
export const stickyName = 'org.matrix.msc4354.sticky_events'
const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
export const everything = { ranges: [[0, 99]], timeline_limit: 20, required_state: [['*', '*']] }
const lazy = [
  ['*', '*'],
  ['m.room.member', '$LAZY'],
]
const told = ['name', 'avatar', 'joined_count', 'invited_count', 'notification_count', 'highlight_count', 'is_dm']

/** A client that believes what sliding sync tells it, changes its wishes, loses answers, and is forgotten now and then. */
export class SlidingClient {
  readonly rooms = new Map<string, FoldedRoom>()
  readonly accountData = new Map<string, string>()
  readonly notes: number[] = []
  /** Of people when it was first told of devices, and of whom it heard since. */
  devices: KnownDevices | undefined
  #asksForDevices = false
  readonly faults: string[] = []
  readonly isLazy: boolean
  readonly #random: Seeded
  readonly #isForgetful: boolean
  readonly #ignored = new Ignored()
  #pos: string | undefined
  #notesSince: string | undefined
  readonly sticky = new Map<string, Set<string>>()
  #stickySince: string | undefined
  /** By root: how the subscription stood last. */
  readonly subscriptions = new Map<string, string>()

  /** A forgetful one passes over answers now and then, as none may. */
  constructor(random: Seeded, isForgetful = false) {
    this.#random = random
    this.#isForgetful = isForgetful
    this.isLazy = random.chance(0.4)
  }

  /** `isWhole`: everything of every room, as at the end of a history. */
  async follow(who: TownPerson, devicesNow: () => KnownDevices, isWhole = false): Promise<boolean> {
    const body = this.#wish(isWhole)
    if (this.#asksForDevices) this.devices ??= devicesNow()
    const query = new URLSearchParams({ ...(this.#pos !== undefined && { pos: this.#pos }) })
    // The first answer is lost on the way.
    if (this.#random.chance(0.1)) await who.call('POST', `${path}?${query}`, { body })
    const answer = await who.call('POST', `${path}?${query}`, { body })
    if (answer.status !== 200) {
      this.faults.push(`sliding sync answered ${answer.status} ${answer.text}`)
      return false
    }
    const isPassedOver = this.#isForgetful && this.#pos !== undefined && !isWhole
    if (!isPassedOver) await this.#take(who, answer.json)
    this.#pos = answer.json.pos
    if (!isPassedOver && this.#ignored.take(answer.json.extensions.account_data?.global ?? [])) {
      this.#forget()
      return true
    }
    for (const id of new Set([...this.rooms.keys(), ...this.sticky.keys()])) {
      this.#ignored.hide(this.rooms.get(id), this.#stickyOf(id))
    }
    return (
      Object.keys(answer.json.rooms).length + Object.keys(answer.json.extensions[stickyName]?.rooms ?? {}).length > 0
    )
  }

  /** Messages to the device were taken, and are not told again. */
  #forget(): void {
    this.#pos = undefined
    this.#stickySince = undefined
    this.devices = undefined
    for (const known of [this.rooms, this.accountData, this.sticky, this.subscriptions]) known.clear()
  }

  #wish(isWhole: boolean): object {
    const random = this.#random
    const [all, no] = [{ enabled: true }, { enabled: false }]
    const requiredState = this.isLazy ? lazy : everything.required_state
    const first = random.between(0, 2)
    const some = {
      ranges: [[first, first + random.between(0, 2)]],
      timeline_limit: random.between(0, 4),
      required_state: random.pick([requiredState, requiredState, [], [['m.room.topic', '']]]),
    }
    const extension = isWhole || random.chance(0.8) ? all : no
    this.#asksForDevices = isWhole || random.chance(0.8)
    return {
      conn_id: 'law',
      lists: {
        a: isWhole ? { ...everything, required_state: requiredState } : some,
        ...(random.chance(0.3) && { b: { ...some, ranges: [[0, 0]], timeline_limit: 6 } }),
      },
      ...(!isWhole &&
        random.chance(0.3) &&
        this.rooms.size > 0 && {
          room_subscriptions: {
            [random.pick([...this.rooms.keys()])]: { timeline_limit: 8, required_state: requiredState },
          },
        }),
      extensions: {
        account_data: extension,
        receipts: extension,
        typing: all,
        [subscriptionsName]: extension,
        [stickyName]: {
          ...extension,
          limit: random.between(1, 4),
          ...(this.#stickySince !== undefined && { since: this.#stickySince }),
        },
        e2ee: this.#asksForDevices ? all : no,
        to_device: { ...all, ...(this.#notesSince !== undefined && { since: this.#notesSince }) },
      },
    }
  }

  async #take(who: TownPerson, answer: any): Promise<void> {
    const { account_data: data, receipts, to_device: notes, e2ee } = answer.extensions
    this.devices?.take(e2ee?.device_lists)
    for (const { type, content } of data?.global ?? []) this.accountData.set(type, JSON.stringify(content))
    for (const { content } of notes?.events ?? []) this.notes.push(content.n)
    this.#notesSince = notes?.next_batch
    foldSubscriptions(this.subscriptions, answer.extensions[subscriptionsName])
    const sticky = answer.extensions[stickyName]
    this.#stickySince = sticky?.next_batch ?? this.#stickySince
    for (const [id, { events }] of Object.entries<any>(sticky?.rooms ?? {})) {
      this.#ignored.note(events)
      takeSticky(this.#stickyOf(id), events)
    }
    for (const [id, room] of Object.entries<any>(answer.rooms)) {
      takeSticky(this.#stickyOf(id), room.timeline ?? [])
      await this.#takeRoom(who, id, room)
    }
    for (const [id, events] of Object.entries<any>(data?.rooms ?? {})) {
      for (const { type, content } of events) this.rooms.get(id)?.accountData.set(type, JSON.stringify(content))
    }
    for (const [id, event] of Object.entries<any>(receipts?.rooms ?? {})) {
      const room = this.rooms.get(id)
      if (room !== undefined) foldReceipts(room.receipts, event.content)
    }
  }

  #stickyOf(id: string): Set<string> {
    const known = this.sticky.get(id) ?? new Set()
    this.sticky.set(id, known)
    return known
  }

  async #takeRoom(who: TownPerson, id: string, part: any): Promise<void> {
    let room = this.rooms.get(id)
    if (room === undefined || part.initial === true) {
      room = new FoldedRoom()
      this.rooms.set(id, room)
    }
    room.membership = part.membership
    for (const key of told) if (part[key] !== undefined) room.about.set(key, part[key])
    room.about.set('bump_stamp', part.bump_stamp)
    // Behind a gap the list of members is begun anew.
    if (this.isLazy && part.limited && part.initial !== true) {
      for (const name of room.state.keys()) if (name.startsWith('m.room.member ')) room.state.delete(name)
    }
    for (const event of part.required_state ?? []) room.state.set(nameOf(event), event.event_id)
    if (part.heroes !== undefined) room.about.set('heroes', JSON.stringify(part.heroes))
    if (part.name !== undefined && part.name !== null) room.about.delete('heroes')
    const events = (part.timeline ?? []) as Event[]
    if (part.unstable_expanded_timeline === true) this.#expand(room, events)
    const known = new Set(room.timeline)
    const fresh = events.filter((event) => part.unstable_expanded_timeline !== true || !known.has(event.event_id))
    const hasGap = part.limited === true || part.initial === true
    const joins = part.unstable_expanded_timeline === true && fresh.length < events.length
    const before = hasGap && !joins ? await gapBefore(who, id, known, part.prev_batch) : []
    this.#ignored.note([...before, ...events])
    addTo(room, before, fresh, this.faults)
  }

  /** What was told already stands where it stood. */
  #expand(room: FoldedRoom, events: readonly Event[]): void {
    const first = events.findIndex((event) => room.timeline.includes(event.event_id))
    if (first < 0) return
    const at = room.timeline.indexOf(events[first]?.event_id ?? '')
    const older = events.slice(0, first).map((event) => event.event_id)
    const missing = older.filter((id) => !room.timeline.includes(id))
    room.timeline.splice(at, 0, ...missing)
  }
}
