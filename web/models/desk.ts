import { type MatrixClient, type MatrixEvent, type Room, RoomEvent } from 'matrix-js-sdk'
import { type CitizensApi, createCitizensApi } from '../matrix/citizens.ts'
import {
  createDeskApi,
  type DeskApi,
  deskId,
  isDeskRoom,
  ledSince,
  noticeFacts,
  type Queue,
  type Talk,
  type TalkFilter,
  talkIdOf,
} from '../matrix/desk.ts'
import { plainWords } from '../matrix/entry.ts'
import { type Person, personIn } from '../matrix/person.ts'
import type { Session } from '../matrix/session.ts'
import { words } from '../words/index.ts'
import { say } from './notices.ts'
import { answers } from './room-list.ts'
import type { DeskView } from './route.ts'
import { toneOfNotice } from './talk-lines.ts'
import { Keeper, sameList, Value } from './value.ts'

/** What stands above the list. One's own and those of nobody are loaded whether they are looked at or not. */
export type DeskLists = {
  queues: readonly Queue[]
  mine: TalkList
  fresh: TalkList
  waiting: TalkList
  /** Of the view that is open; undefined until it has come. */
  shown: TalkList | undefined
}
export type TalkList = { talks: readonly Talk[]; hasMore: boolean }

const soonMs = 250
/** What happens in rooms that one is not in is not heard; it is asked for. */
const lookMs = 10_000

/** The citizens' desk: the conversations of the agencies that one works for. */
export class Desk {
  /** Undefined until it is known whether this person has a desk. */
  readonly lists = new Value<DeskLists | undefined>(undefined)
  readonly failure = new Value<unknown>(undefined)
  readonly api: DeskApi
  readonly citizens: CitizensApi
  private readonly client: MatrixClient
  private readonly kept = new Keeper<Talk>((talk) => talk.id)
  private readonly stops: (() => void)[] = []
  private readonly named = new Set<string>()
  private soon: ReturnType<typeof setTimeout> | undefined
  private asked = 0
  private view: DeskView = { name: 'mine' }
  private pages = 1

  constructor(client: MatrixClient, session: Session) {
    this.client = client
    this.api = createDeskApi(session)
    this.citizens = createCitizensApi(session)
    this.listen()
  }

  /** Looks at one view now and then, until it is stopped. */
  watch(view: DeskView): () => void {
    const isOther = JSON.stringify(view) !== JSON.stringify(this.view)
    this.view = view
    if (isOther) {
      this.pages = 1
      this.lists.update((lists) => lists && { ...lists, shown: this.known(lists, view) })
    }
    void this.refresh()
    const timer = setInterval(() => document.visibilityState === 'visible' && void this.refresh(), lookMs)
    return () => clearInterval(timer)
  }

  more(): Promise<void> {
    this.pages += 1
    return this.refresh()
  }

  refreshSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined
      void this.refresh()
    }, soonMs)
  }

  async refresh(): Promise<void> {
    this.asked += 1
    const question = this.asked
    try {
      const queues = await this.api.queues()
      const before = this.lists.get()
      const empty: TalkList = { talks: [], hasMore: false }
      if (queues.length === 0) {
        if (question === this.asked) this.lists.set({ queues, mine: empty, fresh: empty, waiting: empty, shown: empty })
        return
      }
      const [mine, fresh, waiting, other] = await Promise.all([
        this.list({ name: 'mine' }),
        this.list({ name: 'new' }),
        this.list({ name: 'waiting' }),
        this.view.name === 'done' || this.view.name === 'queue' ? this.list(this.view) : undefined,
      ])
      if (question !== this.asked) return
      this.nameStaff(queues)
      this.lists.set(this.keep(before, { queues, mine, fresh, waiting, shown: other }))
      this.failure.set(undefined)
    } catch (error) {
      if (question === this.asked) this.failure.set(error)
    }
  }

  stop(): void {
    clearTimeout(this.soon)
    for (const stop of this.stops.splice(0)) stop()
  }

  /** The newest words of a conversation that one is in. */
  lastWords(talk: Talk): string {
    const events = this.client.getRoom(talk.roomId)?.getLiveTimeline().getEvents() ?? []
    const last = events.findLast((event) => event.getType() === 'm.room.message' && !noticeFacts(event))
    return last ? plainWords(last).replace(/\s+/g, ' ').slice(0, 120) : ''
  }

  /** How much of a conversation one has not read; of one that a colleague hands over, one. */
  unread(talk: Talk): number {
    const room = this.client.getRoom(talk.roomId)
    if (room?.getMyMembership() === 'invite') return 1
    return room?.getUnreadNotificationCount() ?? 0
  }

  /** Somebody of the staff, by the name that she has in any queue. */
  person(userId: string, roomId?: string): Person {
    const rooms = [roomId, ...(this.lists.get()?.queues ?? []).map((queue) => queue.roomId)]
    const known = rooms.map((id) => this.client.getRoom(id)).find((room) => room?.getMember(userId)?.name)
    return personIn(this.client, known, userId)
  }

  /** Who else works for the agency of a queue, by name. */
  async colleagues(queueId: string): Promise<Person[]> {
    const queue = this.lists.get()?.queues.find(({ id }) => id === queueId)
    const room = queue && this.client.getRoom(queue.roomId)
    if (!room) return []
    await room.loadMembersIfNeeded()
    const others = [this.client.getSafeUserId(), deskId(this.client)]
    return room
      .getJoinedMembers()
      .filter(({ userId }) => !others.includes(userId))
      .map(({ userId }) => personIn(this.client, room, userId))
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  private async list(view: DeskView): Promise<TalkList> {
    const pages = JSON.stringify(view) === JSON.stringify(this.view) ? this.pages : 1
    let talks: readonly Talk[] = []
    let next: string | undefined
    for (let page = 0; page < pages && (page === 0 || next); page += 1) {
      const answer = await this.api.talks(filterOf(view), next)
      talks = [...talks, ...answer.talks]
      next = answer.next
    }
    return { talks, hasMore: next !== undefined }
  }

  /** Whoever works for an agency is in its queues, and has a name there. */
  private nameStaff(queues: readonly Queue[]): void {
    for (const { agency, roomId } of queues) {
      const room = this.client.getRoom(roomId)
      if (!room || this.named.has(agency)) continue
      this.named.add(agency)
      room.loadMembersIfNeeded().then(
        () => this.lists.update((lists) => lists && { ...lists }),
        () => this.named.delete(agency),
      )
    }
  }

  private known(lists: DeskLists, { name }: DeskView): TalkList | undefined {
    return { mine: lists.mine, new: lists.fresh, waiting: lists.waiting }[name as 'mine']
  }

  private keep(before: DeskLists | undefined, next: DeskLists): DeskLists {
    const all = [next.mine, next.fresh, next.waiting, ...(next.shown ? [next.shown] : [])].flatMap(({ talks }) => talks)
    const kept = new Map(this.kept.keep(all).map((talk) => [talk.id, talk]))
    const same = (list: TalkList, old: TalkList | undefined): TalkList => {
      const talks = sameList(
        old?.talks ?? [],
        list.talks.map((talk) => kept.get(talk.id) ?? talk),
      )
      return talks === old?.talks && list.hasMore === old.hasMore ? old : { ...list, talks }
    }
    const lists = {
      queues: next.queues,
      mine: same(next.mine, before?.mine),
      fresh: same(next.fresh, before?.fresh),
      waiting: same(next.waiting, before?.waiting),
    }
    const shown = next.shown ? same(next.shown, before?.shown) : this.known({ ...lists, shown: undefined }, this.view)
    return { ...lists, shown }
  }

  private listen(): void {
    const { client } = this
    const onMembership = (room: Room) => isDeskRoom(client, room) && this.refreshSoon()
    const onTimeline = (event: MatrixEvent, room: Room | undefined, toStart?: boolean) => {
      if (!room || toStart || !isDeskRoom(client, room)) return
      this.refreshSoon()
      this.hear(event, room)
    }
    const onReceipt = (_event: MatrixEvent, room: Room) =>
      isDeskRoom(client, room) && this.lists.update((now) => now && { ...now })
    client.on(RoomEvent.Timeline, onTimeline)
    client.on(RoomEvent.MyMembership, onMembership)
    client.on(RoomEvent.Receipt, onReceipt)
    this.stops.push(
      () => client.off(RoomEvent.Timeline, onTimeline),
      () => client.off(RoomEvent.MyMembership, onMembership),
      () => client.off(RoomEvent.Receipt, onReceipt),
    )
  }

  /** What is new in one's own conversations is told; that somebody wants no more is told at once. */
  private hear(event: MatrixEvent, room: Room): void {
    if (ledSince(room)?.userId !== this.client.getSafeUserId() || event.getType() !== 'm.room.message') return
    if (Date.now() - event.getTs() > lookMs) return
    const talk = this.lists.get()?.mine.talks.find(({ id }) => id === talkIdOf(room))
    const facts = noticeFacts(event)
    if (facts && toneOfNotice(facts) === 'halt') say(words.desk.toldAtOnce(talk?.name ?? '', plainWords(event)), true)
    else if (event.getSender() === talk?.citizen) say(words.desk.heard(talk?.name ?? ''))
  }
}

const filters: Record<'mine' | 'new' | 'waiting' | 'done', TalkFilter> = {
  mine: { assignee: 'me', state: 'open' },
  new: { assignee: 'none', state: 'open' },
  waiting: { state: 'waiting' },
  done: { state: 'closed' },
}

const filterOf = (view: DeskView): TalkFilter => (view.name === 'queue' ? { queue: view.queue } : filters[view.name])

/** Those that fit what is typed. Who has waited longest for somebody to take it comes first. */
export function inOrder(talks: readonly Talk[], view: DeskView, typed: string): readonly Talk[] {
  const found = talks.filter((talk) => answers(`${talk.name} ${talk.reference}`, typed))
  return view.name === 'new' ? found.toSorted((a, b) => (a.lastInMs ?? a.openedMs) - (b.lastInMs ?? b.openedMs)) : found
}
