import type { Access, RoomFacts } from '#access/api.ts'
import type { Devices, IdentityEvents, Presence, Users } from '#identity/api.ts'
import type { SigningKey } from '#matrix/api.ts'
import type {
  Blobs,
  Clock,
  Dedicated,
  Limits,
  Log,
  Logger,
  LogReader,
  Outbound,
  Postgres,
  Random,
  Route,
  Sandbox,
  Vault,
  WriterMetrics,
} from '#platform/api.ts'
import { AccountData } from './account-data/account-data.ts'
import { DelayedEvents } from './delayed/delayed-events.ts'
import { Departure } from './departure/departure.ts'
import { Erasures } from './departure/erasures.ts'
import { RoomSummaries } from './directory/room-summaries.ts'
import type { DeviceFeed } from './encryption/device-feed.ts'
import { DeviceLists } from './encryption/device-lists.ts'
import { createEncryption } from './encryption/encryption.ts'
import { EventIds } from './events/event-ids.ts'
import { EventReader } from './events/event-reader.ts'
import { EventSigner } from './events/event-signer.ts'
import { GroupCommit } from './events/group-commit.ts'
import { Posting } from './events/posting.ts'
import { RoomWriter } from './events/room-writer.ts'
import { coreRoutes } from './http/core-routes.ts'
import { encryptionRoutes } from './http/encryption-routes.ts'
import { mediaRoutes } from './http/media-routes.ts'
import { pushRoutes } from './http/push-routes.ts'
import { roomRoutes } from './http/room-routes.ts'
import { createSideParts, sideRoutes } from './http/side-routes.ts'
import type { Media } from './media/media.ts'
import { createMediaParts } from './media/parts.ts'
import type { Previews } from './media/previews.ts'
import type { MediaSettings } from './media/settings.ts'
import { NodeNotices } from './node-notices.ts'
import { Notices } from './notices/notices.ts'
import { RoomWaiters } from './peeking/room-waiters.ts'
import type { PeopleSearchScope, SendGuard } from './ports.ts'
import { PresenceBoard } from './presence/presence-board.ts'
import { Profiles } from './profiles/profiles.ts'
import type { AccountDataForSync } from './push/account-data-for-sync.ts'
import { createPush, type PushSettings } from './push/create-push.ts'
import { PeopleRules } from './push/people-rules.ts'
import { PushRules } from './push/push-rules.ts'
import { Receipts } from './receipts/receipts.ts'
import { RoomMaker } from './rooms/create-room.ts'
import { Doors } from './rooms/doors.ts'
import { createRoomFacts } from './rooms/facts.ts'
import { Guests } from './rooms/guests.ts'
import { JoinConditions } from './rooms/join-conditions.ts'
import { Members } from './rooms/members.ts'
import { MembershipFollower } from './rooms/membership-follower.ts'
import { Memberships } from './rooms/memberships.ts'
import { RoomCache } from './rooms/room-cache.ts'
import { ServedRooms } from './service/service-rooms.ts'
import { ServiceUsers } from './service/service-users.ts'
import type { ServiceRooms } from './service/types.ts'
import { Connections } from './sliding-sync/connections.ts'
import { DeviceExtensions } from './sliding-sync/device-extensions.ts'
import { DirectRooms } from './sliding-sync/direct-rooms.ts'
import { RoomExtensions } from './sliding-sync/extensions.ts'
import { Listings } from './sliding-sync/listings.ts'
import { RoomLists } from './sliding-sync/room-lists.ts'
import { RoomResults } from './sliding-sync/room-results.ts'
import { SlidingStates } from './sliding-sync/room-states.ts'
import { SlidingSync } from './sliding-sync/sliding-sync.ts'
import { StickyExtension } from './sliding-sync/sticky-extension.ts'
import { SubscriptionsExtension } from './sliding-sync/subscriptions-extension.ts'
import { ThreadsExtension } from './sliding-sync/threads-extension.ts'
import { StickyEvents } from './sticky/sticky-events.ts'
import { forgetTransactionsBefore } from './store/append.ts'
import { forgetDelayedEventsBefore } from './store/delayed-events.ts'
import { forgetConnectionsBefore } from './store/sliding-connections.ts'
import { forgetStickyEventsBefore } from './store/sticky-events.ts'
import { IncrementalSync } from './sync/incremental-sync.ts'
import { InitialSync } from './sync/initial-sync.ts'
import { LeftRooms } from './sync/left-rooms.ts'
import { Level } from './sync/level.ts'
import { SentMembers } from './sync/sent-members.ts'
import { SessionSignals } from './sync/session-signals.ts'
import { Sync } from './sync/sync.ts'
import { Tail } from './sync/tail.ts'
import { Waiters } from './sync/waiters.ts'
import { ThreadSubscriptions } from './threads/thread-subscriptions.ts'
import { ThreadUpdates } from './threads/thread-updates.ts'
import { createTimelines } from './timelines.ts'
import { Typing, type TypingNews } from './typing/typing.ts'
import { Unread } from './unread/unread.ts'
import { Heritage } from './upgrades/heritage.ts'

