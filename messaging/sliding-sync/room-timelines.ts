/** The timeline part of each room of an answer: a few queries for all of them. */
import type { Subject } from '#access/api.ts'
import { aggregationsOf } from '../events/aggregations.ts'
import type { Aggregations } from '../events/stored-event.ts'
import { type Visibility, type VisibilityDeps, visibilityFor, visibilityOfTold } from '../events/visibility.ts'
import { orderingAtPosition } from '../store/events.ts'
import { newestEventLogRowsEach } from '../store/log-rows.ts'
import { newestPart, type Placed, shownIn } from '../sync/room-delta.ts'
import type { RoomTask } from './room-task.ts'

export type RoomTimeline = {
  /** Oldest first, and only what the person may see. */
  readonly events: readonly Placed[]
  readonly limited: boolean
  /** The place behind which paging back begins. */
  readonly end: number
  /** What happened since `from` as far as it was looked at, seen or not: what it may have changed. */
  readonly span: readonly Placed[]
  /** Whether more happened since `from` than `span` holds. */
  readonly hasGap: boolean
  readonly visibility: Visibility
}

export async function timelinesOf(
  deps: VisibilityDeps,
  subject: Subject,
  tasks: readonly RoomTask[],
): Promise<Map<number, RoomTimeline>> {
  const toRead = tasks.filter((task) => task.change === undefined || task.expands)
  const rows = await newestEventLogRowsEach(
    deps.db,
    toRead.map((task) => ({
      roomId: task.room.id,
      after: task.expands ? 0 : (task.from ?? 0),
      until: task.to,
      limit: task.wish.timelineLimit + 1,
    })),
  )
  const byRoom = Map.groupBy(rows, (row) => row.roomId)
  const events = await deps.reader.byIds(rows.map((row) => row.reference))
  const byId = new Map(events.map((event) => [event.id, event]))
  const timelines = new Map<number, RoomTimeline>()
  for (const task of tasks) {
    const limit = task.wish.timelineLimit
    const ofRoom = byRoom.get(task.room.id) ?? []
    const read: Placed[] = ofRoom.flatMap((row) => {
      const event = byId.get(row.reference)
      return event === undefined ? [] : [{ event, position: row.position }]
    })
    read.reverse()
    const isRead = task.change === undefined || task.expands
    const moreBefore = isRead ? ofRoom.length > limit : (task.change?.moreBefore ?? false)
    const found = isRead ? read : (task.change?.events ?? [])
    const visibility =
      task.from !== undefined && !task.expands
        ? await visibilityOfTold(deps, subject)
        : await visibilityFor(deps, task.room, subject)
    const seen = shownIn(visibility, found)
    const part = newestPart(seen, limit, moreBefore)
    const from = task.from
    const since = from === undefined ? [] : (task.change?.events ?? found).filter(({ position }) => position > from)
    const oldest = found[0]?.position ?? 0
    const hasGap =
      from !== undefined && (task.change === undefined ? moreBefore && oldest > from : task.change.moreBefore)
    const first = part.events[0]?.event.ordering
    // The room in memory may be ahead of what the answer is about.
    const end =
      first === undefined && part.limited ? await orderingAtPosition(deps.db, task.room.id, task.to) : (first ?? 1) - 1
    timelines.set(task.room.id, { ...part, end, span: since, hasGap, visibility })
  }
  return timelines
}

/** What belongs to the events of rooms that are told with a gap: of all rooms in which everything may be seen at once. */
export async function aggregationsOfRooms(
  deps: VisibilityDeps,
  subject: Subject,
  timelines: Iterable<RoomTimeline>,
): Promise<ReadonlyMap<string, Aggregations>> {
  const byVisibility = Map.groupBy(timelines, (timeline) => timeline.visibility)
  const found: [string, Aggregations][] = []
  for (const [visibility, ofSame] of byVisibility) {
    const told = ofSame.flatMap((timeline) => timeline.events.map((placed) => placed.event))
    if (told.length > 0) found.push(...(await aggregationsOf(deps, subject, told, visibility)))
  }
  return new Map(found)
}
