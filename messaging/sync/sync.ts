/**
 * /sync: https://spec.matrix.org/v1.19/client-server-api/#syncing
 *
 * A client without a token gets everything (`InitialSync`); one with a token gets what happened since, from the tail in
 * memory where that reaches back far enough. When nothing happened it waits, and what was looked through once is not
 * looked through again.
 */
import type { Access, Subject } from '#access/api.ts'
import { type Clock, type Limits, limits } from '#platform/api.ts'
import type { DeviceFeed } from '../encryption/device-feed.ts'
import type { PresenceBoard } from '../presence/presence-board.ts'
import type { PresenceState } from '../presence/presence-record.ts'
import type { Typing } from '../typing/typing.ts'
import type { EventForm } from './event-form.ts'
import type { SyncFilter } from './filter.ts'
import type { IncrementalSync } from './incremental-sync.ts'
import type { InitialSync } from './initial-sync.ts'
import type { Level } from './level.ts'
import { type DevicePart, isEmpty, type StateAfter, type SyncAnswer, syncText } from './render.ts'
import type { SentMembers } from './sent-members.ts'
import type { Tail } from './tail.ts'
import { parseSyncToken, type SyncToken, syncToken, unknownToken } from './tokens.ts'
import type { Waiters } from './waiters.ts'

export type SyncQuery = {
  readonly subject: Subject
  readonly since: string | undefined
  readonly filter: SyncFilter
  readonly fullState: boolean
  /** Whether the client wants the state behind each timeline, and not that before it. */
  readonly stateAfter: StateAfter
  readonly form: EventForm
  /** How present the device says its person is. */
  readonly presence: PresenceState
  readonly timeoutMs: number
  /** Aborts when the client leaves, the session ends or the server stops: the answer is then given at once. */
  readonly signal: AbortSignal
}

type Deps = {
  access: Access
  limits: Pick<Limits, 'syncTimeoutMsMax'>
  clock: Clock
  tail: Tail
  typing: Typing
  waiters: Waiters
  level: Level
  sent: SentMembers
  initial: InitialSync
  incremental: IncrementalSync
  feed: DeviceFeed
  /** Absent where presence is turned off. */
  presenceBoard: PresenceBoard | undefined
}

export class Sync {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The JSON text of the answer. */
  async answer(query: SyncQuery): Promise<string> {
    const { access, level, sent, tail, typing, initial } = this.#deps
    const since = query.since === undefined ? undefined : parseSyncToken(query.since)
    if (since !== undefined && !(await level.reach(since.position))) throw unknownToken()
    this.#deps.presenceBoard?.seen(query.subject, query.presence)
    sent.begin(query.subject.sessionId, query.fullState ? undefined : query.since)
    if (since !== undefined) await this.#deps.feed.forget(query.subject, since.toDevice)
    if (since !== undefined) return this.#since(query, since)
    await level.with(query.subject.userId)
    const until = { position: tail.position, typing: typing.serial }
    const visible = access.visible(query.subject)
    const answer = await initial.collect(query, visible, until.position)
    const { part, end, serial } = await this.#device(query, since, until.position)
    return this.#text(query, answer, { part, serial }, { ...until, toDevice: end, sticky: answer.stickyEnd })
  }

  async #text(
    query: SyncQuery,
    answer: SyncAnswer,
    device: { part: DevicePart; serial: number },
    place: SyncToken,
  ): Promise<string> {
    const token = syncToken(place)
    const keys = await this.#deps.feed.keyCounts(query.subject)
    this.#deps.sent.end(query.subject.sessionId, token)
    this.#deps.presenceBoard?.tell(query.subject.sessionId, token, device.serial)
    return syncText(answer, device.part, keys, token)
  }

  /**
   * What concerns the device alone, and the place up to which it was told of messages. A client that begins anew has no
   * lists of devices that could have changed.
   */
  async #device(query: SyncQuery, since: SyncToken | undefined, until: number) {
    const { feed } = this.#deps
    const { subject } = query
    const { events, end } = await feed.toDevice(subject, since?.toDevice ?? 0, until, limits.toDeviceAnswerMax)
    const deviceLists = await feed.deviceLists(subject, since?.position ?? until, until)
    const { presence, serial } = this.#presence(query)
    const part: DevicePart = { toDevice: events, deviceLists, presence }
    return { part, end, serial }
  }

  #presence({ subject, since, filter }: SyncQuery) {
    const news = this.#deps.presenceBoard?.news(subject, since)
    const presence = (news?.events ?? []).filter((event) => filter.presence.passes(event))
    return { presence, serial: news?.serial ?? 0 }
  }

  async #since(query: SyncQuery, since: SyncToken): Promise<string> {
    const { access, clock, level, tail, typing, waiters, incremental } = this.#deps
    const { userId } = query.subject
    const endMs = clock.nowMs() + Math.min(query.timeoutMs, this.#deps.limits.syncTimeoutMsMax)
    let after = { ...since, typing: since.typing > typing.serial ? 0 : since.typing }
    for (;;) {
      await level.with(userId)
      const until = { position: tail.position, typing: typing.serial }
      const visible = access.visible(query.subject)
      const answer = await incremental.collect(query, visible, after, until)
      const { part, end, serial } = await this.#device(query, after, until.position)
      const leftMs = endMs - clock.nowMs()
      if (query.fullState || !isEmpty(answer, part) || leftMs <= 0 || query.signal.aborted) {
        return this.#text(query, answer, { part, serial }, { ...until, toDevice: end, sticky: answer.stickyEnd })
      }
      after = { ...until, toDevice: end, sticky: answer.stickyEnd }
      const isQuiet =
        tail.position === until.position && typing.serial === until.typing && after.sticky === until.position
      if (isQuiet && this.#presence(query).presence.length === 0) {
        await waiters.wait(userId, leftMs, query.signal)
      }
    }
  }
}
