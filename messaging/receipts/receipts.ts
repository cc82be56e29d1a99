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

/** The `m.receipt` event that tells receipts; undefined when the reader may see none of them. */
export function receiptEvent(receipts: readonly Receipt[], reader: string): JsonObject | undefined {
  const content: { [eventId: string]: { [type: string]: { [user: string]: JsonObject } } } = {}
  for (const receipt of receipts) {
    if (!isTold(receipt, reader)) continue
    content[receipt.eventId] ??= {}
    const ofEvent = content[receipt.eventId] ?? {}
    ofEvent[receipt.type] ??= {}
    const ofType = ofEvent[receipt.type] ?? {}
    ofType[receipt.matrixId] =
      receipt.thread === '' ? { ts: receipt.ts } : { ts: receipt.ts, thread_id: receipt.thread }
  }
  return Object.keys(content).length === 0 ? undefined : { type: 'm.receipt', content }
}
