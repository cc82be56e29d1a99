import type { Sensitivity } from '#channels/api.ts'
import type { Clock, Db, Postgres, Tx } from '#platform/api.ts'
import type { Address, AddressKind } from '../people/types.ts'
import { lastInOfConversation } from '../store/last-in.ts'
import { chooseWay } from './choose-way.ts'
import type { AllChannels, SendsNeighbours } from './parts.ts'
import type { NoWay, Refused, Way, WayFacts } from './ways.ts'

export type WayAsk = {
  readonly agencyId: number
  /** Where it is known already. */
  readonly agencyKey?: string | undefined
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

/** What is known before any gate is asked. */
export type Looked = { readonly ask: WayAsk; readonly facts: WayFacts; readonly addresses: readonly Address[] }

export interface Ways {
  /**
   * Which channel and address the next words take and why, or why none and what is the next best. It asks the gates, so a
   * transaction that is given must hold nothing yet that comes after them.
   */
  choose(ask: WayAsk, tx?: Tx): Promise<Way | NoWay>
  look(ask: WayAsk): Promise<Looked>
  /** The ways of many, from what was known of each; the gates are passed together, and hold until the transaction ends. */
  chooseAll(tx: Tx, looked: readonly Looked[]): Promise<(Way | NoWay)[]>
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

  look(ask: WayAsk): Promise<Looked> {
    return this.#look(undefined, ask)
  }

  async chooseAll(tx: Tx, looked: readonly Looked[]): Promise<(Way | NoWay)[]> {
    const { gates, clock } = this.#deps
    const chosen: (Way | NoWay)[] = []
    let open = looked.map((one, at) => ({ ...one, at }))
    while (open.length > 0) {
      const asked = open.flatMap((one) => {
        const found = chooseWay(one.facts)
        chosen[one.at] = found
        const way = found.isOpen ? found : found.nextBest
        return way === undefined ? [] : [{ ...one, way }]
      })
      const nowMs = clock.nowMs()
      const answers = await gates.passAll(
        tx,
        asked.map(({ ask: { personId, purposeId }, way: { addressId, channelId } }) => ({
          addressId,
          personId,
          purposeId,
          channelId,
          nowMs,
        })),
      )
      open = asked.flatMap((one, at) => {
        const answer = answers[at]
        if (answer === undefined || answer.isOpen) return []
        return [{ ...one, facts: without(one.facts, one.way, { code: answer.reason, message: answer.message }) }]
      })
    }
    return chosen
  }

  async #choose(tx: Tx, ask: WayAsk): Promise<Way | NoWay> {
    const [found] = await this.chooseAll(tx, [await this.#look(tx, ask)])
    if (found === undefined) throw new Error('Nobody looked for a way.')
    return found
  }

  /** Outside of a transaction whoever looks at the same moment shares the queries. */
  async #look(tx: Tx | undefined, ask: WayAsk): Promise<Looked> {
    const { agencies, postgres, preferences, channels, clock } = this.#deps
    const [agency, addresses, preferred, lastIn] = await Promise.all([
      ask.agencyKey === undefined ? agencies.brief(ask.agencyId, tx) : { key: ask.agencyKey },
      this.#addresses(tx, ask),
      ask.personId === undefined ? undefined : preferences.of(ask.personId, tx),
      ask.conversationId === undefined ? undefined : lastInOfConversation(tx ?? postgres, ask.conversationId),
    ])
    const facts: WayFacts = {
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
    return { ask, facts, addresses }
  }

  async #addresses(tx: Db | undefined, { personId, addressId }: WayAsk): Promise<Address[]> {
    const { people } = this.#deps
    if (personId !== undefined) {
      const all = await people.addressesOf(personId, tx)
      return addressId === undefined ? all : all.filter(({ id }) => id === addressId)
    }
    const address = addressId === undefined ? undefined : await people.addressById(addressId, tx)
    return address === undefined ? [] : [address]
  }
}

type WayAddress = WayFacts['addresses'][number]

function without(facts: WayFacts, way: Way, refused: Refused): WayFacts {
  const { addresses } = facts
  return {
    ...facts,
    addresses: addresses.map((one) => (one.id === way.addressId ? shutFor(one, way, refused) : one)),
  }
}

/** A provider closes one sender; everything else closes the address. */
function shutFor(address: WayAddress, { channelId }: Way, refused: Refused): WayAddress {
  if (refused.code !== 'provider-stopped') return { ...address, shut: refused }
  return { ...address, shutOn: new Map(address.shutOn).set(channelId, refused) }
}
