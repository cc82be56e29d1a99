import Type from 'typebox'
import type { Agency } from '../agencies/types.ts'
import { readCursor } from '../citizen-route.ts'
import type { AddressKind, People, Person } from '../people/types.ts'
import { Cursor, Limit, NextCursor, OptionalAgency } from './shapes.ts'

const limitDefault = 50
const kinds: readonly AddressKind[] = ['sms', 'mail']

export const PeopleQuery = {
  agency: OptionalAgency,
  name: Type.Optional(Type.String({ maxLength: 200 })),
  address: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Limit,
  cursor: Cursor,
}

type Query = { name?: string; address?: string; limit?: number; cursor?: string }

const Found = Type.Object({
  id: Type.String(),
  name: Type.String(),
  language: Type.Optional(Type.String()),
  createdMs: Type.Integer(),
})
export const FoundPeople = Type.Object({ people: Type.Array(Found), next_cursor: NextCursor })

export async function findPeople(people: People, agency: Agency, query: Query) {
  if (query.address !== undefined) {
    const person = await whose(people, agency, query.address)
    return { people: person === undefined ? [] : [presentFound(person)] }
  }
  const before = readCursor(query.cursor)
  const limit = query.limit ?? limitDefault
  const page = { limit, ...(before !== undefined && { before }) }
  const found =
    query.name === undefined ? await people.page(agency.id, page) : await people.findByName(agency.id, query.name, page)
  const last = found.length < limit ? undefined : found.at(-1)
  const unique = [...new Map(found.map((person) => [person.id, person])).values()]
  return { people: unique.map(presentFound), ...(last !== undefined && { next_cursor: String(last.id) }) }
}

async function whose(people: People, agency: Agency, text: string): Promise<Person | undefined> {
  for (const kind of kinds) {
    const value = people.normalise(kind, text, agency.country)
    const address = value === undefined ? undefined : await people.addressOf(agency.id, kind, value)
    if (address?.personId !== undefined) return people.byId(address.personId)
  }
  return undefined
}

function presentFound({ publicId: id, name, language, createdMs }: Person) {
  return { id, name, ...(language !== undefined && { language }), createdMs }
}
