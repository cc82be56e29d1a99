import {
  type EventTimelineSet,
  type MatrixClient,
  type MatrixEvent,
  MatrixEventEvent,
  type Room,
  RoomEvent,
  RoomStateEvent,
  ThreadEvent,
} from 'matrix-js-sdk'
import { type Entry, readLine } from '../matrix/entry.ts'
import { readersOf } from '../matrix/receipts.ts'
import { waits } from '../matrix/send.ts'
import type { EventSource } from '../matrix/sources.ts'
import { words } from '../words/index.ts'
import type { ComposerModel } from './composer.ts'
import { explain } from './failure.ts'
import { type Item, keepItems, layMinutes } from './minutes.ts'
import { coalesce, Keeper, type Observable, sameFields, Value } from './value.ts'

export type TimelineState = {
  status: 'opening' | 'ready' | 'failed'
  items: readonly Item[]
  older: 'more' | 'loading' | 'failed' | 'none'
  /** The window ends with the newest event. */
  live: boolean
  /** Own entry that carries the mark of readers, and how many they are. */
  read: { entryId: string; readers: number } | undefined
  /** An entry that was asked for by a link. */
  soughtId: string | undefined
}

/** What a view needs to keep a reader's place in lines that grow at both ends. */
export type ScrolledState = Pick<TimelineState, 'status' | 'older' | 'live' | 'soughtId'> & {
  items: readonly { type: string; key: string; entry?: Entry }[]
}
export interface Scrolled {
  readonly state: Observable<ScrolledState>
  following: boolean
  open(): Promise<void>
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
  clearNew(): void
}

const opening: TimelineState = {
  status: 'opening',
  items: [],
  older: 'none',
  live: true,
  read: undefined,
  soughtId: undefined,
}
const pageEvents = 50

export type TimelineOptions = {
  client: MatrixClient
  room: Room
  source: EventSource
  threadId?: string
  readUpToId?: string | undefined
}

/** The sheet of one room or thread: its entries, kept up to date, and the ways to see earlier ones. */
export class TimelineModel {
  readonly state = new Value<TimelineState>(opening)
  /** Whether the reader is at the newest entry; the view says so. */
  following = true
  /** The composer that answers here, when it is not the room's own. */
  composer: ComposerModel | undefined
  private readonly options: TimelineOptions
  private readonly entries = new Keeper<Entry>((entry) => entry.key)
  private readonly fetched = new Map<string, MatrixEvent | 'asked'>()
  private readonly stops: (() => void)[] = []
  private readonly refreshSoon = coalesce(() => this.refresh())
  private soughtId: string | undefined
  private olderState: 'idle' | 'loading' | 'failed' = 'idle'
  private readUpToId: string | undefined
  private loadingNewer = false
  private ready = false
  private membersAsked = false

  constructor(options: TimelineOptions) {
    this.options = options
    this.readUpToId = options.readUpToId
    this.listen()
  }

  /** Reads the newest entries, or those around one. Also the way back to the latest. */
  async open(eventId?: string): Promise<void> {
    try {
      await this.options.source.open(eventId)
      this.soughtId = eventId
      this.ready = true
      this.refresh()
    } catch (error) {
      if (eventId) return this.open()
      console.error('The room could not be opened.', error)
      this.state.update((state) => ({ ...state, status: 'failed' }))
    }
  }

  async loadOlder(): Promise<void> {
    if (this.olderState === 'loading' || !this.options.source.hasOlder()) return
    this.olderState = 'loading'
    this.refresh()
    try {
      await this.options.source.older(pageEvents)
      this.olderState = 'idle'
    } catch {
      this.olderState = 'failed'
    }
    this.refresh()
  }

  async loadNewer(): Promise<void> {
    if (this.loadingNewer || !this.options.source.hasNewer()) return
    this.loadingNewer = true
    await this.options.source.newer(pageEvents).catch(() => undefined)
    this.loadingNewer = false
    this.refresh()
  }

  /** Forgets the mark before what is new, once its reader has moved on. */
  clearNew(): void {
    this.readUpToId = undefined
    this.refreshSoon()
  }

  entry(id: string): Entry | undefined {
    return this.list().find((entry) => entry.id === id)
  }

  /** The newest own words that can still be edited. */
  lastOwn(): Entry | undefined {
    return this.list().findLast(
      (entry) => entry.mine && entry.kind === 'words' && entry.sending === 'sent' && !entry.picture && !entry.file,
    )
  }

  lastId(): string | undefined {
    return this.list().findLast((entry) => entry.sending === 'sent')?.id
  }

  event(id: string): MatrixEvent | undefined {
    return (
      this.options.source.events().find((event) => event.getId() === id) ??
      this.pending().find((event) => event.getId() === id) ??
      this.options.room.findEventById(id)
    )
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop()
  }

  private list(): Entry[] {
    return this.state.get().items.flatMap((item) => (item.type === 'entry' ? [item.entry] : []))
  }

  private pending(): MatrixEvent[] {
    const { room, threadId } = this.options
    return room
      .getPendingEvents()
      .filter((event) => (event.threadRootId ?? undefined) === threadId && !event.isRedaction())
  }

