/**
 * Which threads people want to be told of: https://github.com/matrix-org/matrix-spec-proposals/pull/4306 and
 * https://github.com/matrix-org/matrix-spec-proposals/pull/4308
 */
import { assertGrant, type Grant, type Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Log, limits, logKinds, type Postgres, refuse, type Tx } from '#platform/api.ts'
import { relationOf, type StoredEvent } from '../events/stored-event.ts'
import { type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import {
  countSubscriptions,
  lockSubscriptions,
  putSubscription,
  type SubscriptionRow,
  subscriptionState,
  subscriptionsChanged,
} from '../store/thread-subscriptions.ts'
import { parsePos } from '../sync/tokens.ts'

type Deps = Omit<VisibilityDeps, 'db'> & {
  postgres: Postgres
  log: Log
  rooms: Pick<RoomCache, 'matrixIds'>
}
type Wish = { readonly isSubscribed: boolean; readonly isAutomatic: boolean }

export type SubscriptionChanges = {
  /** `subscribed` and `unsubscribed`, by room and root; what is empty is left out. */
  readonly fields: JsonObject
  readonly isEmpty: boolean
  /** Where older changes go on, when there are more. */
  readonly more: string | undefined
}

export class ThreadSubscriptions {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `cause` is the message for which an app subscribes by itself; without one the person does. */
  async subscribe(grant: Grant, room: Room, rootId: string, cause: string | undefined): Promise<void> {
    const root = await this.#event(grant.subject, room, rootId)
    if (cause === undefined) return this.#set(grant, root, () => ({ isSubscribed: true, isAutomatic: false }))
    const because = await this.#event(grant.subject, room, cause)
    const relation = relationOf(because.content)
    if (relation?.type !== 'm.thread' || relation.target !== rootId) {
      throw refuse('IO.ELEMENT.MSC4306.M_NOT_IN_THREAD', 'That message is not in this thread. Name one that is.')
    }
    await this.#set(grant, root, (before) => {
      if (before?.isSubscribed) return undefined
      if (before?.endedAt !== null && before !== undefined && because.ordering <= before.endedAt) {
        throw refuse(
          'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION',
          'You ended this subscription after that message. Only a later one subscribes you again.',
        )
      }
      return { isSubscribed: true, isAutomatic: true }
    })
  }

  async unsubscribe(grant: Grant, room: Room, rootId: string): Promise<void> {
    const root = await this.#event(grant.subject, room, rootId)
    const end = { isSubscribed: false, isAutomatic: false }
    await this.#set(grant, root, (before) => (before?.isSubscribed ? end : undefined))
  }

  /** Throws M_NOT_FOUND where there is none. */
  async one(subject: Subject, room: Room, rootId: string): Promise<{ automatic: boolean }> {
    const root = await this.#event(subject, room, rootId)
    const key = { userId: subject.userId, roomId: root.roomId, root: root.matrixId }
    const state = await subscriptionState(this.#deps.postgres, key)
    if (!state?.isSubscribed) throw refuse('M_NOT_FOUND', 'You are not subscribed to this thread.')
    return { automatic: state.isAutomatic }
  }

  /** Changes in (after, until], the newest first. */
  async changes(userId: number, after: number, until: number, limit: number): Promise<SubscriptionChanges> {
    const rows = await subscriptionsChanged(this.#deps.postgres, userId, after, until, limit + 1)
    const told = rows.slice(0, limit)
    const names = await this.#deps.rooms.matrixIds([...new Set(told.map((row) => row.roomId))])
    const fieldsOf = (rows: readonly SubscriptionRow[]) => byRoomAndRoot(rows, names)
    const [on, off] = [told.filter((row) => row.isSubscribed), told.filter((row) => !row.isSubscribed)]
    const fields = {
      ...(on.length > 0 && { subscribed: fieldsOf(on) }),
      ...(off.length > 0 && { unsubscribed: fieldsOf(off) }),
    }
    const last = told.at(-1)
    const more = rows.length > limit && last !== undefined ? `u${last.position - 1}` : undefined
    return { fields, isEmpty: told.length === 0, more }
  }

  /** `from` and `to` as clients have them: of this list, or (`to`) of sliding sync. */
  page(
    subject: Subject,
    from: string | undefined,
    to: string | undefined,
    limit: number,
  ): Promise<SubscriptionChanges> {
    const until = from === undefined ? Number.MAX_SAFE_INTEGER : placeOf(from)
    const after = to === undefined ? 0 : (parsePos(to)?.position ?? placeOf(to))
    return this.changes(subject.userId, after, until, Math.min(limit, limits.threadSubscriptionsPageMax))
  }

  /** `next` says what becomes of it; undefined leaves all as it is. */
  async #set(grant: Grant, root: StoredEvent, next: (before: Before) => Wish | undefined): Promise<void> {
    assertGrant(grant, 'room.event', root.roomId)
    const { postgres, log } = this.#deps
    const key = { userId: grant.subject.userId, roomId: root.roomId, root: root.matrixId }
    const rows = await postgres.transaction(async (tx) => {
      await lockSubscriptions(tx, key.userId)
      const before = await subscriptionState(tx, key)
      const wish = next(before)
      if (wish === undefined || isAlready(before, wish)) return []
      if (before === undefined) await refuseTooMany(tx, key.userId)
      const { userId, roomId } = key
      const appended = await log.append(tx, [{ kind: logKinds.threadSubscription, userId, roomId, reference: null }])
      await putSubscription(tx, key, { ...wish, position: appended[0]?.position ?? 0 })
      return appended
    })
    if (rows.length > 0) log.announce(rows)
  }

  async #event(subject: Subject, room: Room, eventId: string): Promise<StoredEvent> {
    const event = await this.#deps.reader.inRoom(room, eventId)
    const visibility = event && (await visibilityFor({ ...this.#deps, db: this.#deps.postgres }, room, subject))
    const shown = event && visibility?.shown(event)
    if (shown === undefined) {
      throw refuse('M_NOT_FOUND', 'There is no such message in this room, or none that you may see.')
    }
    return shown
  }
}

type Before = Awaited<ReturnType<typeof subscriptionState>>

function isAlready(before: Before, wish: Wish): boolean {
  return before?.isSubscribed === wish.isSubscribed && before.isAutomatic === wish.isAutomatic
}

async function refuseTooMany(tx: Tx, userId: number): Promise<void> {
  if ((await countSubscriptions(tx, userId)) >= limits.threadSubscriptionsPerPersonMax) {
    throw refuse('M_TOO_LARGE', `You can follow ${limits.threadSubscriptionsPerPersonMax} threads.`)
  }
}

function byRoomAndRoot(rows: readonly SubscriptionRow[], names: ReadonlyMap<number, string>): JsonObject {
  const rooms: { [room: string]: JsonObject } = {}
  for (const row of rows) {
    const room = names.get(row.roomId)
    if (room !== undefined) rooms[room] = { ...rooms[room], [row.root]: presented(row) }
  }
  return rooms
}

function presented({ isSubscribed, isAutomatic, position }: SubscriptionRow): JsonObject {
  return { ...(isSubscribed && { automatic: isAutomatic }), bump_stamp: position }
}

const placeForm = /^u(\d{1,16})$/

function placeOf(token: string): number {
  const place = Number(placeForm.exec(token)?.[1])
  if (!Number.isSafeInteger(place)) {
    throw refuse('M_INVALID_PARAM', 'from and to are tokens that this list, or sliding sync, gave.')
  }
  return place
}
