import { setTimeout as wait } from 'node:timers/promises'
import { type Account, type BlackBox, Refused } from '../black-box.ts'
import type { Seeded } from '../seeded.ts'

export type RoomEvent = {
  readonly event_id: string
  readonly type: string
  readonly state_key?: string
  readonly content: Record<string, any>
}

type JoinedRoom = {
  timeline?: { events?: RoomEvent[]; limited?: boolean; prev_batch?: string }
  state?: { events?: RoomEvent[] }
}
type SyncAnswer = { next_batch: string; rooms?: { join?: Record<string, JoinedRoom> } }

export type ReaderHabits = {
  /** Events of a room in one answer; a small number makes gaps. */
  readonly timelineLimit: number
  readonly timeoutMs: number
  /** Stays away for up to so long between two syncs. */
  readonly awayMsMax: number
}

const pageLimit = 100

/**
 * A client that keeps syncing through every crash. It takes an answer only as a whole, gaps filled, as a good client does;
 * so what it has heard must in the end be the timeline of each room, whole and in order.
 */
export class Reader {
  readonly heard = new Map<string, RoomEvent[]>()
  readonly topics = new Map<string, string>()
  readonly refusals: string[] = []
  gaps = 0
  readonly #box: BlackBox
  readonly #account: Account
  readonly #habits: ReaderHabits
  readonly #random: Seeded
  readonly #known = new Set<string>()
  #since: string | undefined
  #isOver = false

  constructor(box: BlackBox, account: Account, habits: ReaderHabits, random: Seeded) {
    this.#box = box
    this.#account = account
    this.#habits = habits
    this.#random = random
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.turn()
        await wait(this.#random.between(0, this.#habits.awayMsMax))
      } catch (error) {
        if (error instanceof Refused) this.refusals.push(error.message)
        await wait(100)
      }
    }
  }

  stop(): void {
    this.#isOver = true
  }

  /** One sync, and what it skipped. Nothing is kept when any of it fails. */
  async turn(): Promise<void> {
    const { timelineLimit, timeoutMs } = this.#habits
    const filter = JSON.stringify({ presence: { not_types: ['*'] }, room: { timeline: { limit: timelineLimit } } })
    const since = this.#since === undefined ? '' : `&since=${encodeURIComponent(this.#since)}`
    const path = `/_matrix/client/v3/sync?timeout=${timeoutMs}&filter=${encodeURIComponent(filter)}${since}`
    const answer = await this.#box.ok<SyncAnswer>('GET', path, { token: this.#account.token })
    const news: { room: string; events: RoomEvent[]; state: RoomEvent[] }[] = []
    for (const [room, { timeline, state }] of Object.entries(answer.rooms?.join ?? {})) {
      const skipped =
        timeline?.limited === true && timeline.prev_batch !== undefined
          ? await this.#skipped(room, timeline.prev_batch)
          : []
      const shown = timeline?.events ?? []
      news.push({ room, events: [...skipped, ...shown], state: [...(state?.events ?? []), ...shown] })
    }
    for (const { room, events, state } of news) this.#take(room, events, state)
    this.#since = answer.next_batch
  }

  #take(room: string, events: readonly RoomEvent[], state: readonly RoomEvent[]): void {
    const heard = this.heard.get(room) ?? []
    this.heard.set(room, heard)
    for (const event of events) {
      heard.push(event)
      this.#known.add(event.event_id)
    }
    const topic = state.findLast((event) => event.type === 'm.room.topic')
    if (topic !== undefined) this.topics.set(room, topic.event_id)
  }

  /** Walks back from a gap's end to what is known, or to the beginning. Oldest first. */
  async #skipped(room: string, from: string): Promise<RoomEvent[]> {
    this.gaps += 1
    const found: RoomEvent[] = []
    for await (const event of roomEvents(this.#box, this.#account, room, { direction: 'b', from, limit: pageLimit })) {
      if (this.#known.has(event.event_id)) break
      found.push(event)
    }
    return found.reverse()
  }
}

type Walk = { direction: 'b' | 'f'; from?: string; limit: number }

/** All events of a room from a place on, page by page. */
export async function* roomEvents(
  box: BlackBox,
  account: Account,
  room: string,
  walk: Walk,
): AsyncGenerator<RoomEvent> {
  for (let from = walk.from; ; ) {
    const place = from === undefined ? '' : `&from=${encodeURIComponent(from)}`
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages?dir=${walk.direction}&limit=${walk.limit}${place}`
    const page = await box.ok<{ chunk: RoomEvent[]; end?: string }>('GET', path, { token: account.token })
    yield* page.chunk
    if (page.end === undefined || page.end === from) return
    from = page.end
  }
}