export type RoomMemoryDeps = {
  readonly postgres: Postgres
  readonly vault: Vault
  readonly users: Users
  readonly logger: Logger
  readonly serverName: string
}

/** What access asks about rooms; it exists before access does, and messaging is built on both. */
export interface RoomMemory {
  readonly rooms: RoomCache
  readonly memberships: Memberships
  readonly facts: RoomFacts
}

export function createRoomMemory({ postgres, vault, users, logger, serverName }: RoomMemoryDeps): RoomMemory {
  const rooms = new RoomCache({ db: postgres, vault, users, logger })
  const memberships = new Memberships(postgres)
  return { rooms, memberships, facts: createRoomFacts({ rooms, memberships, serverName }) }
}

export function createProfiles(deps: { postgres: Postgres; users: Users; log: Log; logger: Logger }): Profiles {
  return new Profiles(deps)
}

/** What identity tells of devices that end or change their name; it exists before identity does. */
export function createDeviceLists(deps: { log: Log }): DeviceLists {
  return new DeviceLists(deps)
}

export type MessagingDeps = {
  readonly postgres: Postgres
  /** The group commit's own connection. */
  readonly writerConnection: Dedicated
  readonly vault: Vault
  readonly log: Log
  readonly blobs: Blobs
  readonly outbound: Outbound
  readonly sandbox: Sandbox
  /** What is left out is as usual. */
  readonly mediaSettings: Partial<MediaSettings>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly users: Users
  readonly devices: Devices
  readonly deviceLists: DeviceLists
  readonly presence: Presence
  readonly identityEvents: IdentityEvents
  readonly access: Access
  readonly memory: RoomMemory
  readonly profiles: Profiles
  readonly guards: readonly SendGuard[]
  readonly serverName: string
  readonly publicUrl: string
  /** Of rooms whose maker names none. */
  readonly defaultRoomVersion: string
  readonly peopleSearch: PeopleSearchScope
  readonly push: PushSettings
  /** Whether people are told who is there. */
  readonly hasPresence: boolean
  readonly limits: Limits
  readonly signingKey: SigningKey
  readonly metrics?: WriterMetrics | undefined
}

export interface Messaging {
  readonly routes: readonly Route[]
  readonly maker: RoomMaker
  readonly members: Members
  readonly writer: RoomWriter
  readonly doors: Doors
  readonly receipts: Receipts
  readonly accountData: AccountData
  readonly profiles: Profiles
  readonly departure: Departure
  readonly service: ServiceRooms
  readonly media: Media
  readonly previews: Previews
  readonly reader: EventReader
  /** The reader of the log that search leans on. */
  readonly searchReader: LogReader
  /**
   * Forgets what has served its time: transaction ids that are older than the time given, in milliseconds since 1970, sticky
   * events that expired, and messages to devices that gather too many. Answers how many rows went.
   */
  forgetBefore(ts: number): Promise<number>
  /** Forgets sliding-sync connections that nobody used since the time given. */
  forgetConnectionsBefore(ts: number): Promise<number>
  /** People who wait in /sync at this moment. */
  waitingPeople(): number
  /** The reader of the log that decides who is told on sleeping devices. */
  readonly pushReader: LogReader
  /** Sends what people wanted to be sent later, until the signal. */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when everything that was accepted is committed. */
  drained(): Promise<void>
  /** Ends what runs by itself; readers of the log end with the log. */
  stop(): Promise<void>
}

