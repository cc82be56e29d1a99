import type { Access, RoomFacts } from '#access/api.ts'
import type { IdentityEvents, Users } from '#identity/api.ts'
import type { SigningKey } from '#matrix/api.ts'
import type {
  Blobs,
  Clock,
  Dedicated,
  Log,
  Logger,
  Postgres,
  Random,
  Route,
  Vault,
  WriterMetrics,
} from '#platform/api.ts'
import { AccountData } from './account-data/account-data.ts'
import { EventIds } from './events/event-ids.ts'
import { EventReader } from './events/event-reader.ts'
import { GroupCommit } from './events/group-commit.ts'
import { Relations } from './events/relations.ts'
import { RoomWriter } from './events/room-writer.ts'
import { Threads } from './events/threads.ts'
import { Timeline } from './events/timeline.ts'
import { coreRoutes } from './http/core-routes.ts'
import { createSideParts, sideRoutes } from './http/side-routes.ts'
import { Media } from './media/media.ts'
import type { SendGuard } from './ports.ts'
import { Profiles } from './profiles/profiles.ts'
import { Receipts } from './receipts/receipts.ts'
import { RoomMaker } from './rooms/create-room.ts'
import { Doors } from './rooms/doors.ts'
import { createRoomFacts } from './rooms/facts.ts'
import { Members } from './rooms/members.ts'
import { MembershipFollower } from './rooms/membership-follower.ts'
import { Memberships } from './rooms/memberships.ts'
import { RoomCache } from './rooms/room-cache.ts'
import { RoomStates } from './rooms/room-states.ts'
import { forgetTransactionsBefore } from './store/append.ts'
import { IncrementalSync } from './sync/incremental-sync.ts'
import { InitialSync } from './sync/initial-sync.ts'
import { LeftRooms } from './sync/left-rooms.ts'
import { SentMembers } from './sync/sent-members.ts'
import { SessionSignals } from './sync/session-signals.ts'
import { Sync } from './sync/sync.ts'
import { Tail } from './sync/tail.ts'
import { Unread } from './sync/unread.ts'
import { Waiters } from './sync/waiters.ts'
import { Typing } from './typing/typing.ts'

export type RoomMemoryDeps = {
  readonly postgres: Postgres
  readonly vault: Vault
  readonly users: Users
  readonly logger: Logger
}

/** What access asks about rooms; it exists before access does, and messaging is built on both. */
export interface RoomMemory {
  readonly rooms: RoomCache
  readonly memberships: Memberships
  readonly facts: RoomFacts
}

export function createRoomMemory({ postgres, vault, users, logger }: RoomMemoryDeps): RoomMemory {
  const rooms = new RoomCache({ db: postgres, vault, users, logger })
  const memberships = new Memberships(postgres)
  return { rooms, memberships, facts: createRoomFacts({ rooms, memberships }) }
}

export function createProfiles(deps: { postgres: Postgres; users: Users }): Profiles {
  return new Profiles(deps)
}

export type MessagingDeps = {
  readonly postgres: Postgres
  /** The group commit's own connection. */
  readonly writerConnection: Dedicated
  readonly vault: Vault
  readonly log: Log
  readonly blobs: Blobs
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly users: Users
  readonly identityEvents: IdentityEvents
  readonly access: Access
  readonly memory: RoomMemory
  readonly profiles: Profiles
  readonly guards: readonly SendGuard[]
  readonly serverName: string
  readonly publicUrl: string
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
  readonly media: Media
  readonly reader: EventReader
  /** Forgets transaction ids that are older than the time given, in milliseconds since 1970. */
  forgetTransactionsBefore(ts: number): Promise<number>
  /** People who wait in /sync at this moment. */
  waitingPeople(): number
  /** Resolves when everything that was accepted is committed. */
  drained(): Promise<void>
}

export function createMessaging(deps: MessagingDeps): Messaging {
  const { postgres, vault, log, clock, random, logger, users, access, memory, profiles, serverName } = deps
  const { rooms, memberships } = memory
  const db = postgres
  const reader = new EventReader({ db, rooms, users, logger })
  const receipts = new Receipts({ postgres, log, clock, users })
  const accountData = new AccountData({ postgres, log, users })
  const facts = {
    receipt: (id: number) => receipts.byId(id),
    accountDatum: (id: number) => accountData.byId(id),
  }
  const tail = new Tail({ users, reader, facts, logger }, log.position())
  const waiters = new Waiters({ rooms, memberships })
  const typing = new Typing({ clock, waiters })
  const unread = new Unread({ db, rooms })
  tail.listen(new MembershipFollower({ memberships, rooms }))
  tail.listen(unread)
  tail.listen(waiters)
  log.follow(tail)

  const building = { clock, vault, serverName, signingKey: deps.signingKey }
  const commit = new GroupCommit({
    connection: deps.writerConnection,
    rooms,
    log,
    clock,
    logger,
    metrics: deps.metrics,
  })
  const ids = new EventIds(db)
  const writer = new RoomWriter({ ...building, rooms, ids, commit, reader, guards: deps.guards })
  const doors = new Doors({ db, access, rooms, memberships })
  const members = new Members({ db, writer, users, profiles })
  const sessions = new SessionSignals()
  deps.identityEvents.onSessionEnded((sessionId) => sessions.end(sessionId))

  const shared = { ...deps, db, rooms, memberships, reader, receipts, accountData, typing, writer, doors, members }
  const side = createSideParts(shared)
  const maker = new RoomMaker({ ...building, postgres, random, rooms, members, writer, aliases: side.aliases })
  const sent = new SentMembers()
  const leftRooms = new LeftRooms({ db, reader, sent })
  const syncParts = {
    leftRooms,
    db,
    reader,
    rooms,
    receipts,
    accountData: side.accountDataForSync,
    typing,
    unread,
    tail,
    sent,
  }
  const sync = new Sync({
    access,
    clock,
    tail,
    typing,
    waiters,
    memberships,
    log,
    sent,
    initial: new InitialSync(syncParts),
    incremental: new IncrementalSync(syncParts),
  })
  const states = new RoomStates({ db, reader })
  const timeline = new Timeline({ db, reader })
  const threads = new Threads({ db, reader })
  const relations = new Relations({ db, reader })
  const core = { ...shared, maker, states, timeline, relations, threads, sync, sessions, aliases: side.aliases }
  return {
    routes: [...coreRoutes({ ...core, filters: side.filters }), ...sideRoutes(shared, side)],
    maker,
    members,
    writer,
    doors,
    receipts,
    accountData,
    profiles,
    media: new Media(shared),
    reader,
    forgetTransactionsBefore: (ts) => forgetTransactionsBefore(db, ts),
    waitingPeople: () => waiters.size,
    async drained() {
      await side.profileSpread.settled()
      await commit.drained()
    },
  }
}
