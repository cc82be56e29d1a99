import type { Access } from '#access/api.ts'
import type { Profiles, Users } from '#identity/api.ts'
import type { ServiceRooms } from '#messaging/api.ts'
import type { Clock, Log, Logger, LogReader, Postgres, Random, Route, Vault } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { deskRoutes } from '../http/desk-routes.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { CitizenData, People, RecordOpenings } from '../people/types.ts'
import { CannedReplies } from './canned-replies.ts'
import { DeskConversations } from './conversations.ts'
import { Desk } from './desk.ts'
import { DeskData } from './desk-data.ts'
import { DeskReader } from './desk-reader.ts'
import { DeskWorker } from './desk-worker.ts'
import { DeskQueues } from './queues.ts'
import { Settling } from './settling.ts'
import { Shown } from './shown.ts'
import { Timeline } from './timeline.ts'
import type { Conversations, Queues, ReplyWays } from './types.ts'

export type DeskDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey'>
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly access: Access
  readonly users: Users
  readonly profiles: Pick<Profiles, 'displayName'>
  readonly service: ServiceRooms
  readonly agencies: Agencies
  readonly people: People
  readonly idempotency: Idempotency
  readonly openings: RecordOpenings
  /** Left out where nothing is sent. */
  readonly ways?: ReplyWays | undefined
}

export interface TheDesk {
  readonly routes: readonly Route[]
  readonly conversations: Conversations
  readonly queues: Queues
  /** What is kept of a citizen here, for exports and erasure. */
  readonly data: CitizenData
  /** The reader of the log that sees what happens in conversations. */
  readonly reader: LogReader
  /** Does what follows from it, until the signal. */
  run(signal: AbortSignal): Promise<void>
}

export function createDesk(deps: DeskDeps): TheDesk {
  const ways = deps.ways
  const parts = { ...deps, ways }
  const queues = new DeskQueues(deps)
  const settling = new Settling(deps)
  const conversations = new DeskConversations({ ...deps, queues, settling })
  const desk = new Desk({ ...deps, queues, conversations, settling })
  const shown = new Shown({ ...parts, queues })
  const worker = new DeskWorker({ ...parts, conversations, queues, settling })
  const { reader } = new DeskReader(deps, () => worker.wake())
  const timeline = new Timeline(deps)
  const canned = new CannedReplies(deps)
  return {
    routes: deskRoutes({ ...deps, desk, queues, shown, timeline, canned }),
    conversations,
    queues,
    data: new DeskData({ ...deps, settling }),
    reader,
    run: (signal) => worker.run(signal),
  }
}
