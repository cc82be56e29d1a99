import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Users } from '#identity/api.ts'
import { type Db, type Logger, limits, Recent, SealBroken } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { type EventRow, eventRowByMatrixId, eventRowsByIds } from '../store/events.ts'
import { stateSuccessorRow } from '../store/room-state.ts'
import type { Draft } from './draft.ts'
import { openEvent, type RoomIdentity, unreadableEvent } from './event-codec.ts'
import type { StoredEvent } from './stored-event.ts'

/** Thousands may be opened for one answer: others are answered in between. */
const turnMs = 8

type Deps = { db: Db; rooms: RoomCache; users: Users; logger: Logger }

/**
 * Reads events and opens them. An event that cannot be opened (altered or moved ciphertext) is reported and stands as
 * unreadable; the events round it are read as ever. The events of the log's tail are kept, so that each of them is one object
 * for all answers that are made of it. What is read from further back is opened anew each time: kept, it could outlive a
 * redaction that was committed while it was being read.
 */
export class EventReader {
  readonly #deps: Deps
  readonly #recent = new Recent<number, StoredEvent>(limits.eventsInMemoryBytesMax, { weigh: ({ bytes }) => bytes })

  constructor(deps: Deps) {
    this.#deps = deps
  }

  remember(event: StoredEvent): void {
    this.#recent.set(event.id, event)
  }

  peek(id: number): StoredEvent | undefined {
    return this.#recent.peek(id)
  }

  async open(rows: readonly EventRow[]): Promise<StoredEvent[]> {
    const rooms = await this.#deps.rooms.identities([...new Set(rows.map((row) => row.roomId))])
    const events: StoredEvent[] = []
    let startMs = performance.now()
    for (const row of rows) {
      if (performance.now() - startMs > turnMs) {
        await nextTurn()
        startMs = performance.now()
      }
      const room = rooms.get(row.roomId)
      if (room !== undefined) events.push(this.#recent.peek(row.id) ?? (await this.#openRow(room, row)))
    }
    return events
  }

  /** By internal ids, in the order asked; ids that do not exist are left out. */
  async byIds(ids: readonly number[]): Promise<StoredEvent[]> {
    const missing = ids.filter((id) => !this.#recent.has(id))
    const read = missing.length === 0 ? [] : await this.open(await eventRowsByIds(this.#deps.db, missing))
    const found = new Map(read.map((event) => [event.id, event]))
    return ids.flatMap((id) => this.#recent.peek(id) ?? found.get(id) ?? [])
  }

  /** One event of one room; undefined when there is none of that id in it. */
  inRoom(room: RoomIdentity, eventId: string): Promise<StoredEvent | undefined> {
    return this.ofRoomId(room.id, eventId)
  }

  async ofRoomId(roomId: number, eventId: string): Promise<StoredEvent | undefined> {
    const row = await eventRowByMatrixId(this.#deps.db, eventId)
    if (row === undefined || row.roomId !== roomId) return undefined
    return (await this.open([row]))[0]
  }

  /** The state event that took the place of this one, when one did. */
  async successor(event: StoredEvent): Promise<StoredEvent | undefined> {
    const row = await stateSuccessorRow(this.#deps.db, event.roomId, event.id)
    return row === undefined ? undefined : (await this.byIds([row.eventId]))[0]
  }

  /** Another node redacted these: what is in memory takes the form that is stored now. */
  async refresh(matrixIds: readonly string[]): Promise<void> {
    for (const matrixId of matrixIds) {
      const row = await eventRowByMatrixId(this.#deps.db, matrixId)
      const known = row === undefined ? undefined : this.#recent.peek(row.id)
      if (row === undefined || known === undefined) continue
      this.#recent.delete(row.id)
      const [stored] = await this.open([row])
      if (stored !== undefined) known.replace(stored.pdu)
      this.remember(known)
    }
  }

  /** Reads the contents of memberships that the drafts will replace, so that the new events can tell what was before. */
  async loadMemberContent(room: Room, drafts: readonly Draft[]): Promise<void> {
    const members = drafts.flatMap((draft) => {
      if (draft.type !== 'm.room.member' || draft.stateKey === undefined) return []
      const member = room.member(draft.stateKey)
      return member !== undefined && member.content === undefined ? [member] : []
    })
    if (members.length === 0) return
    const events = await this.byIds(members.map((member) => member.internalId))
    for (const member of members) {
      member.content = events.find((event) => event.id === member.internalId)?.content
    }
  }

  async #openRow(room: RoomIdentity, row: EventRow): Promise<StoredEvent> {
    try {
      return openEvent(room, row)
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      this.#deps.logger.error('event.seal_broken', { room: room.id, event: row.id, error })
      const sender = (await this.#deps.users.byIds([row.senderId])).get(row.senderId)
      return unreadableEvent(room, row, sender?.matrixId ?? '')
    }
  }
}
