import type { Tx } from '#platform/api.ts'
import { shutGates } from '../store/addresses.ts'
import {
  type GateFacts,
  type GateStanding,
  type GateSuppression,
  gateFacts,
  gateStandings,
  gateSuppressions,
  lockGates,
  lockHolders,
} from '../store/gate.ts'
import { rootOfPerson, type StoredState } from '../store/people.ts'
import { blocking, isAgreed } from './rules.ts'
import type { GateAnswer, GateAsk, GateReason, Gates } from './types.ts'

/** What is read behind the gates, by address, and by address and purpose. */
type Read = {
  readonly holders: ReadonlyMap<number, StoredState>
  readonly facts: ReadonlyMap<string, GateFacts>
  readonly standings: ReadonlyMap<string, readonly GateStanding[]>
  readonly suppressions: ReadonlyMap<number, readonly GateSuppression[]>
}

export function createGates(): Gates {
  return {
    async pass(tx, ask) {
      const read = await readBehind(tx, [ask])
      return answer(tx, read, ask)
    },
    async passAll(tx, asks) {
      if (asks.length === 0) return []
      const read = await readBehind(tx, asks)
      return Promise.all(asks.map((ask) => answer(tx, read, ask)))
    },
    async shut(tx, addressIds) {
      if (addressIds.length > 0) await shutGates(tx, addressIds)
    },
  }
}

/** Started together: one round trip, and each statement sees what was committed when its turn came. */
async function readBehind(tx: Tx, asks: readonly GateAsk[]): Promise<Read> {
  const addressIds = [...new Set(asks.map(({ addressId }) => addressId))]
  const pairs = [asks.map(({ addressId }) => addressId), asks.map(({ purposeId }) => purposeId)] as const
  const [, holders, facts, standings, suppressions] = await Promise.all([
    lockGates(tx, addressIds),
    lockHolders(tx, addressIds),
    gateFacts(tx, ...pairs),
    gateStandings(tx, ...pairs),
    gateSuppressions(tx, addressIds),
  ])
  return {
    holders: new Map(holders.map(({ id, state }) => [id, state])),
    facts: new Map(facts.map((one) => [placeOf(one), one])),
    standings: Map.groupBy(standings, placeOf),
    suppressions: Map.groupBy(suppressions, ({ addressId }) => addressId),
  }
}

const placeOf = ({ addressId, purposeId }: { addressId: number; purposeId: number }) => `${addressId} ${purposeId}`

async function answer(tx: Tx, read: Read, ask: GateAsk): Promise<GateAnswer> {
  const place = placeOf(ask)
  const facts = read.facts.get(place)
  if (facts === undefined) return shut('erased')
  if (facts.purposeAgencyId !== facts.agencyId) throw new Error('A purpose of another agency was asked of a gate.')
  const { agencyId, basis, writtenTs, personId: holderId } = facts
  if (holderId !== null && read.holders.get(holderId) !== 'active') return shut('erased')
  if (ask.personId !== undefined && !(await isHers(tx, ask.personId, holderId ?? undefined))) return shut('not-hers')
  const reason = blocking(read.suppressions.get(ask.addressId) ?? [], { agencyId, basis, writtenTs, ...ask })
  if (reason !== undefined) return shut(reason)
  if (facts.closedTs !== null) return shut('no-consent')
  return basis !== 'consent' || isAgreed(read.standings.get(place) ?? []) ? { isOpen: true } : shut('no-consent')
}

/** `holderId` is a record that counts: addresses of merged records belong to the one they were merged into. */
async function isHers(tx: Tx, personId: number, holderId: number | undefined): Promise<boolean> {
  return personId === holderId || (await rootOfPerson(tx, personId)) === holderId
}

const messages: Readonly<Record<GateReason, string>> = {
  'no-consent': 'She has not agreed to this purpose, or it is closed. Ask her first.',
  stopped: 'She has said STOP on this address. Use another way, or wait until she writes.',
  held: 'She may have said STOP: nothing leaves for this purpose until she has answered.',
  bounced: 'Messages to this address come back. Ask her for another address.',
  complained: 'She has reported a message to this address as unwanted. Use another way.',
  'provider-stopped': 'The provider takes nothing more from this sender for this address until she writes START.',
  erased: 'This record has been erased.',
  'not-hers': 'This address is not known to be hers. Choose another one.',
}

function shut(reason: GateReason): GateAnswer {
  return { isOpen: false, reason, message: messages[reason] }
}
