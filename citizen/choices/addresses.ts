import type { Address } from '#engagement/api.ts'
import type { CitizenParts } from '../parts.ts'
import type { Session } from '../sessions/sessions.ts'
import type { Words } from '../words/words.ts'
import type { Reader } from './holder.ts'

const endLength = 4

/** Of an address, what tells her which of hers it is and tells nobody else the rest. */
export function masked({ kind, value }: Pick<Address, 'kind' | 'value'>): string {
  if (kind !== 'mail') return value.slice(-endLength)
  const at = value.lastIndexOf('@')
  const [name = '', host = ''] = [value.slice(0, at), value.slice(at + 1)]
  const top = host.slice(host.lastIndexOf('.') + 1)
  return `${[...name][0] ?? ''}…@${[...host][0] ?? ''}….${top}`
}

/** In words. Whole only what this session proved: the address that a code went to, and all of them once she proved more. */
export function addressInWords({ prove }: Words, session: Session, address: Address): string {
  const isCovered = session.isStrong || address.id === session.addressId
  if (isCovered && address.kind !== 'inbox') return address.value
  return prove.kinds[address.kind]?.(masked(address)) ?? ''
}

/** Where a second code may go: known as hers alone, read by nobody else, and not where the first one went. */
export async function secondAddresses(
  { people }: Pick<CitizenParts, 'people'>,
  { person, address }: Reader,
): Promise<Address[]> {
  if (person === undefined) return []
  const all = await people.addressesOf(person.id)
  return all.filter((one) => {
    const isHers = one.isVerified && !one.isShared && !one.isReadByOthers
    return isHers && one.kind !== 'inbox' && one.id !== address.id
  })
}
