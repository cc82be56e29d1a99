import type { Grant } from '#access/api.ts'
import { assertGrant } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Clock, type Log, logKinds, type Postgres } from '#platform/api.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import {
  putReceipt,
  type ReceiptRow,
  receiptRowsByIds,
  receiptRowsOfEvents,
  receiptRowsOfRooms,
} from '../store/receipts.ts'
import type { Receipt } from '../sync/tail.ts'

type Deps = { postgres: Postgres; log: Log; clock: Clock; users: Users }

export type ReceiptType = 'm.read' | 'm.read.private'

/** How far people have read. https://spec.matrix.org/v1.19/client-server-api/#receipts */
export class Receipts {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Moves a receipt forward; one that would move it back changes nothing. */
  async put(grant: Grant, event: StoredEvent, type: ReceiptType, thread: string): Promise<void> {
    assertGrant(grant, 'room.receipt', event.roomId)
    const { userId, matrixId } = grant.subject
    const { roomId, matrixId: eventId, ordering } = event
    const ts = this.#deps.clock.nowMs()
    const receipt: Receipt = { type, thread, eventId, ordering, ts, matrixId }
    const rows = await this.#deps.postgres.transaction(async (tx) => {
      const id = await putReceipt(tx, { roomId, userId, type, thread, eventId, ordering, ts })
      if (id === undefined) return []
      return this.#deps.log.append(tx, [{ kind: logKinds.receipt, roomId, userId, reference: id }])
    })
    const position = rows[0]?.position
    if (position !== undefined) this.#deps.log.announce(rows, new Map([[position, receipt]]))
  }

  async byIds(ids: readonly number[]): Promise<{ roomId: number; receipt: Receipt }[]> {
    return ids.length === 0 ? [] : this.#named(await receiptRowsByIds(this.#deps.postgres, ids))
  }

  async byId(id: number): Promise<Receipt | undefined> {
    return (await this.byIds([id]))[0]?.receipt
  }

  /** Everybody's public receipts and one's own private ones, by room. */
  async ofRooms(roomIds: readonly number[], userId: number): Promise<Map<number, Receipt[]>> {
    return this.#byRoom(await receiptRowsOfRooms(this.#deps.postgres, roomIds, userId))
  }

  /** Public receipts for the events given, and all of one's own, by room. */
  async ofEvents(
    roomIds: readonly number[],
    eventIds: readonly string[],
    userId: number,
  ): Promise<Map<number, Receipt[]>> {
    return this.#byRoom(await receiptRowsOfEvents(this.#deps.postgres, roomIds, eventIds, userId))
  }

  async #byRoom(rows: readonly ReceiptRow[]): Promise<Map<number, Receipt[]>> {
    const byRoom = new Map<number, Receipt[]>()
    for (const { roomId, receipt } of await this.#named(rows)) {
      const receipts = byRoom.get(roomId)
      if (receipts === undefined) byRoom.set(roomId, [receipt])
      else receipts.push(receipt)
    }
    return byRoom
  }

  async #named(rows: readonly ReceiptRow[]): Promise<{ roomId: number; receipt: Receipt }[]> {
    const people = await this.#deps.users.byIds([...new Set(rows.map((row) => row.userId))])
    return rows.flatMap((row) => {
      const matrixId = people.get(row.userId)?.matrixId
      if (matrixId === undefined) return []
      const { type, thread, eventId, ordering, ts } = row
      return [{ roomId: row.roomId, receipt: { type, thread, eventId, ordering, ts, matrixId } }]
    })
  }
}

/** Whether a person is told of a receipt: private ones are the reader's own affair. */
export function isTold(receipt: Receipt, matrixId: string): boolean {
  return receipt.type !== 'm.read.private' || receipt.matrixId === matrixId
}

type ReceiptContent = { [eventId: string]: { [type: string]: { [user: string]: JsonObject } } }

/**
 * The `m.receipt` events that tell receipts; none when the reader may see none of them. Of each receipt only where it stands
 * last: the keys of an object have no order by which a client could tell. One such event has room for one receipt of a person
 * for an event: where she has read up to it in the whole room and in a thread, the second stands in another. Receipts for the
 * whole room come first.
 */
export function receiptEvents(receipts: readonly Receipt[], reader: string): JsonObject[] {
  const contents: ReceiptContent[] = []
  const told = newest(receipts.filter((receipt) => isTold(receipt, reader)))
  for (const receipt of told.toSorted((a, b) => Number(a.thread !== '') - Number(b.thread !== ''))) {
    let content = contents.find((one) => !holds(one, receipt))
    if (content === undefined) {
      content = {}
      contents.push(content)
    }
    const { eventId, type, matrixId, thread, ts } = receipt
    const ofEvent = content[eventId] ?? {}
    const ofType = ofEvent[type] ?? {}
    ofType[matrixId] = thread === '' ? { ts } : { ts, thread_id: thread }
    ofEvent[type] = ofType
    content[eventId] = ofEvent
  }
  return contents.map((content) => ({ type: 'm.receipt', content }))
}

/** Receipts only move forward. */
function newest(receipts: readonly Receipt[]): Receipt[] {
  const last = new Map<string, Receipt>()
  for (const receipt of receipts) {
    const { type, thread, matrixId, ordering } = receipt
    const name = JSON.stringify([type, thread, matrixId])
    const before = last.get(name)
    if (before === undefined || before.ordering <= ordering) last.set(name, receipt)
  }
  return [...last.values()]
}

function holds(content: ReceiptContent, { eventId, type, matrixId }: Receipt): boolean {
  return content[eventId]?.[type]?.[matrixId] !== undefined
}
