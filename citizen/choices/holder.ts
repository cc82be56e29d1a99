import type { Address, Holder, Person } from '#engagement/api.ts'
import type { CitizenParts } from '../parts.ts'
import type { Session } from '../sessions/sessions.ts'

/** For whom the pages are open: a person, or an address of which nobody knows whose it is. */
export type Reader = { readonly address: Address; readonly person: Person | undefined; readonly holder: Holder }

/** Undefined when the address is gone, with the person who was erased say. */
export async function readerOf(
  { people }: Pick<CitizenParts, 'people'>,
  { addressId, agencyId }: Pick<Session, 'addressId' | 'agencyId'>,
): Promise<Reader | undefined> {
  const address = await people.addressById(addressId)
  if (address === undefined || address.agencyId !== agencyId) return undefined
  if (address.personId === undefined || address.isShared) {
    return { address, person: undefined, holder: { addressId: address.id } }
  }
  const personId = await people.rootOf(address.personId)
  return { address, person: await people.byId(personId), holder: { personId } }
}
