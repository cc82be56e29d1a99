/**
 * What happened between two positions for one person: from the tail in memory where it reaches back far enough, else
 * from the database. Both give the same.
 */
import type { Db } from '#platform/api.ts'
import type { AccountData, OwnedDatum } from '../account-data/account-data.ts'
import type { EventReader } from '../events/event-reader.ts'
import { isIgnored, type VisibilityDeps } from '../events/visibility.ts'
import { saysWhatNotifies } from '../push/people-rules.ts'
import { isTold, type Receipts } from '../receipts/receipts.ts'
import {
  accountDataReferencesSince,
  membershipChangedSince,
  newestEventLogRows,
  type RoomLogRow,
  receiptReferencesSince,
} from '../store/log-rows.ts'
import { roomsOfChangedSubscriptions } from '../store/thread-subscriptions.ts'
import { roomsReadBehind } from '../unread/read-positions.ts'
import type { Placed } from './room-delta.ts'
import { membershipSetBy, type Receipt, type Tail } from './tail.ts'

export type RoomChange = {
  /** Oldest first; at most as many as asked for, and then `moreBefore`. */
  events: Placed[]
  moreBefore: boolean
  receipts: Receipt[]
}

export type Changes = {
  readonly rooms: Map<number, RoomChange>
  /** Rooms in which this person's own membership changed. */
  readonly ownMemberships: Set<number>
  readonly accountData: OwnedDatum[]
  /** Rooms whose unread counts may be others now, because the person changed by what she is notified. */
  readonly recounted: Set<number>
}

export type ChangesQuery = {
  readonly person: { readonly userId: number; readonly matrixId: string }
  /** Rooms that the person is in. Of others only her own membership is told. */
  readonly joined: ReadonlySet<number>
  readonly after: number
  readonly until: number
  readonly limit: number
}

export type ChangesDeps = Pick<VisibilityDeps, 'ignores'> & {
  db: Db
  reader: EventReader
  receipts: Receipts
  accountData: AccountData
  tail: Tail
}

export async function changesSince(deps: ChangesDeps, query: ChangesQuery): Promise<Changes> {
  const ignored = await deps.ignores.ignoredBy(query.person)
  const changes = deps.tail.reaches(query.after)
    ? fromTail(deps.tail, query, ignored)
    : await fromDatabase(deps, query, ignored)
  if (!changes.accountData.some(saysWhatNotifies)) return changes
  const behind = await roomsReadBehind(deps.db, query.person.userId, [...query.joined])
  return { ...changes, recounted: new Set([...changes.recounted, ...behind]) }
}

function fromTail(tail: Tail, query: ChangesQuery, ignored: ReadonlySet<string>): Changes {
  const changes: Changes = { rooms: new Map(), ownMemberships: new Set(), accountData: [], recounted: new Set() }
  for (const entry of tail.after(query.after)) {
    if (entry.position > query.until) break
    const { roomId } = entry
    if (entry.kind === 'accountData') {
      if (entry.userId === query.person.userId) changes.accountData.push({ ...entry.datum, roomId })
      continue
    }
    if (roomId === null) continue
    if (entry.kind === 'event' && membershipSetBy(entry.event)?.matrixId === query.person.matrixId) {
      changes.ownMemberships.add(roomId)
    }
    if (!query.joined.has(roomId)) continue
    if (entry.kind === 'threadSubscription' && entry.userId === query.person.userId) changes.recounted.add(roomId)
    if (entry.kind === 'event' && !isIgnored(entry.event, ignored)) {
      changeOf(changes, roomId).events.push({ event: entry.event, position: entry.position })
    }
    if (entry.kind === 'receipt' && isTold(entry.receipt, query.person.matrixId)) {
      changeOf(changes, roomId).receipts.push(entry.receipt)
    }
  }
  return changes
}

async function fromDatabase(deps: ChangesDeps, query: ChangesQuery, ignored: ReadonlySet<string>): Promise<Changes> {
  const { after, until, person } = query
  const roomIds = [...query.joined]
  const range = { after, until, limit: query.limit + 1 }
  const [eventRows, receiptRows, dataRows, memberRows, subscribedRooms] = await Promise.all([
    newestEventLogRows(deps.db, roomIds, range),
    receiptReferencesSince(deps.db, roomIds, after, until),
    accountDataReferencesSince(deps.db, person.userId, after, until),
    membershipChangedSince(deps.db, person.userId, after, until),
    roomsOfChangedSubscriptions(deps.db, person.userId, after, until),
  ])
  const accountData = await deps.accountData.byIds(
    person.userId,
    dataRows.map((row) => row.reference),
  )
  const changes: Changes = {
    rooms: new Map(),
    ownMemberships: new Set(memberRows.map((row) => row.roomId)),
    accountData,
    recounted: new Set(subscribedRooms.filter((roomId) => query.joined.has(roomId))),
  }
  await addEvents(deps, changes, eventRows, { limit: query.limit, ignored })
  for (const { roomId, receipt } of await deps.receipts.byIds(receiptRows.map((row) => row.reference))) {
    if (isTold(receipt, person.matrixId)) changeOf(changes, roomId).receipts.push(receipt)
  }
  return changes
}

async function addEvents(
  deps: ChangesDeps,
  changes: Changes,
  rows: readonly RoomLogRow[],
  { limit, ignored }: { limit: number; ignored: ReadonlySet<string> },
): Promise<void> {
  const byRoom = Map.groupBy(rows, (row) => row.roomId)
  const kept = [...byRoom.values()].flatMap((ofRoom) => ofRoom.slice(0, limit))
  const events = await deps.reader.byIds(kept.map((row) => row.reference))
  const byId = new Map(events.map((event) => [event.id, event]))
  for (const [roomId, ofRoom] of byRoom) {
    const moreBefore = ofRoom.length > limit
    const told = ofRoom.slice(0, limit).flatMap((row) => {
      const event = byId.get(row.reference)
      return event === undefined || isIgnored(event, ignored) ? [] : [{ event, position: row.position }]
    })
    if (told.length === 0 && !moreBefore) continue
    const change = changeOf(changes, roomId)
    change.moreBefore = moreBefore
    change.events.push(...told.reverse())
  }
}

function changeOf(changes: Changes, roomId: number): RoomChange {
  let change = changes.rooms.get(roomId)
  if (change === undefined) {
    change = { events: [], moreBefore: false, receipts: [] }
    changes.rooms.set(roomId, change)
  }
  return change
}
