import { hash } from 'node:crypto'

/** What the first event of an agency follows. */
export function firstHash(agencyKey: string): Buffer {
  return hash('sha256', `chancery consent chain 1 ${agencyKey}`, 'buffer')
}
