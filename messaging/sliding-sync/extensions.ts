/**
 * What a client asks for besides rooms: https://github.com/matrix-org/matrix-spec-proposals/pull/3959 (account data),
 * https://github.com/matrix-org/matrix-spec-proposals/pull/3960 (receipts),
 * https://github.com/matrix-org/matrix-spec-proposals/pull/3961 (typing).
 */
import type { JsonObject } from '#matrix/api.ts'
import type { Db } from '#platform/api.ts'
import type { AccountData, OwnedDatum } from '../account-data/account-data.ts'
import { isTold, type Receipts, receiptEvents } from '../receipts/receipts.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { accountDataReferencesSince, receiptReferencesSince } from '../store/log-rows.ts'
import type { Changes } from '../sync/changes.ts'
import type { Receipt } from '../sync/tail.ts'
import type { Typing } from '../typing/typing.ts'
import { live, never, type SentRoom, type StateDraft } from './connection-state.ts'
import type { ExtensionWish, SlidingQuery } from './request.ts'
import type { RoomWish } from './room-lists.ts'
import type { RoomResult } from './room-results.ts'

type Deps = {
  db: Db
  rooms: Pick<RoomCache, 'matrixIds'>
  receipts: Receipts
  accountData: Pick<AccountData, 'all' | 'byIds'>
  typing: Typing
}

export type ExtensionsQuery = {
  readonly query: SlidingQuery
  readonly after: { readonly position: number; readonly typing: number } | undefined
  readonly until: { readonly position: number; readonly typing: number }
  readonly changes: Changes
  readonly wishes: ReadonlyMap<number, RoomWish>
  readonly results: ReadonlyMap<number, RoomResult>
}

/** Answers of extensions by their names; those with nothing to tell are left out. */
export type ExtensionAnswers = Map<string, JsonObject>

export class RoomExtensions {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async collect(at: ExtensionsQuery, draft: StateDraft): Promise<ExtensionAnswers> {
    const answers: ExtensionAnswers = new Map()
    await this.#accountData(at, draft, answers)
    await this.#receipts(at, draft, answers)
    await this.#typing(at, answers)
    return answers
  }

  async #accountData(at: ExtensionsQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<void> {
    const wish = at.query.extensions.accountData
    const { subject } = at.query
    const chosen = wish === undefined ? [] : [...roomsOf(wish, at.wishes)].filter((id) => isSent(draft, id))
    const told = (room: SentRoom | undefined) => room?.accountData ?? never
    const rooms = new Map(chosen.map((id) => [id, told(draft.rooms.get(id))]))
    const { accountData: ofAll } = draft.scalars
    let whole: Promise<readonly OwnedDatum[]> | undefined
    const all = () => {
      whole ??= this.#deps.accountData.all(subject.userId)
      return whole
    }
    const global = wish === undefined ? [] : await this.#dataSince(at, ofAll, all, null)
    const byRoom = new Map<number, OwnedDatum[]>()
    for (const [id, since] of rooms) {
      const data = await this.#dataSince(at, since, all, id)
      if (data.length > 0) byRoom.set(id, data)
    }
    passOver(draft, at, rooms, 'accountData', new Set(at.changes.accountData.map((datum) => datum.roomId)))
    if (wish !== undefined) draft.setScalars({ accountData: live })
    else if (ofAll === live && at.changes.accountData.some((datum) => datum.roomId === null)) {
      draft.setScalars({ accountData: at.after?.position ?? never })
    }
    if (global.length === 0 && byRoom.size === 0) return
    answers.set('account_data', {
      ...(global.length > 0 && { global: global.map(eventOf) }),
      ...(byRoom.size > 0 && { rooms: await this.#named(byRoom, (data) => data.map(eventOf)) }),
    })
  }

  async #dataSince(
    at: ExtensionsQuery,
    since: number,
    all: () => Promise<readonly OwnedDatum[]>,
    roomId: number | null,
  ): Promise<OwnedDatum[]> {
    const { userId } = at.query.subject
    const ofRoom = (data: readonly OwnedDatum[]) => newestOfType(data.filter((datum) => datum.roomId === roomId))
    if (since === never) return ofRoom(await all())
    if (since === live) return ofRoom(at.changes.accountData)
    const rows = await accountDataReferencesSince(this.#deps.db, userId, since, at.until.position)
    return ofRoom(
      await this.#deps.accountData.byIds(
        userId,
        rows.map((row) => row.reference),
      ),
    )
  }

