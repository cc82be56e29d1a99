import { assertGrant, type Grant, type RoomAct } from '#access/api.ts'
import { type Db, limits, Recent } from '#platform/api.ts'
import type { RoomMoment, SendGuard } from '../ports.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { lastMessageRows, messageRowsBySender } from '../store/messages.ts'
import type { Typing } from '../typing/typing.ts'
import { type BuildDeps, type BuiltEvent, buildEvent } from './build-event.ts'
import type { Appended, Draft } from './draft.ts'
import type { EventIds } from './event-ids.ts'
import type { EventReader } from './event-reader.ts'
import type { GroupCommit, Outcome } from './group-commit.ts'
import { relationOf } from './stored-event.ts'
import { threadAtOnce, threadOfContent } from './thread-of.ts'

type Deps = BuildDeps & {
  rooms: RoomCache
  ids: EventIds
  commit: GroupCommit
  db: Db
  reader: Pick<EventReader, 'loadMemberContent' | 'inRoom' | 'open'>
  guards: readonly SendGuard[]
  typing: Pick<Typing, 'inRoom'>
}

/** The only way for an event to get into a room. Every call shows the grant that access gave for it. */
export class RoomWriter {
  readonly #deps: Deps
  readonly #underWay = new Map<string, Promise<Outcome>>()
  readonly #known = new Recent<string, string>(limits.transactionsInMemoryMax)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Appends events that stand or fall together. Resolves after the commit. */
  async append(grant: Grant, act: RoomAct, room: Room, drafts: readonly Draft[]): Promise<readonly Appended[]> {
    assertGrant(grant, act, room.id)
    const outcome = await this.#submit(room, drafts)
    if ('repeated' in outcome) throw new Error('only a single event carries a transaction id')
    return outcome.appended
  }

  /**
   * Appends one event and answers its id. With a transaction id that was used before, by this device on this path, the
   * answer is the first event's id; one that is still under way is joined.
   */
  async send(grant: Grant, act: RoomAct, room: Room, draft: Draft): Promise<string> {
    assertGrant(grant, act, room.id)
    const key = draft.transaction?.key.toString('base64')
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known !== undefined) return known
    const eventId = idOf(await this.#join(key, () => this.#submit(room, [draft])))
    if (key !== undefined) this.#known.set(key, eventId)
    return eventId
  }

  /** For rooms that are being made: there is nothing yet that access could know about them. */
  create(room: Room, drafts: readonly Draft[]): Promise<Outcome> {
    return this.#submit(room, drafts)
  }

  async #join(key: string | undefined, submit: () => Promise<Outcome>): Promise<Outcome> {
    if (key === undefined) return submit()
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) return underWay
    const outcome = submit()
    this.#underWay.set(key, outcome)
    try {
      return await outcome
    } finally {
      this.#underWay.delete(key)
    }
  }

  async #submit(room: Room, drafts: readonly Draft[]): Promise<Outcome> {
    await this.#askGuards(room, drafts)
    const ids = await this.#deps.ids.take(drafts.length)
    const current = this.#deps.rooms.peek(room.id) ?? (await this.#deps.rooms.room(room.id))
    await this.#deps.reader.loadMemberContent(current, drafts)
    const placed = await Promise.all(drafts.map((draft) => this.#placed(current, draft)))
    return new Promise<Outcome>((resolve, reject) => {
      this.#deps.commit.add(
        {
          roomId: room.id,
          build: (now) => this.#build(now, placed, ids),
          resolve,
          reject,
          tries: 0,
        },
        this.#deps.rooms.peek(room.id) ?? current,
      )
    })
  }

  async #askGuards(room: Room, drafts: readonly Draft[]): Promise<void> {
    const { guards } = this.#deps
    if (guards.length === 0) return
    const moment = this.#momentOf(room)
    for (const guard of guards) for (const draft of drafts) await guard.check(room, draft, moment)
  }

  #momentOf({ id }: Room): RoomMoment {
    const { db, reader, typing } = this.#deps
    const newest = Number.MAX_SAFE_INTEGER
    return {
      typists: () => typing.inRoom(id),
      lastMessages: async (limit, senderId) =>
        reader.open(
          await (senderId === undefined
            ? lastMessageRows(db, id, limit)
            : messageRowsBySender(db, id, senderId, newest, limit)),
        ),
    }
  }

  /** A unit that is built again keeps its internal ids. */
  #build(room: Room, drafts: readonly Draft[], ids: readonly number[]): BuiltEvent[] {
    return drafts.map((draft, n) => buildEvent(this.#deps, room, ids[n] ?? 0, draft))
  }

  /** The draft with the thread that it belongs to. What can concern nobody's counts is not looked up. */
  async #placed(room: Room, draft: Draft): Promise<Draft> {
    const thread = threadAtOnce(draft.content)
    if (thread !== undefined) return { ...draft, thread }
    const type = relationOf(draft.content)?.type
    const isQuiet = type === 'm.annotation' || type === 'm.replace'
    if (isQuiet && draft.content['m.mentions'] === undefined) return draft
    return { ...draft, thread: await threadOfContent(this.#deps, room, draft.content) }
  }
}

function idOf(outcome: Outcome): string {
  if ('repeated' in outcome) return outcome.repeated
  const first = outcome.appended[0]
  if (first === undefined) throw new Error('an append answered no event')
  return first.event.matrixId
}
