/** How a citizen's record looks in an export: with what she can read, and without numbers that mean nothing to her. */
import type { JsonObject } from '#matrix/api.ts'
import type { ConsentEvent, Purpose } from '../consent/types.ts'
import type { MergeRow } from '../store/person-merges.ts'
import type { Address, Person, RecordOpening } from './types.ts'

export function exportedPerson({ publicId: id, name, otherNames, language, createdMs }: Person): JsonObject {
  return { id, name, otherNames: [...otherNames], ...(language !== undefined && { language }), createdMs }
}

export function exportedAddress(address: Address): JsonObject {
  const { kind, value, isVerified, isReadByOthers, lastGoodMs } = address
  const flags = { verified: isVerified, readByOthers: isReadByOthers }
  return { kind, value, ...flags, ...(lastGoodMs !== undefined && { lastGoodMs }) }
}

export function exportedEvent(event: ConsentEvent, purpose: Purpose | undefined): JsonObject {
  const { publicId: id, seq, act, source, atMs, details } = event
  return {
    id,
    seq,
    act,
    source,
    atMs,
    ...(purpose !== undefined && { purpose: purpose.title, purposeId: purpose.publicId }),
    ...(details !== undefined && { details: JSON.parse(JSON.stringify(details)) as JsonObject }),
  }
}

/** Who of the staff it was is the agency's to say: its name stands at the top of the export. */
export function exportedOpening({ reason, atMs, program }: RecordOpening): JsonObject {
  return { by: program === undefined ? 'staff' : 'program', reason, atMs }
}

export function exportedMerge({ publicId: id, mergedTs: mergedMs, undoneTs }: MergeRow): JsonObject {
  return { id, mergedMs, ...(undoneTs !== null && { undoneMs: undoneTs }) }
}
