/**
 * Sliding sync: https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md
 *
 * 1. The connection's state is found by the serial in `pos`: what was sent of each room, up to where.
 * 2. The person's rooms are ordered and filtered in memory (`RoomLists`); the ranges and subscriptions say which are meant.
 * 3. What happened since `pos` is taken from the tail, or from the database. Rooms that are meant are told; of rooms that are
 *    not and in which something happened, the state keeps up to where they were told.
 * 4. When there is nothing to tell, the request waits. What was passed over meanwhile stays in the draft of the next state.
 */
import type { Access, VisibleRooms } from '#access/api.ts'
import { type Clock, type Limits, refuse } from '#platform/api.ts'
import type { PresenceBoard } from '../presence/presence-board.ts'
import { type ChangesDeps, changesSince } from '../sync/changes.ts'
import type { Level } from '../sync/level.ts'
import type { SentMembers } from '../sync/sent-members.ts'
import type { Tail } from '../sync/tail.ts'
import { parsePos, posToken } from '../sync/tokens.ts'
import type { Waiters } from '../sync/waiters.ts'
import type { Typing } from '../typing/typing.ts'
import { type ConnectionState, live, StateDraft } from './connection-state.ts'
import type { Connection, Connections } from './connections.ts'
import type { DeviceExtensions } from './device-extensions.ts'
import type { ExtensionAnswers, RoomExtensions } from './extensions.ts'
import type { SlidingQuery } from './request.ts'
import type { RoomLists, Selection } from './room-lists.ts'
import { mayRecount, type RoomResult, type RoomResults } from './room-results.ts'
import type { StickyExtension, StickyExtensionQuery } from './sticky-extension.ts'
import type { SubscriptionsExtension } from './subscriptions-extension.ts'
import type { ThreadsExtension } from './threads-extension.ts'

type Deps = {
  access: Access
  limits: Pick<Limits, 'syncTimeoutMsMax'>
  clock: Clock
  level: Level
  tail: Tail
  typing: Typing
  waiters: Waiters
  connections: Connections
  lists: RoomLists
  results: RoomResults
  extensions: RoomExtensions
  devices: DeviceExtensions
  threads: ThreadsExtension
  subscriptions: SubscriptionsExtension
  sticky: StickyExtension
  changes: ChangesDeps
  sentMembers: SentMembers<string>
  /** Absent where presence is turned off. */
  presenceBoard: PresenceBoard | undefined
}

type Place = { readonly position: number; readonly typing: number }

type Answer = {
  readonly state: ConnectionState
  readonly counts: ReadonlyMap<string, number>
  readonly results: ReadonlyMap<number, RoomResult>
  readonly extensions: ExtensionAnswers
  readonly isEmpty: boolean
}

export class SlidingSync {
  readonly #deps: Deps
  readonly #underWay = new Map<string, AbortController>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The JSON text of the answer. */
  async answer(query: SlidingQuery): Promise<string> {
    const { connection, from } = await this.#connection(query)
    this.#deps.presenceBoard?.seen(query.subject, query.presence)
    const name = connection.at.name.toString('base64')
    // A client has one request under way: that it asks again says that it has left the one before.
    const begun = new AbortController()
    this.#underWay.get(name)?.abort()
    this.#underWay.set(name, begun)
    try {
      const signal = AbortSignal.any([query.signal, begun.signal])
      return await this.#follow({ ...query, signal }, connection, name, from)
    } finally {
      if (this.#underWay.get(name) === begun) this.#underWay.delete(name)
    }
  }

  async #follow(query: SlidingQuery, connection: Connection, name: string, from: Place | undefined): Promise<string> {
    const { clock, tail, typing, waiters, level } = this.#deps
    this.#deps.sentMembers.begin(name, query.pos)
    const endMs = clock.nowMs() + Math.min(query.timeoutMs, this.#deps.limits.syncTimeoutMsMax)
    let { state } = connection
    let after = from
    for (;;) {
      await level.with(query.subject.userId)
      const until = { position: tail.position, typing: typing.serial }
      const answer = await this.#collect(query, name, { state, after, until })
      // Nobody may be there to hear it: who comes again with the same pos is told it then.
      if (query.pos !== undefined && query.signal.aborted) return textOf(query, nothing, query.pos)
      const leftMs = endMs - clock.nowMs()
      if (from === undefined || !answer.isEmpty || leftMs <= 0) {
        const serial = await this.#deps.connections.keep(connection, answer.state)
        const pos = posToken({ serial, ...until })
        this.#deps.sentMembers.end(name, pos)
        return textOf(query, answer, pos)
      }
      state = answer.state
      after = until
      if (tail.position === until.position && typing.serial === until.typing) {
        await waiters.wait(query.subject.userId, leftMs, query.signal)
      }
    }
  }

  async #connection(query: SlidingQuery): Promise<{ connection: Connection; from: Place | undefined }> {
    const { connections, level, typing } = this.#deps
    const at = connections.name(query.subject, query.connId)
    if (query.pos === undefined) return { connection: connections.begin(at), from: undefined }
    const pos = parsePos(query.pos)
    const connection = pos && (await connections.find(at, pos.serial))
    if (connection === undefined || !(await level.reach(pos?.position ?? 0))) {
      throw refuse('M_UNKNOWN_POS', 'This connection is not known any more. Begin a new one, without pos.')
    }
    const { position = 0, typing: serial = 0 } = pos ?? {}
    return { connection, from: { position, typing: serial > typing.serial ? 0 : serial } }
  }

