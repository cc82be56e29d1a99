import type { TownPerson } from '../../town-person.ts'
import {
  addTo,
  type Event,
  FoldedRoom,
  foldReceipts,
  gapBefore,
  Ignored,
  type KnownDevices,
  nameOf,
  takeSticky,
} from './folded.ts'

/** A client that believes what /sync tells it, and fills gaps. It asks now one server and now the other. */
export class ClassicClient {
  readonly rooms = new Map<string, FoldedRoom>()
  readonly invites = new Set<string>()
  readonly accountData = new Map<string, string>()
  readonly notes: number[] = []
  /** Of people when it began, and of whom it heard since. */
  devices: KnownDevices | undefined
  readonly faults: string[] = []
  readonly filter: any
  readonly #stateAfter: boolean
  #since: string | undefined
  readonly #isForgetful: boolean
  readonly #ignored = new Ignored()
  /** By room: who asked the person in. */
  readonly #inviters = new Map<string, string>()

  /** A forgetful one passes over answers now and then, as none may. */
  constructor(filter: object, stateAfter: boolean, isForgetful = false) {
    this.filter = filter
    this.#isForgetful = isForgetful
    this.#stateAfter = stateAfter
  }

  get isLazy(): boolean {
    return this.filter.room.state?.lazy_load_members === true
  }

  async follow(who: TownPerson, devicesNow?: () => KnownDevices): Promise<void> {
    this.devices ??= devicesNow?.()
    const answer: any = await who.sync(this.#since, {
      filter: JSON.stringify(this.filter),
      ...(this.#stateAfter && { use_state_after: 'true' }),
    })
    const isPassedOver = this.#isForgetful && this.#since !== undefined && answer.rooms?.join !== undefined
    this.#since = answer.next_batch
    if (isPassedOver) return
    if (this.#ignored.take(answer.account_data?.events ?? [])) {
      this.#forget()
      return this.follow(who, devicesNow)
    }
    for (const { type, content } of answer.account_data?.events ?? [])
      this.accountData.set(type, JSON.stringify(content))
    this.devices?.take(answer.device_lists)
    for (const { content } of answer.to_device?.events ?? []) this.notes.push(content.n)
    for (const kind of ['invite', 'knock'] as const) {
      for (const [id, part] of Object.entries<any>(answer.rooms?.[kind] ?? {})) {
        this.#noLongerInvited(id)
        this.invites.add(`${kind} ${id}`)
        this.#inviters.set(
          id,
          part[`${kind}_state`].events.findLast((event: any) => event.type === 'm.room.member').sender,
        )
        const room = this.rooms.get(id)
        if (room !== undefined) room.membership = kind
      }
    }
    for (const [id, part] of Object.entries<any>(answer.rooms?.join ?? {})) await this.#joined(who, id, part)
    for (const [id, part] of Object.entries<any>(answer.rooms?.leave ?? {})) await this.#left(who, id, part)
    this.#hide()
  }

  #hide(): void {
    for (const room of this.rooms.values()) this.#ignored.hide(room, room.sticky)
    for (const [id, inviter] of this.#inviters) if (this.#ignored.has(inviter)) this.invites.delete(`invite ${id}`)
  }

  #forget(): void {
    this.#since = undefined
    this.devices = undefined
    for (const known of [this.rooms, this.invites, this.accountData]) known.clear()
  }

  #noLongerInvited(id: string): void {
    this.invites.delete(`invite ${id}`)
    this.invites.delete(`knock ${id}`)
  }

  async #joined(who: TownPerson, id: string, part: any): Promise<void> {
    this.#noLongerInvited(id)
    const room = this.rooms.get(id) ?? new FoldedRoom()
    this.rooms.set(id, room)
    if (room.membership !== 'join') {
      room.receipts.clear()
      // Whoever comes back may now see what was hidden: the timeline begins anew.
      if (part.timeline.limited) room.timeline = []
    }
    room.membership = 'join'
    await this.#take(who, id, room, part)
    const mayStick = [...part.timeline.events, ...(part.msc4354_sticky?.events ?? [])]
    this.#ignored.note(mayStick)
    takeSticky(room.sticky, mayStick)
    for (const { type, content } of part.ephemeral?.events ?? []) {
      if (type === 'm.receipt') foldReceipts(room.receipts, content)
    }
    for (const { type, content } of part.account_data?.events ?? []) room.accountData.set(type, JSON.stringify(content))
    const { 'm.joined_member_count': joined, 'm.invited_member_count': invited } = part.summary ?? {}
    if (joined !== undefined) room.about.set('counts', `${joined} ${invited}`)
    if (part.unread_notifications) room.about.set('unread', JSON.stringify(part.unread_notifications))
  }

  async #left(who: TownPerson, id: string, part: any): Promise<void> {
    this.#noLongerInvited(id)
    const room = this.rooms.get(id)
    if (room === undefined) return
    if (room.membership !== 'join' && part.timeline.limited) room.timeline = []
    room.membership = 'leave'
    await this.#take(who, id, room, part)
  }

  async #take(who: TownPerson, id: string, room: FoldedRoom, part: any): Promise<void> {
    const events = part.timeline.events as Event[]
    const known = new Set(room.timeline)
    const { types } = this.filter.room.timeline
    const hasGap = part.timeline.limited || known.size === 0
    const before = hasGap ? await gapBefore(who, id, known, part.timeline.prev_batch, types && { types }) : []
    for (const event of (part.state_after ?? part.state).events) room.state.set(nameOf(event), event.event_id)
    if (part.state_after === undefined) {
      for (const event of events) if (event.state_key !== undefined) room.state.set(nameOf(event), event.event_id)
    }
    // A page of history may have run ahead of what sync had told.
    this.#ignored.note([...before, ...events])
    addTo(room, before, events, this.faults)
  }
}
