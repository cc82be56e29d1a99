/** What the parts of `sends` need of one another and of others; each takes a slice. */
import type { Channel, Channels } from '#channels/api.ts'
import type { Clock, Logger, Nodes, Postgres, Random, Vault } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Consent, Purposes } from '../consent/types.ts'
import type { Gates } from '../gate/types.ts'
import type { People, PreferenceBook } from '../people/types.ts'

export type SendsMachine = {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly nodes: Pick<Nodes, 'id'>
  readonly vault: Pick<Vault, 'keys' | 'lookupHash' | 'serverKey'>
}

export type SendsNeighbours = {
  readonly agencies: Pick<Agencies, 'brief' | 'byId'>
  readonly people: Pick<
    People,
    | 'addAddress'
    | 'addressById'
    | 'addressOf'
    | 'addressesByIds'
    | 'addressesOf'
    | 'byId'
    | 'ensureAddress'
    | 'keyOf'
    | 'markGood'
    | 'rootOf'
  >
  readonly preferences: Pick<PreferenceBook, 'of'>
  readonly purposes: Pick<Purposes, 'byId' | 'conversationPurpose'>
  readonly gates: Gates
  readonly consent: Consent
  readonly channels: Pick<Channels, 'all' | 'byId' | 'choose'>
}

/** The channels of the configuration, and the inbox of the citizen pages beside them. */
export interface AllChannels {
  byId(id: string): Channel | undefined
  /** Those that an agency may send by: its own, and those that are nobody's. */
  ofAgency(agencyKey: string): readonly Channel[]
}
