import type { Sensitivity } from '#channels/api.ts'
import type { Clock, Postgres, Tx } from '#platform/api.ts'
import type { Address, AddressKind } from '../people/types.ts'
import { lastInOfConversation } from '../store/last-in.ts'
import { chooseWay } from './choose-way.ts'
import type { AllChannels, SendsNeighbours } from './parts.ts'
import type { NoWay, Refused, Way, WayFacts } from './ways.ts'

export type WayAsk = {
  readonly agencyId: number
  /** Undefined in a conversation of an address that nobody knows. */
  readonly personId: number | undefined
  /** The only address in question; needed where there is no person. */
  readonly addressId?: number | undefined
  readonly conversationId?: number | undefined
  readonly purposeId: number
  readonly sensitivity: Sensitivity
  readonly override?: AddressKind | undefined
  /** Addresses where these very words certainly did not arrive. */
  readonly failedAt?: ReadonlySet<number> | undefined
  /** Channels that asked to be left alone, or do not answer. */
  readonly down?: ReadonlySet<string> | undefined
}

export interface Ways {
  /**
   * Which channel and address the next words take and why, or why none and what is the next best. It asks the gates, so a
   * transaction that is given must hold nothing yet that comes after them.
   */
  choose(ask: WayAsk, tx?: Tx): Promise<Way | NoWay>
}

type Deps = Pick<SendsNeighbours, 'agencies' | 'people' | 'preferences' | 'gates'> & {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly channels: AllChannels
}

/** Gathers the facts, and asks the gate of the best way, then of the next best, until one is open. */
export class FindWay implements Ways {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  choose(ask: WayAsk, tx?: Tx): Promise<Way | NoWay> {
    if (tx !== undefined) return this.#choose(tx, ask)
    return this.#deps.postgres.transaction((own) => this.#choose(own, ask))
  }

  async #choose(tx: Tx, ask: WayAsk): Promise<Way | NoWay> {
    let facts = await this.#facts(tx, ask)
    for (;;) {
      const found = chooseWay(facts)
      const way = found.isOpen ? found : found.nextBest
      if (way === undefined) return found
      const refused = await this.#refused(tx, ask, way)
      if (refused === undefined) return found
      facts = {
        ...facts,
        addresses: facts.addresses.map((one) => (one.id === way.addressId ? shutFor(one, way, refused) : one)),
      }
    }
  }

  async #facts(tx: Tx, ask: WayAsk): Promise<WayFacts> {
    const { agencies, preferences, channels, clock } = this.#deps
    const [agency, addresses, preferred, lastIn] = await Promise.all([
      agencies.brief(ask.agencyId, tx),
      this.#addresses(tx, ask),
      ask.personId === undefined ? undefined : preferences.of(ask.personId, tx),
      ask.conversationId === undefined ? undefined : lastInOfConversation(tx, ask.conversationId),
    ])
    return {
      nowMs: clock.nowMs(),
      addresses,
      channels: (agency === undefined ? [] : channels.ofAgency(agency.key)).map(({ id, kind, rating }) => ({
        id,
        kind,
        rating,
        isDown: ask.down?.has(id) ?? false,
      })),
      lastIn: lastIn && { addressId: lastIn.addressId, channelId: lastIn.channelId, atMs: lastIn.atTs },
      order: preferred?.channels ?? [],
      sensitivity: ask.sensitivity,
      override: ask.override,
      failedAt: ask.failedAt,
      hasInbox: ask.personId !== undefined,
    }
  }

  async #addresses(tx: Tx, { personId, addressId }: WayAsk): Promise<Address[]> {
    const { people } = this.#deps
    if (personId !== undefined) {
      const all = await people.addressesOf(personId, tx)
      return addressId === undefined ? all : all.filter(({ id }) => id === addressId)
    }
    const address = addressId === undefined ? undefined : await people.addressById(addressId, tx)
    return address === undefined ? [] : [address]
  }

  async #refused(tx: Tx, { personId, purposeId }: WayAsk, way: Way): Promise<Refused | undefined> {
    const { gates, clock } = this.#deps
    const { addressId, channelId } = way
    const answer = await gates.pass(tx, { addressId, personId, purposeId, channelId, nowMs: clock.nowMs() })
    return answer.isOpen ? undefined : { code: answer.reason, message: answer.message }
  }
}

type WayAddress = WayFacts['addresses'][number]

/** A provider closes one sender; everything else closes the address. */
function shutFor(address: WayAddress, { channelId }: Way, refused: Refused): WayAddress {
  if (refused.code !== 'provider-stopped') return { ...address, shut: refused }
  return { ...address, shutOn: new Map(address.shutOn).set(channelId, refused) }
}
