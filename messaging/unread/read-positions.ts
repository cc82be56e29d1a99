import type { Db } from '#platform/api.ts'
import { readingTypesList } from '../events/notice.ts'
import { mainThread } from '../events/thread-of.ts'
import {
  headPlaces,
  ownPlacesInMain,
  ownPlacesInThreads,
  receiptPlaces,
  stayPlaces,
  type ThreadPlaceRow,
} from '../store/unread.ts'

/** How far a person has read of a room, as places in its timeline. */
export type ReadPosition = {
  readonly roomId: number
  /** The end of the timeline when this was found. */
  readonly upTo: number
  /** Everything up to here, in all threads: her receipt for the room as a whole, and at least where her stay began. */
  readonly everywhere: number
  /** The main timeline, at least up to `everywhere`. */
  readonly main: number
  /** Threads that she has read further than `everywhere`. */
  readonly threads: ReadonlyMap<string, number>
}

/**
 * Receipts, public or private, move these places, and what she said herself does: whoever speaks in a thread has read
 * it. https://spec.matrix.org/v1.19/client-server-api/#marking-notifications-as-read
 */
export async function readPositions(db: Db, userId: number, roomIds: readonly number[]): Promise<ReadPosition[]> {
  const heads = await headPlaces(db, roomIds)
  const [receipts, stays, ownThreads] = await Promise.all([
    receiptPlaces(db, userId, roomIds),
    stayPlaces(db, userId, roomIds),
    ownPlacesInThreads(db, userId, roomIds),
  ])
  const byRoom = Map.groupBy([...receipts, ...ownThreads], (row) => row.roomId)
  const floors = new Map(stays.map((row) => [row.roomId, row.ordering]))
  const found = heads.map(({ roomId, ordering }) =>
    positionOf(roomId, ordering, floors.get(roomId) ?? 0, byRoom.get(roomId) ?? []),
  )
  const above = found.map(({ roomId, main }) => ({ roomId, ordering: main }))
  const own = new Map(
    (await ownPlacesInMain(db, userId, readingTypesList, above)).map((row) => [row.roomId, row.ordering]),
  )
  return found.map((position) => ({ ...position, main: Math.max(position.main, own.get(position.roomId) ?? 0) }))
}

/** Of rooms, those in which something came after what the person has read of the whole room: no others can count anything. */
export async function roomsReadBehind(db: Db, userId: number, roomIds: readonly number[]): Promise<Set<number>> {
  const heads = await headPlaces(db, roomIds)
  const [receipts, stays] = await Promise.all([receiptPlaces(db, userId, roomIds), stayPlaces(db, userId, roomIds)])
  const read = new Map(stays.map((row) => [row.roomId, row.ordering]))
  for (const { roomId, thread, ordering } of receipts) {
    if (thread === '') read.set(roomId, Math.max(ordering, read.get(roomId) ?? 0))
  }
  return new Set(heads.flatMap(({ roomId, ordering }) => (ordering > (read.get(roomId) ?? 0) ? [roomId] : [])))
}

function positionOf(roomId: number, upTo: number, floor: number, rows: readonly ThreadPlaceRow[]): ReadPosition {
  const threads = new Map<string, number>()
  for (const { thread, ordering } of rows) threads.set(thread, Math.max(ordering, threads.get(thread) ?? 0))
  const everywhere = Math.max(floor, threads.get('') ?? 0)
  const main = Math.max(everywhere, threads.get(mainThread) ?? 0)
  threads.delete('')
  threads.delete(mainThread)
  for (const [thread, ordering] of threads) if (ordering <= everywhere) threads.delete(thread)
  return { roomId, upTo, everywhere, main, threads }
}

/** Up to which place a thread has been read. */
export function placeInThread(position: ReadPosition, thread: string): number {
  if (thread === mainThread) return position.main
  return position.threads.get(thread) ?? position.everywhere
}
