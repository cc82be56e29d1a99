import type { Permission, Principal } from '#access/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'

type Deps = { readonly agencyDoors: Pick<AgencyDoors, 'enter'>; readonly agencies: Pick<Agencies, 'byId'> }

/** Through the door of the agency that something belongs to. What does not exist is refused like what is of others. */
export async function throughAgency(
  { agencyDoors, agencies }: Deps,
  caller: Principal,
  act: Permission,
  agencyId: number | undefined,
): Promise<void> {
  const agency = agencyId === undefined ? undefined : await agencies.byId(agencyId)
  if (agency === undefined) throw absent()
  await agencyDoors.enter(caller, act, agency.key)
}
