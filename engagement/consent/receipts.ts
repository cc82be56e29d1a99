import { canonicalBytes, encodeBase64, type SigningKey } from '#matrix/api.ts'
import type { ChainedRow } from '../store/consent-events.ts'
import type { EventContents } from './chain.ts'
import type { ConsentReceipt } from './types.ts'
import { publicPartOf } from './verify.ts'

type Parts = {
  readonly row: ChainedRow
  readonly contents: EventContents
  readonly agency: { readonly key: string; readonly name: string }
  readonly purposeTitle: string | undefined
  /** The words that were shown. */
  readonly wording: string | undefined
}

/**
 * One event with everything that its hash is made of, signed. Whoever holds it shows later what was agreed to, and that the chain
 * has or had this event in this place. docs/reference/consent-receipts.md tells how to check it.
 */
export function signReceipt(key: SigningKey, { row, contents, agency, purposeTitle, wording }: Parts): ConsentReceipt {
  const unsigned = {
    version: 1,
    event: {
      ...publicPartOf(row, agency.key),
      commitment: row.commitment.toString('hex'),
      previous: row.prevHash.toString('hex'),
    },
    hash: row.hash.toString('hex'),
    salt: contents.salt,
    details: contents.details,
    agencyName: agency.name,
    ...(purposeTitle !== undefined && { purposeTitle }),
    ...(wording !== undefined && { wording }),
    key: { id: key.keyId, publicKey: key.publicKey },
  }
  return { ...unsigned, signature: encodeBase64(key.sign(canonicalBytes(unsigned))) } as unknown as ConsentReceipt
}
