/** What several endpoints answer, from what the nouns say. */
import type { Agency } from '../agencies/types.ts'
import type { Purpose, Wordings } from '../consent/types.ts'
import type { Address, NewAddress, Person } from '../people/types.ts'

export function presentAgency({ key, name, country, language }: Agency) {
  return { key, name, country, language }
}

export function presentAddress(address: Address) {
  const { publicId: id, kind, value, isVerified, isShared, isReadByOthers, lastGoodMs } = address
  const flags = { verified: isVerified, shared: isShared, readByOthers: isReadByOthers }
  return { id, kind, value, ...flags, ...(lastGoodMs !== undefined && { lastGoodMs }) }
}

/** `mergedInto`: the public id of the record that counts. */
export function presentPerson(person: Person, agency: Agency, addresses: readonly Address[], mergedInto?: string) {
  const { publicId: id, state, name, otherNames, language, createdMs } = person
  return {
    id,
    agency: agency.key,
    state,
    name,
    otherNames,
    ...(language !== undefined && { language }),
    ...(mergedInto !== undefined && { mergedInto }),
    createdMs,
    addresses: addresses.map(presentAddress),
  }
}

export function presentPurpose(purpose: Purpose, agency: Agency, wordings: Wordings) {
  const { publicId: id, key, title, basis, wordingVersion, isClosed } = purpose
  return { id, agency: agency.key, key, title, basis, wordingVersion, wordings, closed: isClosed }
}

type AddressBody = {
  kind: Address['kind']
  value: string
  verified?: boolean
  shared?: boolean
  readByOthers?: boolean
}

export function newAddress({ kind, value, verified, shared, readByOthers }: AddressBody): NewAddress {
  return {
    kind,
    value,
    ...(verified !== undefined && { isVerified: verified }),
    ...(shared !== undefined && { isShared: shared }),
    ...(readByOthers !== undefined && { isReadByOthers: readByOthers }),
  }
}
