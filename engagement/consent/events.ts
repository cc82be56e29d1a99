import type { ConsentEventRow } from '../store/consent-events.ts'
import type { ConsentDetails, ConsentEvent } from './types.ts'

/** `details`: opened from what is sealed; undefined once erased, and where nobody asked for them. */
export function presentEvent(row: ConsentEventRow, details: ConsentDetails | undefined): ConsentEvent {
  const { agencyId, seq, publicId, personId, addressId, purposeId, act, source, atTs } = row
  const holder = personId !== null ? { personId } : addressId !== null ? { addressId } : undefined
  return { agencyId, seq, publicId, holder, purposeId: purposeId ?? undefined, act, source, atMs: atTs, details }
}