  async #collect(
    query: SlidingQuery,
    connection: string,
    { state, after, until }: { state: ConnectionState; after: Place | undefined; until: Place },
  ): Promise<Answer> {
    const { access, lists, results: rooms, extensions } = this.#deps
    const visible = access.visible(query.subject)
    const draft = new StateDraft(state)
    const selection = await lists.select(query, visible, draft.rooms, until.position)
    const changes = await this.#changes(query, visible, draft, selection, { after, until })
    const { subject, dialect } = query
    const asked = { subject, dialect, connection, after: after?.position, until: until.position, changes }
    const results = await rooms.collect(asked, selection.wishes, draft)
    const at = { query, after, until, changes, wishes: selection.wishes, results }
    const answers = await extensions.collect(at, draft)
    if (after !== undefined) {
      for (const [id, room] of draft.rooms) {
        const happened = (changes.rooms.get(id)?.events.length ?? 0) > 0 || changes.ownMemberships.has(id)
        if (!(happened || mayRecount(asked, id)) || room.timeline !== live || selection.wishes.has(id)) continue
        draft.setRoom(id, { ...room, timeline: after.position })
      }
    }
    const isEmpty = results.size === 0 && answers.size === 0
    const place = { query, after: after?.position, until: until.position, visible, selection, changes, results }
    const hasMore = await this.#collectMore(place, draft, answers)
    return {
      state: draft.finished(),
      counts: selection.counts,
      results,
      extensions: answers,
      isEmpty: isEmpty && !hasMore,
    }
  }

  /** Extensions that may answer with a token alone, which is nothing new. */
  async #collectMore(at: StickyExtensionQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<boolean> {
    const { devices, threads, subscriptions, sticky } = this.#deps
    let hasMore = false
    for (const one of [devices, threads, subscriptions, sticky]) {
      if (await one.collect(at, draft, answers)) hasMore = true
    }
    return hasMore
  }

  /** At the beginning of a connection nothing happened: everything is told as it is. */
  #changes(
    query: SlidingQuery,
    visible: VisibleRooms,
    draft: StateDraft,
    { wishes }: Selection,
    { after, until }: { after: Place | undefined; until: Place },
  ) {
    const known = [...visible.joined].filter((id) => draft.rooms.has(id) || wishes.has(id))
    let limit = 0
    for (const wish of wishes.values()) limit = Math.max(limit, wish.timelineLimit)
    return changesSince(this.#deps.changes, {
      person: query.subject,
      joined: new Set(known),
      after: (after ?? until).position,
      until: until.position,
      limit,
    })
  }
}

type Told = Pick<Answer, 'counts' | 'results' | 'extensions'>
const nothing: Told = { counts: new Map(), results: new Map(), extensions: new Map() }

function textOf(query: SlidingQuery, answer: Told, pos: string): string {
  const counts = [...answer.counts].map(([name, count]) => `${JSON.stringify(name)}:{"count":${count}}`)
  const rooms = [...answer.results.values()].map(({ matrixId, text }) => `${JSON.stringify(matrixId)}:${text}`)
  const extensions = [...answer.extensions].map(([name, content]) => `"${name}":${JSON.stringify(content)}`)
  const fields = [`"pos":"${pos}"`]
  if (query.txnId !== undefined) fields.push(`"txn_id":${JSON.stringify(query.txnId)}`)
  fields.push(`"lists":{${counts.join(',')}}`, `"rooms":{${rooms.join(',')}}`)
  fields.push(`"extensions":{${extensions.join(',')}}`)
  return `{${fields.join(',')}}`
}
