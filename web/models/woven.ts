import { type MatrixClient, RoomEvent } from 'matrix-js-sdk'
import { channelOf, noticeFacts } from '../matrix/desk.ts'
import type { Entry } from '../matrix/entry.ts'
import type { RoomModel } from './room.ts'
import { type About, keepLines, type TalkLine, talkLines } from './talk-lines.ts'
import type { Scrolled, ScrolledState, TimelineState } from './timeline.ts'
import { coalesce, sameFields, Value } from './value.ts'

export type WovenState = Omit<ScrolledState, 'items'> & { items: readonly TalkLine[] }

const opening: WovenState = { status: 'opening', items: [], older: 'none', live: true, soughtId: undefined }

/** What was said with a citizen and what colleagues noted about it, as one timeline of two rooms. */
export class WovenTimeline implements Scrolled {
  readonly state = new Value<WovenState>(opening)
  following = true
  readonly conversation: RoomModel
  readonly notes: RoomModel | undefined
  private readonly client: MatrixClient
  private readonly citizen: string
  private readonly stops: (() => void)[] = []

  constructor(client: MatrixClient, rooms: { conversation: RoomModel; notes: RoomModel | undefined }, citizen: string) {
    this.client = client
    this.citizen = citizen
    this.conversation = rooms.conversation
    this.notes = rooms.notes
    const refresh = coalesce(() => this.refresh())
    for (const { timeline, room } of this.models()) {
      this.stops.push(timeline.state.subscribe(refresh))
      room.on(RoomEvent.Receipt, refresh)
      this.stops.push(() => room.off(RoomEvent.Receipt, refresh))
    }
  }

  async open(): Promise<void> {
    await Promise.all(this.models().map(({ timeline }) => timeline.open()))
  }

  async loadOlder(): Promise<void> {
    const floor = this.floor()
    const behind = this.models().filter((model) => oldestOf(model.timeline.state.get()) >= floor)
    await Promise.all(behind.map(({ timeline }) => timeline.loadOlder()))
  }

  async loadNewer(): Promise<void> {
    await Promise.all(this.models().map(({ timeline }) => timeline.loadNewer()))
  }

  clearNew(): void {
    this.conversation.timeline.clearNew()
  }

  /** Tells colleagues and one's other devices how far one has read. */
  markRead(): void {
    for (const model of this.models()) model.markRead()
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop()
  }

  private models(): RoomModel[] {
    return this.notes ? [this.conversation, this.notes] : [this.conversation]
  }

  /** The newest of the moments before which one of the rooms is not loaded. */
  private floor(): number {
    const open = this.models().map(({ timeline }) => timeline.state.get())
    return Math.max(0, ...open.filter(({ older }) => older !== 'none').map(oldestOf))
  }

  private refresh(): void {
    for (const model of this.models()) model.timeline.following = this.following
    const states = this.models().map(({ timeline }) => timeline.state.get())
    const [said, noted] = states
    if (!said || states.some(({ status }) => status === 'opening')) return
    const before = this.state.get()
    const lines = talkLines(said.items, noted?.items ?? [], {
      citizen: this.citizen,
      about: (entry) => this.about(entry),
      arrivedAt: this.arrivedAt(),
      leaders: this.leaders(),
      floorMs: this.floor(),
    })
    this.state.set(
      sameFields(before, {
        status: said.status,
        items: keepLines(before.items, lines),
        older:
          (['loading', 'failed', 'more'] as const).find((one) => states.some(({ older }) => older === one)) ?? 'none',
        live: states.every(({ live }) => live),
        soughtId: said.soughtId,
      }),
    )
  }

  private about(entry: Entry): About {
    const event = this.conversation.timeline.event(entry.id)
    return { facts: noticeFacts(event), channel: channelOf(event), member: event?.getStateKey() }
  }

  private arrivedAt(): number {
    const { room } = this.conversation
    const id = room.getReadReceiptForUserId(this.citizen, true)?.eventId
    return (id ? room.findEventById(id)?.getTs() : undefined) ?? 0
  }

  private leaders(): Set<string> {
    const events = this.conversation.room.getLiveTimeline().getEvents()
    const changes = events.filter((event) => event.getType() === 'chancery.assignment')
    const all = changes.flatMap((event) => [event.getContent().user_id, event.getPrevContent().user_id])
    return new Set([...all.map(String), this.client.getSafeUserId()])
  }
}

function oldestOf({ items }: TimelineState): number {
  const first = items.find((item) => item.type === 'entry' || item.type === 'changes')
  if (first?.type === 'entry') return first.entry.at
  return first?.type === 'changes' ? (first.entries[0]?.at ?? 0) : 0
}
