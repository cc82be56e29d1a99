/** Everything that is composed the same way for the server, for its command line, and for tests. */

import type { Access } from '#access/api.ts'
import { createAccess } from '#access/index.ts'
import type { ChannelSettings, Channels, Receiver } from '#channels/api.ts'
import { type Citizen, createCitizen } from '#citizen/index.ts'
import { createEngagement, createStaff, type Engagement, type StopLaw } from '#engagement/index.ts'
import { createIdentity, createUserDirectory, type Identity, type IdentitySettings } from '#identity/index.ts'
import { defaultRoomVersion } from '#matrix/api.ts'
import type { MediaSettings, PeopleSearchScope, SendGuard } from '#messaging/api.ts'
import {
  createDeviceLists,
  createMessaging,
  createProfiles,
  createRoomMemory,
  type Messaging,
} from '#messaging/index.ts'
import {
  type Blobs,
  type ChannelMetrics,
  type Clock,
  type LimitChanges,
  type Log,
  type Logger,
  limitsWith,
  type Outbound,
  type Postgres,
  type Random,
  type Smtp,
  type Vault,
  type WriterMetrics,
} from '#platform/api.ts'
import { createBlobs, createLog, createNodes, createOutbound, createSandbox, createVault } from '#platform/index.ts'
import { citizenPlaces, composeCitizens } from './citizens.ts'
import { loadSigningKey } from './signing-key.ts'

export type ChanceryDeps = {
  readonly postgres: Postgres
  readonly masterKey: Buffer
  readonly blobFolder: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: IdentitySettings & MessagingSettings & CitizenSettings
  readonly guards?: readonly SendGuard[]
  /** Left out: one that asks public addresses only. */
  readonly outbound?: Outbound
  /** Left out: this machine's own network. */
  readonly smtp?: Smtp
  readonly metrics?: WriterMetrics & ChannelMetrics
  /** Who is told of what comes in on the channels; conversations by default. */
  readonly receiver?: Receiver
}

/** What an operator can change about rooms and people. */
export type MessagingSettings = {
  /** Of rooms whose maker names none; 12 by default. */
  readonly defaultRoomVersion?: string | undefined
  /** Files and previews of links; what is left out is as usual. */
  readonly media?: Partial<MediaSettings>
  /** Whom a search for people finds; everybody by default. */
  readonly peopleSearch?: PeopleSearchScope | undefined
  /** Origins that the server may ask though they are inside its network, and by plain http; none by default. */
  readonly outboundOrigins?: readonly string[] | undefined
  /** Whether people are told who is there; by default they are. */
  readonly presence?: boolean | undefined
  /** Limits that are others than usual. */
  readonly limits?: LimitChanges | undefined
  /** Whether push gateways may be told more of an event than its id; not by default. */
  readonly pushContent?: boolean | undefined
}

/** What an operator can change about talking with citizens. */
export type CitizenSettings = {
  /** The configuration's list; none by default. */
  readonly channels?: readonly ChannelSettings[] | undefined
  /** Countries whose law takes every STOP for everything, where it differs from what is known. */
  readonly stopMeansEverything?: readonly StopLaw[] | undefined
}

export interface Chancery {
  readonly vault: Vault
  readonly log: Log
  readonly blobs: Blobs
  readonly access: Access
  readonly identity: Identity
  readonly messaging: Messaging
  readonly channels: Channels
  readonly engagement: Engagement
  readonly citizen: Citizen
  /** Answers what was accepted, lets readers store their positions, and ends. PostgreSQL is the caller's to stop. */
  close(): Promise<void>
}

/** Reads top to bottom as the list of everything there is. */
export async function composeChancery(deps: ChanceryDeps): Promise<Chancery> {
  const { postgres, clock, random, logger, settings } = deps
  const { serverName, accessTokenLivesMs } = settings
  const vault = await createVault({ db: postgres, masterKey: deps.masterKey, random, clock })
  const log = await createLog({ postgres, clock, random, logger })
  const blobs = await createBlobs({ folder: deps.blobFolder, vault, random })
  const outbound = deps.outbound ?? createOutbound({ allowedOrigins: settings.outboundOrigins ?? [] })
  const sandbox = createSandbox()
  const signingKey = await loadSigningKey('event-signing', { db: postgres, vault, random, clock })
  const limits = limitsWith(settings.limits)
  const writerConnection = await postgres.dedicated()
  const nodes = await createNodes({ postgres, line: writerConnection, clock, logger })
  const machine = { postgres, db: postgres, nodes, vault, log, blobs, clock, random, logger, outbound, sandbox, limits }

  const deviceLists = createDeviceLists({ log })
  const directory = createUserDirectory({ ...machine, serverName, deviceLists, accessTokenLivesMs })
  const { users, devices } = directory
  const profiles = createProfiles({ ...machine, users })
  const memory = createRoomMemory({ ...machine, users, serverName })
  const staff = await createStaff(machine)
  const access = createAccess({ facts: memory.facts, agencies: staff })
  const identity = createIdentity({ ...machine, directory, access, profiles, settings })
  const outer = await composeCitizens(deps, { ...machine, ...identity, access, users, profiles, staff })
  const messaging = createMessaging({
    ...machine,
    ...messagingSettings(settings),
    writerConnection,
    users,
    devices,
    deviceLists,
    presence: identity.presence,
    identityEvents: directory.events,
    access,
    memory,
    profiles,
    guards: [outer.guard, ...(deps.guards ?? [])],
    signingKey,
    metrics: deps.metrics,
  })
  const places = citizenPlaces(messaging.media, settings)
  const engagement = createEngagement({ ...outer, ...messaging, ...places, stopLaws: settings.stopMeansEverything })
  identity.departures.onDeparture((person) => messaging.departure.depart(person))
  const { channels, providers } = outer
  const running = new AbortController()
  const work = Promise.all([
    nodes.run(running.signal),
    identity.run(running.signal),
    messaging.run(running.signal),
    engagement.run(running.signal),
    channels.run(deps.receiver ?? engagement.receiver, running.signal),
  ])
  const citizen = createCitizen({ ...outer, ...engagement, ...engagement.sends, publicUrl: settings.publicUrl })
  const parts = { vault, log, blobs, access, identity, messaging, channels, engagement, citizen }
  return {
    ...parts,
    async close() {
      await channels.shut()
      running.abort()
      await work
      await channels.drained()
      await messaging.drained()
      await messaging.stop()
      outbound.close()
      providers.close()
      await sandbox.close()
      await writerConnection.close()
      await log.close()
      await vault.close()
    },
  }
}

/** With what is usual in the place of what the operator left out. */
function messagingSettings(settings: ChanceryDeps['settings']) {
  return {
    serverName: settings.serverName,
    publicUrl: settings.publicUrl,
    mediaSettings: settings.media ?? {},
    defaultRoomVersion: settings.defaultRoomVersion ?? defaultRoomVersion,
    peopleSearch: settings.peopleSearch ?? 'everybody',
    hasPresence: settings.presence ?? true,
    push: { outboundOrigins: settings.outboundOrigins ?? [], sendsContent: settings.pushContent ?? false },
  } as const
}
