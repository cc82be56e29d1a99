/** Thread subscriptions over sliding sync: https://github.com/matrix-org/matrix-spec-proposals/pull/4308 */
import type { Tail } from '../sync/tail.ts'
import type { ThreadSubscriptions } from '../threads/thread-subscriptions.ts'
import { live, never, type StateDraft } from './connection-state.ts'
import type { ExtensionAnswers } from './extensions.ts'
import { type SlidingQuery, subscriptionsName } from './request.ts'

type Deps = { tail: Tail; subscriptions: ThreadSubscriptions }
type Place = { readonly query: SlidingQuery; readonly after: number | undefined; readonly until: number }

/** The connection's state says up to where a client was told. */
export class SubscriptionsExtension {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Whether anything of it is new to the client. */
  async collect({ query, after, until }: Place, draft: StateDraft, answers: ExtensionAnswers): Promise<boolean> {
    const wish = query.extensions.subscriptions
    const { subscriptions: told } = draft.scalars
    if (wish === undefined) {
      if (told === live && after !== undefined) draft.setScalars({ subscriptions: after })
      return false
    }
    draft.setScalars({ subscriptions: live })
    const since = told === live ? (after ?? 0) : told === never ? 0 : told
    const { userId } = query.subject
    if (!this.#mayHaveChanged(userId, since)) return false
    const { fields, isEmpty, more } = await this.#deps.subscriptions.changes(userId, since, until, wish.limit)
    if (isEmpty) return false
    answers.set(subscriptionsName, { ...fields, ...(more !== undefined && { prev_batch: more }) })
    return true
  }

  #mayHaveChanged(userId: number, since: number): boolean {
    const { tail } = this.#deps
    if (!tail.reaches(since)) return true
    return tail.after(since).some((entry) => entry.kind === 'threadSubscription' && entry.userId === userId)
  }
}
