import { type JsonObject, ownKey } from '#matrix/api.ts'
import { type Db, type Logger, limits, Recent, SealBroken } from '#platform/api.ts'
import { openPdu } from '../events/event-codec.ts'
import { FreshReads } from '../fresh-reads.ts'
import { historyVisibilityOf, type Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { eventRowsByIds } from '../store/events.ts'
import { joinedCountRows, stateRowsOfTypes } from '../store/room-summaries.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'
import { searchable } from './searchable.ts'

type Deps = { db: Db; rooms: Pick<RoomCache, 'peek' | 'identities'>; logger: Logger }

/** What is told of a room to people outside. */
export type RoomSummary = {
  readonly roomId: number
  readonly joined: number
  readonly roomType: string | undefined
  /** Name, topic and main address as they are compared. */
  readonly text: string
  /** As lists of rooms present it, without the count of its members. */
  readonly entry: JsonObject
}

type Kept = Omit<RoomSummary, 'joined'>

const types = [
  'm.room.create',
  'm.room.name',
  'm.room.topic',
  'm.room.canonical_alias',
  'm.room.avatar',
  'm.room.join_rules',
  'm.room.history_visibility',
  'm.room.guest_access',
]
const isShown: ReadonlySet<string> = new Set(types)
const roomsAtOnce = 200

/**
 * Names and counts of rooms for lists, without reading the rooms themselves: a handful of state events each, kept in
 * bounded memory, and counts that are kept until somebody joins or leaves.
 */
export class RoomSummaries implements TailListener {
  readonly #deps: Deps
  readonly #kept = new Recent<number, Kept>(limits.roomSummaryBytesMax, { weigh: weightOf })
  readonly #counts = new Recent<number, number>(limits.roomIdentitiesMax)
  readonly #reads = new FreshReads<number>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** In the order asked. A room that cannot be read is left out, so that one damaged row does not hide the others. */
  async of(roomIds: readonly number[]): Promise<RoomSummary[]> {
    const found: RoomSummary[] = []
    for (let start = 0; start < roomIds.length; start += roomsAtOnce) {
      const some = roomIds.slice(start, start + roomsAtOnce)
      const [parts, counts] = await Promise.all([this.#parts(some), this.#joined(some)])
      for (const id of some) {
        const kept = parts.get(id)
        if (kept !== undefined) found.push({ ...kept, joined: counts.get(id) ?? 0 })
      }
    }
    return found
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      if (entry.kind !== 'event') continue
      const { roomId, type, stateKey } = entry.event
      // A redaction may take the words of a name or topic away.
      const isOfRoom = type === 'm.room.redaction' || (stateKey !== undefined && isShown.has(type))
      if (!isOfRoom && type !== 'm.room.member') continue
      this.#reads.touched(roomId)
      if (isOfRoom) this.#kept.delete(roomId)
      else this.#counts.delete(roomId)
    }
  }

  async #joined(roomIds: readonly number[]): Promise<Map<number, number>> {
    const counts = new Map<number, number>()
    const missing: number[] = []
    for (const id of roomIds) {
      const count = this.#deps.rooms.peek(id)?.memberCount('join') ?? this.#counts.get(id)
      if (count === undefined) missing.push(id)
      else counts.set(id, count)
    }
    if (missing.length === 0) return counts
    return this.#reads.read(async () => {
      const rows = await joinedCountRows(this.#deps.db, missing)
      for (const { roomId, count } of rows) {
        counts.set(roomId, count)
        if (this.#reads.isFresh(roomId)) this.#counts.set(roomId, count)
      }
      return counts
    })
  }

  async #parts(roomIds: readonly number[]): Promise<Map<number, Kept>> {
    const found = new Map<number, Kept>()
    const missing: number[] = []
    for (const id of roomIds) {
      const kept = this.#kept.get(id)
      if (kept === undefined) missing.push(id)
      else found.set(id, kept)
    }
    if (missing.length === 0) return found
    return this.#reads.read(async () => {
      for (const kept of await this.#read(missing)) {
        found.set(kept.roomId, kept)
        if (this.#reads.isFresh(kept.roomId)) this.#kept.set(kept.roomId, kept)
      }
      return found
    })
  }

  async #read(roomIds: readonly number[]): Promise<Kept[]> {
    const { db, rooms, logger } = this.#deps
    const [identities, places] = await Promise.all([rooms.identities(roomIds), stateRowsOfTypes(db, roomIds, types)])
    const rows = await eventRowsByIds(
      db,
      places.map((place) => place.eventId),
    )
    const states = new Map<number, Map<string, JsonObject>>()
    for (const row of rows) {
      const room = identities.get(row.roomId)
      if (room === undefined) continue
      const state = states.get(row.roomId) ?? new Map<string, JsonObject>()
      states.set(row.roomId, state)
      try {
        state.set(row.type, openPdu(room.key, row).content)
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error
        logger.error('room.seal_broken', { room: row.roomId, event: row.id, error })
      }
    }
    return roomIds.flatMap((id) => {
      const [state, identity] = [states.get(id), identities.get(id)]
      if (state === undefined || identity === undefined) return []
      return { roomId: id, ...entryOf(identity.matrixId, (type) => state.get(type)) }
    })
  }
}

/** The same of a room in memory. */
export function summaryOf(room: Room): RoomSummary {
  const parts = entryOf(room.matrixId, (type) => room.content(type))
  return { roomId: room.id, joined: room.memberCount('join'), ...parts }
}

export function presentSummary({ entry, joined }: RoomSummary): JsonObject {
  return { ...entry, num_joined_members: joined }
}

function entryOf(matrixId: string, contentOf: (type: string) => JsonObject | undefined): Omit<Kept, 'roomId'> {
  const textOf = (type: string, field: string) => {
    const text = ownKey(contentOf(type) ?? {}, field)
    return typeof text === 'string' && text !== '' ? text : undefined
  }
  const optional = {
    name: textOf('m.room.name', 'name'),
    topic: textOf('m.room.topic', 'topic'),
    canonical_alias: textOf('m.room.canonical_alias', 'alias'),
    avatar_url: textOf('m.room.avatar', 'url'),
    room_type: textOf('m.room.create', 'type'),
  }
  const entry: JsonObject = {
    room_id: matrixId,
    world_readable: historyVisibilityOf(contentOf('m.room.history_visibility')) === 'world_readable',
    guest_can_join: contentOf('m.room.guest_access')?.guest_access === 'can_join',
    join_rule: textOf('m.room.join_rules', 'join_rule') ?? 'invite',
  }
  for (const [field, text] of Object.entries(optional)) if (text !== undefined) entry[field] = text
  const text = searchable(`${optional.name ?? ''}\n${optional.topic ?? ''}\n${optional.canonical_alias ?? ''}`)
  return { roomType: optional.room_type, text, entry }
}

/** Bytes, about. */
function weightOf({ text }: Kept): number {
  return 600 + 4 * text.length
}
