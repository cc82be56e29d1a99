import {
  Direction,
  type EventTimelineSet,
  type MatrixClient,
  type MatrixEvent,
  type Room,
  type Thread,
  TimelineWindow,
} from 'matrix-js-sdk'

/** A run of a room's events that can grow at both ends. */
export interface EventSource {
  readonly timelineSet: EventTimelineSet
  open(eventId?: string): Promise<void>
  events(): MatrixEvent[]
  /** Takes in what arrived at the live end since; true when something did. */
  follow(): boolean
  hasOlder(): boolean
  hasNewer(): boolean
  older(count: number): Promise<void>
  newer(count: number): Promise<void>
}

// More lines than this are never held on the page; what falls off at one end is read again when one scrolls back.
const windowEventsMax = 500

export function roomSource(client: MatrixClient, room: Room): EventSource {
  const timelineSet = room.getUnfilteredTimelineSet()
  let window = new TimelineWindow(client, timelineSet, { windowLimit: windowEventsMax })
  return {
    timelineSet,
    async open(eventId) {
      window = new TimelineWindow(client, timelineSet, { windowLimit: windowEventsMax })
      await window.load(eventId, 60)
    },
    events: () => window.getEvents(),
    follow: () => window.extend(Direction.Forward, 100),
    hasOlder: () => window.canPaginate(Direction.Backward),
    hasNewer: () => window.canPaginate(Direction.Forward),
    async older(count) {
      await window.paginate(Direction.Backward, count)
    },
    async newer(count) {
      await window.paginate(Direction.Forward, count)
    },
  }
}

export function threadSource(client: MatrixClient, thread: Thread): EventSource {
  const hasOlder = () => Boolean(thread.liveTimeline.getPaginationToken(Direction.Backward))
  return {
    timelineSet: thread.timelineSet,
    async open() {
      if (thread.events.length < 2 && hasOlder())
        await client.paginateEventTimeline(thread.liveTimeline, { backwards: true })
    },
    events() {
      const events = thread.events
      const root = thread.rootEvent
      return root && events[0]?.getId() !== root.getId() && !hasOlder() ? [root, ...events] : events
    },
    follow: () => true,
    hasOlder,
    hasNewer: () => false,
    async older(count) {
      await client.paginateEventTimeline(thread.liveTimeline, { backwards: true, limit: count })
    },
    async newer() {},
  }
}

/** The thread under an event, begun now if there is none. */
export async function openThread(client: MatrixClient, room: Room, rootId: string): Promise<Thread | undefined> {
  const known = room.getThread(rootId)
  if (known) return known
  let root = room.findEventById(rootId)
  if (!root) {
    await client.getEventTimeline(room.getUnfilteredTimelineSet(), rootId)
    root = room.findEventById(rootId)
  }
  if (!root) return undefined
  return room.getThread(rootId) ?? room.createThread(rootId, root, [], true)
}
