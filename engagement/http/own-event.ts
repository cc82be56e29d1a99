import type { ConsentEvent } from '../consent/types.ts'
import type { People, Person } from '../people/types.ts'

/** Whether an event is of the person, or of an address of hers. */
export async function isOwnEvent(
  people: Pick<People, 'addressesOf' | 'rootOf'>,
  person: Person,
  { holder }: Pick<ConsentEvent, 'holder'>,
): Promise<boolean> {
  if (holder === undefined) return false
  if ('personId' in holder) return (await people.rootOf(holder.personId)) === (await people.rootOf(person.id))
  return (await people.addressesOf(person.id)).some((address) => address.id === holder.addressId)
}