  /** Whoever spoke only long ago was not sent along with the newest entries: then everybody is asked for, once. */
  private nameStrangers(entries: readonly Entry[]): void {
    const { room } = this.options
    if (this.membersAsked || entries.every(({ sender }) => room.getMember(sender.id) !== null)) return
    this.membersAsked = true
    room.loadMembersIfNeeded().then(
      () => this.refreshSoon(),
      () => {
        this.membersAsked = false
      },
    )
  }

  private refresh(): void {
    if (!this.ready) return
    const { client, room, source, threadId } = this.options
    const live = !source.hasNewer()
    const loaded = source.events()
    const known = new Set(loaded.map((event) => event.getId()))
    const events = [...loaded, ...(live ? this.pending().filter((event) => !known.has(event.getId())) : [])]
    const context = {
      client,
      room,
      timelineSet: source.timelineSet as EventTimelineSet,
      inThread: threadId !== undefined,
      failureOf,
      quoted: (id: string) => this.quoted(id),
    }
    const entries = this.entries.keep(
      events.map((event) => readLine(event, context)).filter((entry) => entry !== undefined),
    )
    this.nameStrangers(entries)
    const hasOlder = source.hasOlder()
    const items = layMinutes(entries, { readUpToId: this.readUpToId, fromTheStart: !hasOlder && !threadId })
    const older =
      this.olderState === 'loading' ? 'loading' : this.olderState === 'failed' ? 'failed' : hasOlder ? 'more' : 'none'
    const before = this.state.get()
    const next: TimelineState = {
      status: 'ready',
      items: keepItems(before.items, items),
      older,
      live,
      read: this.readers(entries, loaded),
      soughtId: this.soughtId,
    }
    // Much of what the client hears changes nothing here; an equal state draws nothing.
    if (JSON.stringify(before.read) === JSON.stringify(next.read)) next.read = before.read
    this.state.set(sameFields(before, next))
  }

  private readers(entries: readonly Entry[], events: readonly MatrixEvent[]): TimelineState['read'] {
    if (this.options.threadId) return undefined
    const counts = readersOf(this.options.client, this.options.room, events)
    const last = entries.findLast((entry) => entry.mine && entry.kind === 'words' && (counts.get(entry.id) ?? 0) > 0)
    return last ? { entryId: last.id, readers: counts.get(last.id) ?? 0 } : undefined
  }

  private quoted(id: string): MatrixEvent | undefined {
    const here = this.options.room.findEventById(id)
    if (here) return here
    const known = this.fetched.get(id)
    if (known) return known === 'asked' ? undefined : known
    this.fetched.set(id, 'asked')
    const { client, room } = this.options
    client
      .fetchRoomEvent(room.roomId, id)
      .then((raw) => {
        this.fetched.set(id, client.getEventMapper()(raw))
        this.refreshSoon()
      })
      .catch(() => undefined)
    return undefined
  }

  private listen(): void {
    const { client, room, source } = this.options
    const concerns = (event: MatrixEvent) => event.getRoomId() === room.roomId
    const grow = () => {
      source.follow()
      this.refreshSoon()
    }
    const onTimeline = (event: MatrixEvent, _room: Room | undefined, toStart?: boolean) => {
      if (!concerns(event)) return
      if (toStart) this.refreshSoon()
      else grow()
    }
    // After a gap in what was heard the newest entries stand on a new timeline. Who reads at the end goes there; who
    // reads further up comes to it by scrolling, through what was missed.
    const onReset = (changed: Room | undefined, set: EventTimelineSet) => {
      if (changed !== room || set !== source.timelineSet) return
      if (this.state.get().live && this.following) void this.open()
      else this.refreshSoon()
    }
    client.on(RoomEvent.Timeline, onTimeline)
    client.on(RoomEvent.TimelineReset, onReset)
    client.on(MatrixEventEvent.Decrypted, this.refreshSoon)
    client.on(MatrixEventEvent.Replaced, this.refreshSoon)
    for (const name of [
      RoomEvent.LocalEchoUpdated,
      RoomEvent.Redaction,
      RoomEvent.Receipt,
      RoomEvent.UnreadNotifications,
    ] as const) {
      room.on(name, grow)
      this.stops.push(() => room.off(name, grow))
    }
    for (const name of [ThreadEvent.New, ThreadEvent.Update, ThreadEvent.NewReply] as const) {
      room.on(name, grow)
      this.stops.push(() => room.off(name, grow))
    }
    room.currentState.on(RoomStateEvent.Members, this.refreshSoon)
    this.stops.push(() => {
      client.off(RoomEvent.Timeline, onTimeline)
      client.off(RoomEvent.TimelineReset, onReset)
      client.off(MatrixEventEvent.Decrypted, this.refreshSoon)
      client.off(MatrixEventEvent.Replaced, this.refreshSoon)
      room.currentState.off(RoomStateEvent.Members, this.refreshSoon)
    })
  }
}

/** Why an event was not sent; nothing when it goes by itself later. */
function failureOf(event: MatrixEvent): string | undefined {
  if (waits(event)) return undefined
  return event.error ? explain(event.error) : words.entry.pageClosed
}