  async #receipts(at: ExtensionsQuery, draft: StateDraft, answers: ExtensionAnswers): Promise<void> {
    const wish = at.query.extensions.receipts
    const { subject } = at.query
    const isIn = (id: number) => at.wishes.get(id)?.own.membership === 'join' && isSent(draft, id)
    const chosen = wish === undefined ? [] : [...roomsOf(wish, at.wishes)].filter(isIn)
    const rooms = new Map(chosen.map((id) => [id, draft.rooms.get(id)?.receipts ?? never]))
    const first = await this.#firstReceipts(at, rooms)
    const told = new Map<number, JsonObject>()
    for (const [id, since] of rooms) {
      const receipts = [...(first.get(id) ?? []), ...(await this.#receiptsSince(at, id, since))]
      // An answer has place for one event a room; what the whole room is told goes before threads.
      const [event] = receiptEvents(receipts, subject.matrixId)
      if (event !== undefined) told.set(id, event)
    }
    const changed = [...at.changes.rooms].filter(([, change]) => change.receipts.length > 0).map(([id]) => id)
    passOver(draft, at, rooms, 'receipts', new Set(changed))
    if (told.size > 0) answers.set('receipts', { rooms: await this.#named(told, (event) => event) })
  }

  /**
   * Of rooms whose timeline the client begins, the receipts for what it is told of it; of others that it never had receipts of,
   * all: it may hold any of their events.
   */
  async #firstReceipts(at: ExtensionsQuery, rooms: ReadonlyMap<number, number>): Promise<Map<number, Receipt[]>> {
    const { receipts } = this.#deps
    const { userId } = at.query.subject
    const begun = [...rooms.keys()].filter((id) => at.results.get(id)?.isAnew === true)
    const late = [...rooms].filter(([id, since]) => since === never && at.results.get(id)?.isAnew !== true)
    const events = begun.flatMap((id) => at.results.get(id)?.timeline.map((event) => event.matrixId) ?? [])
    const [ofBegun, ofLate] = await Promise.all([
      begun.length === 0 ? [] : receipts.ofEvents(begun, events, userId),
      late.length === 0
        ? []
        : receipts.ofRooms(
            late.map(([id]) => id),
            userId,
          ),
    ])
    return new Map([...ofBegun, ...ofLate])
  }

  async #receiptsSince(at: ExtensionsQuery, roomId: number, since: number): Promise<Receipt[]> {
    if (since === never) return []
    if (since === live) return at.changes.rooms.get(roomId)?.receipts ?? []
    const rows = await receiptReferencesSince(this.#deps.db, [roomId], since, at.until.position)
    const found = await this.#deps.receipts.byIds(rows.map((row) => row.reference))
    return found.map(({ receipt }) => receipt).filter((receipt) => isTold(receipt, at.query.subject.matrixId))
  }

  async #typing(at: ExtensionsQuery, answers: ExtensionAnswers): Promise<void> {
    const wish = at.query.extensions.typing
    if (wish === undefined) return
    const told = new Map<number, JsonObject>()
    for (const id of roomsOf(wish, at.wishes)) {
      if (at.wishes.get(id)?.own.membership !== 'join') continue
      const begins = at.after === undefined || at.results.get(id)?.isAnew === true
      const people = this.#deps.typing.since(id, begins ? 0 : (at.after?.typing ?? 0))
      if (people === undefined || (begins && people.length === 0)) continue
      told.set(id, { type: 'm.typing', content: { user_ids: people } })
    }
    if (told.size > 0) answers.set('typing', { rooms: await this.#named(told, (event) => event) })
  }

  async #named<T>(byRoom: ReadonlyMap<number, T>, tell: (of: T) => JsonObject | JsonObject[]): Promise<JsonObject> {
    const names = await this.#deps.rooms.matrixIds([...byRoom.keys()])
    const named: JsonObject = {}
    for (const [id, of] of byRoom) {
      const name = names.get(id)
      if (name !== undefined) named[name] = tell(of)
    }
    return named
  }
}

/** Rooms of the answer's lists and subscriptions that the extension is wanted for: by internal id. */
function* roomsOf(wish: ExtensionWish, wishes: ReadonlyMap<number, RoomWish>): Iterable<number> {
  for (const [id, { lists, isSubscribed, matrixId }] of wishes) {
    const byList = wish.lists === undefined ? lists.length > 0 : lists.some((name) => wish.lists?.includes(name))
    if (byList || (isSubscribed && (wish.rooms === undefined || wish.rooms.includes(matrixId ?? '')))) yield id
  }
}

function isSent(draft: StateDraft, roomId: number): boolean {
  return draft.rooms.has(roomId)
}

/** Rooms that were told are live; of others in which something happened, it is kept from where on they lack it. */
function passOver(
  draft: StateDraft,
  at: ExtensionsQuery,
  told: ReadonlyMap<number, number>,
  field: 'receipts' | 'accountData',
  changed: ReadonlySet<number | null>,
): void {
  for (const id of told.keys()) {
    const room = draft.rooms.get(id)
    if (room !== undefined) draft.setRoom(id, { ...room, [field]: live })
  }
  for (const id of changed) {
    if (id === null || told.has(id)) continue
    const room = draft.rooms.get(id)
    if (room?.[field] === live) draft.setRoom(id, { ...room, [field]: at.after?.position ?? never })
  }
}

function newestOfType(data: readonly OwnedDatum[]): OwnedDatum[] {
  return [...new Map(data.map((datum) => [datum.type, datum])).values()]
}

function eventOf({ type, content }: OwnedDatum): JsonObject {
  return { type, content }
}
