/** Threads over sliding sync: https://github.com/matrix-org/matrix-spec-proposals/pull/4360 */
import type { VisibleRooms } from '#access/api.ts'
import { relationOf } from '../events/stored-event.ts'
import type { Tail } from '../sync/tail.ts'
import type { ThreadUpdates } from '../threads/thread-updates.ts'
import { live, never, type StateDraft } from './connection-state.ts'
import type { ExtensionAnswers } from './extensions.ts'
import { type SlidingQuery, threadsName } from './request.ts'
import type { RoomResult } from './room-results.ts'

type Deps = { tail: Tail; threadUpdates: ThreadUpdates }
type ThreadsQuery = {
  readonly query: SlidingQuery
  readonly visible: VisibleRooms
  readonly results: ReadonlyMap<number, RoomResult>
  readonly after: number | undefined
  readonly until: number
}

/** The connection's state says up to where a client was told. */
export class ThreadsExtension {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Whether anything of it is new to the client. */
  async collect(at: ThreadsQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<boolean> {
    const { query, after, until, results } = at
    const wish = query.extensions.threads
    const { threads: told } = draft.scalars
    if (wish === undefined) {
      if (told === live && after !== undefined) draft.setScalars({ threads: after })
      return false
    }
    draft.setScalars({ threads: live })
    const since = told === live ? (after ?? 0) : told === never ? 0 : told
    const { joined } = at.visible
    if (!this.#mayHaveChanged(joined, since)) return false
    const { rooms, more } = await this.#deps.threadUpdates.since(query.subject, {
      ...wish,
      roomIds: joined,
      after: since,
      until,
      told: (roomId) => results.get(roomId)?.timeline ?? [],
    })
    if (Object.keys(rooms).length === 0 && more === undefined) return false
    answers.set(threadsName, { updates: rooms, ...(more !== undefined && { prev_batch: more }) })
    return true
  }

  #mayHaveChanged(joined: ReadonlySet<number>, since: number): boolean {
    const { tail } = this.#deps
    if (!tail.reaches(since)) return true
    return tail
      .after(since)
      .some(
        (entry) =>
          entry.kind === 'event' &&
          joined.has(entry.event.roomId) &&
          relationOf(entry.event.content)?.type === 'm.thread',
      )
  }
}
