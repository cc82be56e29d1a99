import type { Principal } from '#access/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import type { Address, People, Person } from '../people/types.ts'

type Deps = {
  readonly agencyDoors: Pick<AgencyDoors, 'person'>
  readonly people: Pick<People, 'addressByPublicId' | 'rootOf'>
}

/** An address of the record that the path names. */
export async function ownAddress(
  { agencyDoors, people }: Deps,
  caller: Principal,
  act: 'citizens.people' | 'citizens.consent' | 'citizens.desk',
  { id, addressId }: { id: string; addressId: string },
): Promise<{ person: Person; address: Address }> {
  const { person } = await agencyDoors.person(caller, act, id)
  const address = await people.addressByPublicId(addressId)
  if (address?.personId === undefined || address.personId !== (await people.rootOf(person.id))) throw absent()
  return { person, address }
}
