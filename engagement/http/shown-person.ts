import type { Agency } from '../agencies/types.ts'
import type { People, Person } from '../people/types.ts'
import { presentPerson } from './present.ts'

/** A record as it stands now, with the addresses that are hers. */
export async function shownPerson(people: Pick<People, 'addressesOf' | 'byId'>, person: Person, agency: Agency) {
  const root = person.mergedInto === undefined ? undefined : await people.byId(person.mergedInto)
  const addresses = person.state === 'active' ? await people.addressesOf(person.id) : []
  return presentPerson(person, agency, addresses, root?.publicId)
}
