/**
 * What concerns the device alone: https://github.com/matrix-org/matrix-spec-proposals/pull/3885 (messages to it),
 * https://github.com/matrix-org/matrix-spec-proposals/pull/3884 (its keys, and whose devices changed).
 */
import { refuse } from '#platform/api.ts'
import type { DeviceFeed } from '../encryption/device-feed.ts'
import { live, never, type StateDraft } from './connection-state.ts'
import type { ExtensionAnswers } from './extensions.ts'
import type { SlidingQuery } from './request.ts'

export type DevicesQuery = {
  readonly query: SlidingQuery
  readonly after: number | undefined
  readonly until: number
}

const sinceForm = /^\d{1,16}$/

export class DeviceExtensions {
  readonly #feed: DeviceFeed

  constructor(deps: { feed: DeviceFeed }) {
    this.#feed = deps.feed
  }

  /** Whether anything of it is new to the client; what is told without being new (the next token) is among the answers. */
  async collect(at: DevicesQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<boolean> {
    const hasMessages = await this.#toDevice(at, answers)
    const hasKeys = await this.#e2ee(at, draft, answers)
    return hasMessages || hasKeys
  }

  /** The client's own token says what it has got: messages up to there are forgotten. */
  async #toDevice({ query, until }: DevicesQuery, answers: ExtensionAnswers): Promise<boolean> {
    const wish = query.extensions.toDevice
    if (wish === undefined) return false
    const since = placeOf('to_device', wish.since)
    if (since > until) {
      answers.set('to_device', { next_batch: String(since) })
      return false
    }
    if (wish.since !== undefined) await this.#feed.forget(query.subject, since)
    const { events, end } = await this.#feed.toDevice(query.subject, since, until, wish.limit)
    answers.set('to_device', { next_batch: String(end), ...(events.length > 0 && { events }) })
    return events.length > 0
  }

  async #e2ee({ query, after, until }: DevicesQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<boolean> {
    const { deviceLists: told, keyCounts } = draft.scalars
    if (!query.extensions.e2ee) {
      if (told === live && after !== undefined) draft.setScalars({ deviceLists: after })
      return false
    }
    const since = told === live ? after : told === never ? undefined : told
    const { changed, left } =
      since === undefined ? { changed: [], left: [] } : await this.#feed.deviceLists(query.subject, since, until)
    const counts = await this.#feed.keyCounts(query.subject)
    const keys = {
      device_one_time_keys_count: counts.oneTimeKeys,
      device_unused_fallback_key_types: counts.unusedFallbackKeyTypes,
    }
    const text = JSON.stringify(keys)
    draft.setScalars({ deviceLists: live, keyCounts: text })
    const hasLists = changed.length + left.length > 0
    if (!hasLists && text === keyCounts) return false
    answers.set('e2ee', { ...keys, ...(hasLists && { device_lists: { changed, left } }) })
    return true
  }
}

/** What is told in the order of the log is told up to a place in it; a client's first request names none. */
export function placeOf(extension: string, since: string | undefined): number {
  if (since === undefined) return 0
  const place = sinceForm.test(since) ? Number(since) : Number.NaN
  if (!Number.isSafeInteger(place)) {
    throw refuse('M_INVALID_PARAM', `The since of ${extension} is the next_batch that this extension gave.`)
  }
  return place
}