/** Nodes tell each other who is typing. */
function createTyping(deps: MessagingDeps, waiters: Waiters) {
  const typingNotices = new NodeNotices<TypingNews>(deps, 'typing', (_, news) => typing.hear(news))
  const typing = new Typing({ waiters, tell: (news) => typingNotices.send(news) })
  void typingNotices.listen()
  return { typing, typingNotices }
}

/** Reading: events, what people keep beside them, and the tail of the log with everybody who listens to it. */
function createReading(deps: MessagingDeps) {
  const { postgres, log, clock, logger, users, memory } = deps
  const { rooms, memberships } = memory
  const db = postgres
  const reader = new EventReader({ db, rooms, users, logger })
  const receipts = new Receipts({ postgres, log, clock, users })
  const accountData = new AccountData({ postgres, log, users, limits: deps.limits })
  const facts = {
    receipt: (id: number) => receipts.byId(id),
    accountDatum: (id: number) => accountData.byId(id),
  }
  const erasures = new Erasures({ db, postgres, log, clock })
  const peopleRules = new PeopleRules({ db, accountData })
  const sight = { db, reader, erasures, ignores: peopleRules }
  const tail = new Tail({ users, reader, facts, logger }, log.position())
  const waiters = new Waiters({ rooms, memberships })
  const { typing, typingNotices } = createTyping(deps, waiters)
  const unread = new Unread({ db, rooms, reader, peopleRules })
  tail.listen(new MembershipFollower({ memberships, rooms }))
  tail.listen(peopleRules)
  const roomWaiters = new RoomWaiters()
  const summaries = new RoomSummaries({ db, rooms, logger })
  tail.listen(deps.profiles)
  tail.listen(erasures)
  tail.listen(summaries)
  tail.listen(roomWaiters)
  tail.listen(unread)
  const listings = new Listings({ db })
  tail.listen(listings)
  const directs = new DirectRooms({ accountData })
  tail.listen(directs)
  const presenceBoard = deps.hasPresence ? new PresenceBoard({ ...deps, rooms, memberships, waiters }) : undefined
  if (presenceBoard !== undefined) tail.listen(presenceBoard)
  presenceBoard?.start()
  tail.listen(waiters)
  log.follow(tail)
  const listeners = {
    listings,
    directs,
    unread,
    waiters,
    peopleRules,
    summaries,
    roomWaiters,
    presenceBoard,
    typingNotices,
  }
  const level = new Level({ memberships, tail, log })
  const sticky = new StickyEvents({ ...sight, clock, tail })
  const subscriptions = new ThreadSubscriptions({ ...sight, postgres, log, rooms })
  const parts = { receipts, accountData, typing, sticky, subscriptions }
  return { ...sight, rooms, memberships, tail, level, ...parts, ...listeners }
}

type Reading = ReturnType<typeof createReading>

/** Writing: the rooms' writer, the doors to it, and the acts that go through it. */
function createWriting(deps: MessagingDeps, { db, rooms, memberships, reader, accountData, typing }: Reading) {
  const { vault, log, clock, random, logger, users, access, profiles, serverName, signingKey } = deps
  const building = { clock, random, vault, serverName, signingKey }
  const { writerConnection: connection, metrics } = deps
  const commit = new GroupCommit({ connection, rooms, log, clock, logger, metrics })
  const ids = new EventIds(db)
  const writer = new RoomWriter({ ...building, db, rooms, ids, commit, reader, typing, guards: deps.guards })
  const doors = new Doors({ db, access, rooms, memberships })
  const conditions = new JoinConditions({ rooms, memberships, access, serverName })
  const pushRules = new PushRules({ accountData })
  const heritage = new Heritage({ accountData, pushRules, rooms, logger })
  const members = new Members({ db, writer, users, profiles, reader, conditions, heritage, accountData })
  const guests = new Guests({ rooms, users, writer, logger })
  return { building, commit, writer, doors, members, guests, conditions, pushRules, heritage }
}

type SyncParts = { accountData: AccountDataForSync; feed: DeviceFeed }

function createSync(deps: MessagingDeps, reading: Reading, { accountData, feed }: SyncParts): Sync {
  const { access, clock, limits } = deps
  const { tail, typing, waiters, level, presenceBoard } = reading
  const sent = new SentMembers()
  const parts = { ...reading, accountData, sent, leftRooms: new LeftRooms({ ...reading, sent }) }
  const [initial, incremental] = [new InitialSync(parts), new IncrementalSync(parts)]
  return new Sync({
    access,
    clock,
    limits,
    tail,
    typing,
    waiters,
    level,
    sent,
    initial,
    incremental,
    feed,
    presenceBoard,
  })
}

