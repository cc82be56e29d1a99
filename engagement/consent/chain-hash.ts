import { hash } from 'node:crypto'
import { canonicalBytes } from '#matrix/api.ts'
import type { ConsentDetails } from './types.ts'

/**
 * The hashes of the chain. A receipt names everything that goes into them, so that it can be checked without this server:
 * docs/reference/consent-receipts.md is the contract.
 */

/** What the first event of an agency follows. */
export function firstHash(agencyKey: string): Buffer {
  return hash('sha256', `chancery consent chain 1 ${agencyKey}`, 'buffer')
}

/** SHA-256 of salt and details in canonical JSON. */
export function commitmentOf(salt: Buffer, details: ConsentDetails): Buffer {
  return hash('sha256', Buffer.concat([salt, canonicalBytes(details)]), 'buffer')
}

export function evidenceHash(evidence: string): string {
  return hash('sha256', evidence, 'hex')
}

/** What is readable of an event. */
export type PublicPart = {
  readonly agency: string
  readonly seq: number
  readonly id: string
  readonly act: string
  readonly source: string
  readonly at: number
  readonly purpose: string | null
  readonly undoes: number | null
  readonly erases: readonly number[] | null
  /** Both in hex. */
  readonly commitment: string
  readonly previous: string
}

export function hashOf(part: PublicPart): Buffer {
  return hash('sha256', canonicalBytes(part), 'buffer')
}
