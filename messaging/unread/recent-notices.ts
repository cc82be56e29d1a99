import { limits, Recent } from '#platform/api.ts'
import { noticeOf } from '../events/notice.ts'
import { relationOf, type StoredEvent } from '../events/stored-event.ts'
import { threadAtOnce } from '../events/thread-of.ts'
import type { Room } from '../rooms/room.ts'
import type { Noticed } from './read-state.ts'

/** The newest events of a room: all that came after `from`, and the room's running count at the end. */
type Newest = { from: number; count: number; noticed: Noticed[]; bytes: number }

/** So many events of one room: who is further behind is counted from the database, which costs no more than these. */
const ofRoomMax = 200
/** A room without an event. */
const roomBytes = 300

/** The newest events of rooms, by which counts in memory are kept up. */
export class RecentNotices {
  readonly #rooms = new Recent<number, Newest>(limits.recentNoticesBytesMax, { weigh: ({ bytes }) => bytes })

  /** The events after a place, oldest first; undefined where they are not all here. */
  after(room: Room, ordering: number): readonly Noticed[] | undefined {
    const newest = this.#rooms.get(room.id)
    if (newest === undefined) return room.head.ordering > ordering ? undefined : []
    if (newest.from > ordering) return undefined
    const { noticed } = newest
    let at = noticed.length
    while (at > 0 && (noticed[at - 1]?.event.ordering ?? 0) > ordering) at -= 1
    return noticed.slice(at)
  }

  take(event: StoredEvent, room: Room | undefined): void {
    const newest = this.#rooms.peek(event.roomId)
    if (room === undefined) {
      this.#rooms.delete(event.roomId)
      return
    }
    if (newest === undefined || isUnplaced(event)) {
      // Of the first one it is not known whether it is in the running count; of this one, which thread it is in.
      this.#rooms.set(event.roomId, { from: event.ordering, count: event.notifyCount, noticed: [], bytes: roomBytes })
      return
    }
    newest.noticed.push(noticed(event, room, event.notifyCount > newest.count))
    newest.count = event.notifyCount
    newest.bytes += event.bytes
    if (newest.noticed.length > ofRoomMax) {
      const gone = newest.noticed.splice(0, ofRoomMax / 2)
      newest.from = gone.at(-1)?.event.ordering ?? newest.from
      for (const { event: old } of gone) newest.bytes -= old.bytes
    }
    this.#rooms.set(event.roomId, newest)
  }
}

function noticed(event: StoredEvent, room: Room, counts: boolean): Noticed {
  const thread = threadAtOnce(event.content)
  const addresses = event.content['m.mentions'] !== undefined || event.type === 'm.room.tombstone'
  if (!addresses) return { event, thread, notice: { counts, calls: false, mentions: [] } }
  return { event, thread, notice: { ...noticeOf(room, event.pdu), counts } }
}

/** Whether somebody's counts depend on an event whose thread would have to be looked up. */
function isUnplaced(event: StoredEvent): boolean {
  if (threadAtOnce(event.content) !== undefined) return false
  const type = relationOf(event.content)?.type
  return event.content['m.mentions'] !== undefined || (type !== 'm.annotation' && type !== 'm.replace')
}
