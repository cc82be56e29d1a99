import { type Notice, pushContext, saysReadUpTo } from '../events/notice.ts'
import { relationOf, type StoredEvent } from '../events/stored-event.ts'
import { mainThread } from '../events/thread-of.ts'
import type { RulesClass, RulesInForce } from '../push/rules-in-force.ts'
import type { Room } from '../rooms/room.ts'

export type Count = { notifications: number; highlights: number }

/** An event of a room that counts may depend on. */
export type Noticed = {
  readonly event: StoredEvent
  /** Undefined where it would have to be looked up. */
  readonly thread: string | undefined
  readonly notice: Notice
}

/** What one person has not read of one room, up to a place in its timeline. What came later is put to it in order. */
export class ReadState {
  readonly #rules: RulesInForce
  readonly #class: RulesClass
  readonly #displayName: string | undefined
  readonly main: Count = { notifications: 0, highlights: 0 }
  readonly threads = new Map<string, Count>()
  upTo: number

  constructor(rules: RulesInForce, rulesClass: RulesClass, upTo: number, displayName?: string) {
    this.#rules = rules
    this.#class = rulesClass
    this.#displayName = displayName
    this.upTo = upTo
  }

  add(thread: string, notifications: number, highlights: number): void {
    const count = thread === mainThread ? this.main : this.#countOf(thread)
    count.notifications += notifications
    count.highlights += highlights
  }

  /** Everything up to here was read: in one thread, or in all where it is empty. */
  read(thread: string): void {
    if (thread === '') this.threads.clear()
    else this.threads.delete(thread)
    if (thread !== '' && thread !== mainThread) return
    this.main.notifications = 0
    this.main.highlights = 0
  }

  /** Puts the next event to it. False where that cannot be done from what is in memory: it must be read anew. */
  take(room: Room, noticed: Noticed): boolean {
    const { event, thread, notice } = noticed
    this.upTo = event.ordering
    // What was redacted may be among what is unread.
    if (event.type === 'm.room.redaction' && this.#hasUnread) return false
    const { userId, matrixId } = this.#rules.person
    if (event.senderId === userId) {
      if (!saysReadUpTo(event.type, relationOf(event.content)?.type)) return true
      if (thread === undefined) return false
      this.read(thread)
      return true
    }
    const highlights = notice.calls || notice.mentions.includes(matrixId)
    const decided = this.judge(room, event, { counts: notice.counts, highlights })
    if (!decided.notify) return true
    if (thread === undefined) return false
    this.add(thread, 1, decided.highlight ? 1 : 0)
    return true
  }

  /** What the person's rules say of an event of others of which it is known what the default rules say. */
  judge(
    room: Room,
    event: StoredEvent,
    usual: { counts: boolean; highlights: boolean },
  ): { notify: boolean; highlight: boolean } {
    const { counts, highlights } = usual
    switch (this.#class) {
      case 'default':
        return { notify: counts || highlights, highlight: highlights }
      case 'mentions':
        return { notify: highlights, highlight: highlights }
      case 'silent':
        return { notify: false, highlight: false }
      case 'own':
        return this.#rules.decide(clientEvent(event), pushContext(room, event.sender, this.#displayName))
    }
  }

  get #hasUnread(): boolean {
    return this.main.notifications > 0 || this.threads.size > 0
  }

  #countOf(thread: string): Count {
    const known = this.threads.get(thread)
    if (known !== undefined) return known
    const count = { notifications: 0, highlights: 0 }
    this.threads.set(thread, count)
    return count
  }
}

/** As clients see it: in the first event of a newer room the room's id stands nowhere. */
export function clientEvent(event: StoredEvent) {
  const { type, sender, content, stateKey, roomMatrixId } = event
  return { type, sender, content, room_id: roomMatrixId, ...(stateKey === undefined ? {} : { state_key: stateKey }) }
}
