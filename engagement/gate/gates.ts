import type { Tx } from '#platform/api.ts'
import { shutGates } from '../store/addresses.ts'
import { gateFacts, gateStanding, lockGate, lockHolder } from '../store/gate.ts'
import { rootOfPerson } from '../store/people.ts'
import { suppressionsInForce } from '../store/suppressions.ts'
import { blocking, isAgreed } from './rules.ts'
import type { GateAnswer, GateReason, Gates } from './types.ts'

export function createGates(): Gates {
  return {
    async pass(tx, ask) {
      // Started together: one round trip, and each statement sees what was committed when its turn came.
      const [gate, holder, facts, standings] = await Promise.all([
        lockGate(tx, ask.addressId),
        lockHolder(tx, ask.addressId),
        gateFacts(tx, ask.addressId, ask.purposeId),
        gateStanding(tx, ask.addressId, ask.purposeId),
      ])
      if (gate === undefined || facts === undefined) return shut('erased')
      if (facts.purposeAgencyId !== facts.agencyId) throw new Error('A purpose of another agency was asked of a gate.')
      if (holder !== undefined && holder.state !== 'active') return shut('erased')
      if (ask.personId !== undefined && !(await isHers(tx, ask.personId, holder?.id))) return shut('not-hers')
      const { agencyId, basis, writtenTs } = facts
      const suppressions = await suppressionsInForce(tx, facts.hash)
      const reason = blocking(suppressions, { agencyId, basis, writtenTs, ...ask })
      if (reason !== undefined) return shut(reason)
      if (facts.closedTs !== null) return shut('no-consent')
      return basis !== 'consent' || isAgreed(standings) ? { isOpen: true } : shut('no-consent')
    },
    async shut(tx, addressIds) {
      if (addressIds.length > 0) await shutGates(tx, addressIds)
    },
  }
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
