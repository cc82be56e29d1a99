import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Clock, Random, Route } from '#platform/api.ts'
import type { DelayedEvents } from '../delayed/delayed-events.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { EventSigner } from '../events/event-signer.ts'
import type { Posting } from '../events/posting.ts'
import type { Relations } from '../events/relations.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { Threads } from '../events/threads.ts'
import type { Timeline } from '../events/timeline.ts'
import type { RoomMaker } from '../rooms/create-room.ts'
import type { Doors } from '../rooms/doors.ts'
import type { JoinConditions } from '../rooms/join-conditions.ts'
import type { Members } from '../rooms/members.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { RoomStates } from '../rooms/room-states.ts'
import type { AliasLookup } from '../rooms/state-content.ts'
import type { Search } from '../search/search.ts'
import type { SlidingSync } from '../sliding-sync/sliding-sync.ts'
import type { SessionSignals } from '../sync/session-signals.ts'
import type { Sync } from '../sync/sync.ts'
import type { ThreadSubscriptions } from '../threads/thread-subscriptions.ts'
import type { ThreadUpdates } from '../threads/thread-updates.ts'
import { createRoom } from './create-room.ts'
import { getDelayedEvent } from './get-delayed-event.ts'
import { getDelayedEvents } from './get-delayed-events.ts'
import { getEventByTimestamp } from './get-event-by-timestamp.ts'
import { getEventContext } from './get-event-context.ts'
import { getJoinedMembersByRoom, getJoinedRooms, getMembersByRoom } from './get-members.ts'
import { getOneRoomEvent } from './get-one-room-event.ts'
import { getRelatingEvents } from './get-relating-events.ts'
import { getRoomEvents } from './get-room-events.ts'
import { getRoomState, getRoomStateWithKey } from './get-room-state.ts'
import { getThreadRoots } from './get-thread-roots.ts'
import { getThreadSubscriptions } from './get-thread-subscriptions.ts'
import { getThreadUpdates } from './get-thread-updates.ts'
import { joinRoom, joinRoomById, knockRoom } from './join-room.ts'
import { membershipActs } from './membership-acts.ts'
import { redactEvent } from './redact-event.ts'
import { search } from './search.ts'
import { sendMessage } from './send-message.ts'
import { setRoomStateWithKey } from './set-room-state-with-key.ts'
import { slidingSync, slidingSyncUnstable } from './sliding-sync.ts'
import { type FilterLookup, sync } from './sync.ts'
import { threadSubscription } from './thread-subscription.ts'
import { updateDelayedEvent } from './update-delayed-event.ts'

export type CoreRouteDeps = {
  access: Access
  users: Users
  rooms: RoomCache
  memberships: Memberships
  doors: Doors
  members: Members
  maker: RoomMaker
  writer: RoomWriter
  reader: EventReader
  states: RoomStates
  timeline: Timeline
  relations: Relations
  threads: Threads
  threadUpdates: ThreadUpdates
  subscriptions: ThreadSubscriptions
  posting: Posting
  delayed: DelayedEvents
  clock: Clock
  serverName: string
  random: Random
  search: Search
  sync: Sync
  slidingSync: SlidingSync
  signer: EventSigner
  sessions: SessionSignals
  filters: FilterLookup
  aliases: AliasLookup
  conditions: JoinConditions
}

/** Making, entering, reading and writing rooms. */
export function coreRoutes(deps: CoreRouteDeps): Route[] {
  return [
    createRoom(deps),
    joinRoom(deps),
    joinRoomById(deps),
    knockRoom(deps),
    ...membershipActs(deps),
    sendMessage(deps),
    setRoomStateWithKey(deps),
    redactEvent(deps),
    getRoomEvents(deps),
    getEventContext(deps),
    getEventByTimestamp(deps),
    getOneRoomEvent(deps),
    getRoomState(deps),
    getRoomStateWithKey(deps),
    getMembersByRoom(deps),
    getJoinedMembersByRoom(deps),
    getJoinedRooms(deps),
    getDelayedEvents(deps),
    getDelayedEvent(deps),
    updateDelayedEvent(deps),
    getRelatingEvents(deps),
    getThreadRoots(deps),
    ...threadSubscription(deps),
    getThreadSubscriptions(deps),
    getThreadUpdates(deps),
    search(deps),
    sync(deps),
    slidingSync(deps),
    slidingSyncUnstable(deps),
  ]
}