function createSlidingSync(deps: MessagingDeps, reading: Reading, { accountData, feed }: SyncParts): SlidingSync {
  const { access, clock, users, vault } = deps
  const { db, tail, typing, waiters, listings, level, presenceBoard } = reading
  const sentMembers = new SentMembers<string>()
  const parts = { ...reading, accountData, vault, users, clock, sentMembers }
  return new SlidingSync({
    access,
    clock,
    limits: deps.limits,
    level,
    tail,
    typing,
    waiters,
    connections: new Connections({ ...deps, db }),
    lists: new RoomLists({ ...parts, listings }),
    results: new RoomResults({ ...parts, states: new SlidingStates(parts) }),
    extensions: new RoomExtensions(parts),
    devices: new DeviceExtensions({ feed }),
    threads: new ThreadsExtension({ tail, threadUpdates: new ThreadUpdates({ ...reading, access }) }),
    subscriptions: new SubscriptionsExtension(parts),
    sticky: new StickyExtension(parts),
    changes: parts,
    sentMembers,
    presenceBoard,
  })
}

export function createMessaging(deps: MessagingDeps): Messaging {
  const { postgres, profiles, defaultRoomVersion } = deps
  const reading = createReading(deps)
  const { db, rooms, reader, receipts, accountData, waiters } = reading
  const writing = createWriting(deps, reading)
  const { building, commit, writer, doors, members } = writing
  const sessions = new SessionSignals()
  deps.identityEvents.onSessionEnded((sessionId) => sessions.end(sessionId))
  deps.identityEvents.onSessionChanged((sessionId) => sessions.answerNow(sessionId))

  const shared = { ...deps, ...reading, ...writing }
  const side = createSideParts(shared)
  const { aliases, filters } = side
  const files = createMediaParts(shared)
  const encryption = createEncryption(shared)
  const push = createPush(shared)
  const maker = new RoomMaker({ ...building, postgres, rooms, members, writer, aliases, defaultRoomVersion })
  const forSync = { accountData: side.accountDataForSync, feed: encryption.feed }
  const timelines = createTimelines({ ...deps, ...reading })
  const posting = new Posting({ ...shared, aliases, relations: timelines.relations })
  const delayed = new DelayedEvents({ ...shared, posting })
  const serviceUsers = new ServiceUsers(deps)
  const service = new ServedRooms({ ...shared, ...files, maker, serviceUsers })
  const core = {
    ...shared,
    posting,
    delayed,
    maker,
    notices: new Notices({ ...shared, service }),
    sessions,
    aliases,
    filters,
    signer: new EventSigner(building),
    sync: createSync(deps, reading, forSync),
    slidingSync: createSlidingSync(deps, reading, forSync),
    ...timelines,
  }
  return {
    routes: [
      ...coreRoutes(core),
      ...roomRoutes(core),
      ...sideRoutes(shared, side),
      ...mediaRoutes({ ...shared, ...files }),
      ...pushRoutes({ ...shared, ...push }),
      ...encryptionRoutes({ ...encryption, presence: deps.presence, places: reading.level }),
    ],
    maker,
    members,
    writer,
    doors,
    receipts,
    accountData,
    profiles,
    departure: new Departure({ ...shared, ...files }),
    service,
    media: files.media,
    previews: files.previews,
    reader,
    searchReader: timelines.indexer.reader,
    async forgetBefore(ts) {
      return (
        (await forgetTransactionsBefore(db, ts)) +
        (await encryption.forgetBefore(ts)) +
        (await forgetDelayedEventsBefore(db, ts)) +
        (await forgetStickyEventsBefore(db, deps.clock.nowMs()))
      )
    },
    forgetConnectionsBefore: (ts) => forgetConnectionsBefore(db, ts),
    waitingPeople: () => waiters.size,
    pushReader: push.reader,
    async stop() {
      reading.typing.close()
      await Promise.all([push.stop(), reading.presenceBoard?.stop(), reading.typingNotices.close()])
    },
    run: (signal) => delayed.run(signal),
    async drained() {
      await files.previews.close()
      await side.profileSpread.settled()
      await commit.drained()
    },
  }
}
