import type { Channels, OutgoingFile, Receiver } from '#channels/api.ts'
import { type Log, type LogReader, limits, type Nodes, type Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'
import { sendRoutes } from '../http/send-routes.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { CitizenData } from '../people/types.ts'
import { releaseAttemptsOfDead } from '../store/attempts.ts'
import { forgetInboundBefore } from '../store/inbound-done.ts'
import { releaseTellingsOfDead } from '../store/tellings.ts'
import { CitizenSends } from './citizen-sends.ts'
import { type CitizenLinks, ComposeSends, type Replied } from './composing.ts'
import { type Correspondence, OwnCorrespondence } from './correspondence.ts'
import { AskedFor, type Courier } from './courier.ts'
import { Decider } from './decider.ts'
import { Dialogues, type ReadWords } from './dialogues.ts'
import { FindWay, type Ways } from './find-way.ts'
import { Inbound } from './inbound.ts'
import { type Inbox, SentInbox } from './inbox.ts'
import { InboxChannel } from './inbox-channel.ts'
import { LookUps } from './look-ups.ts'
import { Outcomes } from './outcomes.ts'
import { OutgoingReader, replyAsk } from './outgoing-reader.ts'
import type { AllChannels, SendsMachine, SendsNeighbours } from './parts.ts'
import { Pipeline } from './pipeline.ts'
import { QuietTimes } from './quiet-times.ts'
import { RepliedFromRooms } from './replied-from-rooms.ts'
import { Rounds } from './rounds.ts'
import { SendBook } from './send-book.ts'
import { SendIntake } from './send-intake.ts'
import { Sending } from './sending.ts'
import { type StopLaw, stopLawsWith } from './stop-law.ts'
import { StopScopes } from './stop-scopes.ts'
import type { RoomEvents, Talk, Talks } from './talks.ts'
import { Tasks } from './tasks.ts'
import { Teller } from './teller.ts'
import type { NoWay, Way } from './ways.ts'

/** Files of rooms, by their addresses (mxc://…). */
export interface RoomFiles {
  read(url: string): Promise<Pick<OutgoingFile, 'bytes' | 'type'> | undefined>
}

export type WaysDeps = Omit<SendsMachine, 'nodes'> &
  Pick<SendsNeighbours, 'agencies' | 'gates' | 'people' | 'preferences'> & {
    readonly channels: Pick<Channels, 'all' | 'byId'>
  }

export type SendsDeps = SendsMachine &
  SendsNeighbours & {
    readonly agencies: Agencies
    readonly agencyDoors: AgencyDoors
    readonly idempotency: Idempotency
    readonly log: Pick<Log, 'read'>
    readonly nodes: Pick<Nodes, 'id' | 'onDeath'>
    readonly talks: Talks
    readonly events: RoomEvents
    readonly files: RoomFiles
    readonly links: CitizenLinks
    readonly ways: Ways
    readonly allChannels: AllChannels
    readonly read: ReadWords
    /** What the configuration says of countries, instead of what is known here. */
    readonly stopLaws?: readonly StopLaw[] | undefined
    readonly channels: Pick<Channels, 'forget'>
  }

/** Sending to citizens, and what they answer. */
export interface Sends {
  readonly routes: readonly Route[]
  /** What comes in from citizens and providers. */
  readonly receiver: Receiver
  readonly inbox: Inbox
  readonly correspondence: Correspondence
  readonly courier: Courier
  /** What is kept of a citizen here, for exports and erasure. */
  readonly data: CitizenData
  /** The reader of the log that queues what the staff says. */
  readonly reader: LogReader
  /** Sends, asks, decides and tells, until the signal. */
  run(signal: AbortSignal): Promise<void>
  /** What has served its time. @returns how many rows went. */
  forgetBefore(ts: number): Promise<number>
}

/** The channels of the configuration and the inbox. */
export function withInbox(channels: Pick<Channels, 'all' | 'byId'>): AllChannels {
  const inbox = new InboxChannel()
  return {
    byId: (id) => channels.byId(id) ?? (id === inbox.id ? inbox : undefined),
    ofAgency: (key) => [...channels.all().filter(({ agency }) => agency === undefined || agency === key), inbox],
  }
}

/** Which way words take; made before the desk, which asks it before it accepts a reply. */
export const createWays = (deps: WaysDeps): Ways => new FindWay({ ...deps, channels: withInbox(deps.channels) })

/** What the desk asks before it accepts a reply, and shows beside its button. */
export function createReplyWays(deps: {
  ways: Ways
  purposes: Pick<SendsNeighbours['purposes'], 'conversationPurpose'>
}) {
  return {
    async forReply(talk: Talk, override: Way['kind'] | undefined): Promise<Way | NoWay> {
      const purpose = await deps.purposes.conversationPurpose(talk.agencyId)
      return deps.ways.choose(replyAsk(talk, purpose.id, override))
    },
  }
}

/** What works by itself; each part wakes those that go on with what it did. */
function createWork(deps: SendsDeps, book: SendBook, replied: Replied, quiet: QuietTimes) {
  const channels = deps.allChannels
  const everyMs = limits.sendsLookAgainMs
  const on = {
    queued: () => rounds.pipeline.wake(),
    undecided: () => rounds.decider.wake(),
    told: () => rounds.teller.wake(),
  }
  const composing = new ComposeSends({ ...deps, channels, replied })
  const scopes = new StopScopes({ ...deps, stopLaws: stopLawsWith(deps.stopLaws) })
  const outcomes = new Outcomes({ ...deps, scopes }, on)
  const pipeline = new Pipeline({ ...deps, channels, composing, outcomes })
  const lookUps = new LookUps({ ...deps, channels, composing, outcomes })
  const decider = new Decider({ ...deps, book, quiet, onQueued: on.queued, onTold: on.told })
  const dialogues = new Dialogues({
    ...deps,
    book,
    scopes,
    onQueued: on.queued,
  })
  const teller = new Teller(deps)
  const rounds = {
    pipeline: new Rounds(deps, 'pipeline', everyMs, () => pipeline.round()),
    lookUps: new Rounds(deps, 'look-ups', everyMs, () => lookUps.round()),
    decider: new Rounds(deps, 'decider', everyMs, () => decider.round()),
    dialogues: new Rounds(deps, 'dialogues', everyMs, () => dialogues.round()),
    teller: new Rounds(deps, 'teller', everyMs, () => teller.round()),
  }
  return { on, outcomes, composing, dialogues, pipeline, rounds }
}

export function createSends(deps: SendsDeps): Sends {
  const { postgres, nodes } = deps
  nodes.onDeath(async (tx, id) => {
    await releaseAttemptsOfDead(tx, id)
    await releaseTellingsOfDead(tx, id)
  })
  const channels = deps.allChannels
  const book = new SendBook(deps)
  const quiet = new QuietTimes(deps)
  const replied = new RepliedFromRooms(deps)
  const { on, outcomes, composing, dialogues, pipeline, rounds } = createWork(deps, book, replied, quiet)
  const sending = new Sending({ ...deps, channels, book, quiet, composing, pipeline })
  const intake = new SendIntake({ ...deps, sending, pipeline, onQueued: on.queued })
  const tasks = new Tasks(deps)
  const inbox = new SentInbox({ ...deps, channels, replied, outcomes })
  const courier = new AskedFor({ ...deps, channels: deps.channels, book, onQueued: on.queued })
  const receiver = new Inbound({ ...deps, dialogues, outcomes, onTold: on.told })
  const { reader } = new OutgoingReader({ ...deps, book, onQueued: on.queued })
  return {
    routes: sendRoutes({ ...deps, intake, sending, tasks }),
    receiver,
    inbox,
    correspondence: new OwnCorrespondence({ ...deps, inbox }),
    courier,
    data: new CitizenSends({ ...deps, inbox }),
    reader,
    async run(signal) {
      await book.warm()
      await Promise.all(Object.values(rounds).map((part) => part.run(signal)))
      await pipeline.settled()
    },
    forgetBefore: (ts) => forgetInboundBefore(postgres, ts),
  }
}
