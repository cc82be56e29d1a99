import type { Access } from '#access/api.ts'
import type { Channels, Receiver } from '#channels/api.ts'
import type { Organisation, Profiles, Users } from '#identity/api.ts'
import type { SigningKey } from '#matrix/api.ts'
import type { ServiceRooms } from '#messaging/api.ts'
import type { Clock, Log, Logger, Nodes, Postgres, Random, Route, Vault } from '#platform/api.ts'
import { createAgencies } from './agencies/agencies.ts'
import { type AgencyDoors, createAgencyDoors } from './agencies/doors.ts'
import type { Staff } from './agencies/staff.ts'
import type {
  AddressCodes,
  Agencies,
  CitizenRights,
  Consent,
  Gates,
  Idempotency,
  Merging,
  People,
  PreferenceBook,
  Purposes,
  RecordOpenings,
} from './api.ts'
import type { Chain } from './consent/chain.ts'
import { firstHash } from './consent/chain-hash.ts'
import { createConsent } from './consent/create-consent.ts'
import { createPurposes } from './consent/purposes.ts'
import { createDesk, type TheDesk } from './desk/create-desk.ts'
import { createOwnConversations } from './desk/own-conversations.ts'
import type { ReplyWays } from './desk/types.ts'
import { createGates } from './gate/gates.ts'
import { engagementRoutes } from './http/routes.ts'
import { createIdempotency } from './idempotency/idempotency.ts'
import { learnWords } from './opt-out/classify.ts'
import { createAddresses } from './people/addresses.ts'
import { createMerging } from './people/merging.ts'
import { createOpenings } from './people/openings.ts'
import { createPeople } from './people/people.ts'
import { createPreferences } from './people/preferences.ts'
import { Rights } from './people/rights.ts'
import { createAddressCodes } from './people/verification.ts'
import { createCodeCourier } from './sends/code-courier.ts'
import type { CitizenLinks } from './sends/composing.ts'
import {
  createReplyWays,
  createSends,
  createWays,
  type RoomFiles,
  type Sends,
  withInbox,
} from './sends/create-sends.ts'
import type { Ways } from './sends/find-way.ts'
import { readWords } from './sends/read-words.ts'
import type { StopLaw } from './sends/stop-law.ts'
import { bearChain } from './store/consent-events.ts'

export { createStaff, type Staff } from './agencies/staff.ts'
export { createDeskGuard } from './desk/desk-guard.ts'
export type { RoomFiles } from './sends/create-sends.ts'
export type { StopLaw } from './sends/stop-law.ts'

export type CitizensDeps = {
  readonly db: Postgres
  readonly postgres: Postgres
  readonly vault: Vault
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly nodes: Nodes
  readonly access: Access
  readonly users: Users
  readonly organisation: Organisation
  /** Made before access, which asks it. */
  readonly staff: Staff
  /** Signs what citizens keep of what they agreed to. */
  readonly receiptKey: SigningKey
  readonly channels: Channels
}

/** Whom we know and what they agreed to: all that needs no rooms, so that rooms can ask it before they accept a word. */
export interface Citizens {
  readonly agencies: Agencies
  readonly purposes: Purposes
  readonly people: People
  readonly preferences: PreferenceBook
  readonly gates: Gates
  readonly consent: Consent
  /** Of consent, for erasure, which is its last event of a person. */
  readonly chain: Chain
  readonly idempotency: Idempotency
  readonly agencyDoors: AgencyDoors
  readonly ways: Ways
  /** What the desk's guard asks. */
  readonly replyWays: ReplyWays
}

export type EngagementDeps = CitizensDeps & {
  readonly citizens: Citizens
  readonly profiles: Pick<Profiles, 'displayName'>
  readonly log: Log
  readonly service: ServiceRooms
  readonly files: RoomFiles
  readonly links: CitizenLinks
  /** What the configuration says of countries, instead of what is known here. */
  readonly stopLaws?: readonly StopLaw[] | undefined
}

export interface Engagement extends Citizens {
  readonly routes: readonly Route[]
  readonly openings: RecordOpenings
  readonly merging: Merging
  readonly rights: CitizenRights
  readonly codes: AddressCodes
  readonly desk: TheDesk
  readonly sends: Sends
  /** Who is told of what comes in on the channels. */
  readonly receiver: Receiver
  /** Does what is left to do by itself, until the signal. */
  run(signal: AbortSignal): Promise<void>
}

export async function createCitizens(deps: CitizensDeps): Promise<Citizens> {
  const gates = createGates()
  const purposes = createPurposes(deps)
  const agencies = createAgencies({
    ...deps,
    onBirth: async (tx, { id, key }) => {
      await purposes.bear(tx, id)
      await bearChain(tx, id, firstHash(key))
    },
  })
  await agencies.ensureFirst()
  // Taken now: inside a transaction it would wait for a second connection.
  for (const label of ['purposes', 'consent']) await deps.vault.serverKey(label)
  const addresses = createAddresses(deps)
  const consent = createConsent({ ...deps, gates, agencies, purposes })
  const people = createPeople({ ...deps, addresses, gates, agencies, consent })
  const preferences = createPreferences(deps)
  const agencyDoors = createAgencyDoors({ ...deps, agencies, people, purposes })
  const idempotency = createIdempotency(deps)
  const ways = createWays({ ...deps, agencies, gates, people, preferences })
  const replyWays = createReplyWays({ ways, purposes })
  const { chain } = consent
  const kept = { agencies, purposes, people, preferences, gates, consent, chain, idempotency }
  return { ...kept, agencyDoors, ways, replyWays }
}

/** What each citizen may ask for, and who looked at her record. */
function createRecords(deps: CitizensDeps & Citizens) {
  const { people, gates, consent } = deps
  const openings = createOpenings({ ...deps, own: createOwnConversations({ ...deps, people }) })
  const merging = createMerging({ ...deps, gates, consent, people })
  const rights = new Rights({ ...deps, openings })
  return { openings, merging, rights }
}

export function createEngagement({ citizens, ...deps }: EngagementDeps): Engagement {
  const known = { ...deps, ...citizens }
  const records = createRecords(known)
  const desk = createDesk({ ...known, ...records, ways: citizens.replyWays })
  const sends = createSends({
    ...known,
    talks: desk.conversations,
    events: deps.service,
    allChannels: withInbox(deps.channels),
    read: readWords,
  })
  const codes = createAddressCodes({ ...known, courier: createCodeCourier({ ...known, ...sends }) })
  records.rights.onRequest(desk.data)
  records.rights.onRequest(sends.data)
  const parts = { ...known, ...records, codes }
  return {
    ...citizens,
    ...records,
    codes,
    routes: [...engagementRoutes(parts), ...desk.routes, ...sends.routes],
    desk,
    sends,
    receiver: sends.receiver,
    async run(signal) {
      if (deps.channels.all().length > 0) learnWords()
      await Promise.all([desk.run(signal), sends.run(signal)])
    },
  }
}
