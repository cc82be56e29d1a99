import type { Access } from '#access/api.ts'
import type { Organisation, Profiles, Users } from '#identity/api.ts'
import type { SigningKey } from '#matrix/api.ts'
import type { ServiceRooms } from '#messaging/api.ts'
import type { Clock, Log, Logger, Postgres, Random, Route, Vault } from '#platform/api.ts'
import { createAgencies } from './agencies/agencies.ts'
import { createAgencyDoors } from './agencies/doors.ts'
import type { Staff } from './agencies/staff.ts'
import type { Agencies, Consent, Gates, Idempotency, People, PreferenceBook, Purposes } from './api.ts'
import { firstHash } from './consent/chain-hash.ts'
import { createConsent } from './consent/create-consent.ts'
import { createPurposes } from './consent/purposes.ts'
import { createDesk, type TheDesk } from './desk/create-desk.ts'
import { createGates } from './gate/gates.ts'
import { engagementRoutes } from './http/routes.ts'
import { createIdempotency } from './idempotency/idempotency.ts'
import { createAddresses } from './people/addresses.ts'
import { createPeople } from './people/people.ts'
import { createPreferences } from './people/preferences.ts'
import { bearChain } from './store/consent-events.ts'

export { createStaff, type Staff } from './agencies/staff.ts'
export { createDeskGuard } from './desk/desk-guard.ts'

export type EngagementDeps = {
  readonly db: Postgres
  readonly vault: Vault
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly access: Access
  readonly users: Users
  readonly profiles: Pick<Profiles, 'displayName'>
  readonly log: Log
  readonly service: ServiceRooms
  readonly organisation: Organisation
  /** Made before access, which asks it. */
  readonly staff: Staff
  /** Signs what citizens keep of what they agreed to. */
  readonly receiptKey: SigningKey
}

export interface Engagement {
  readonly routes: readonly Route[]
  readonly agencies: Agencies
  readonly purposes: Purposes
  readonly people: People
  readonly preferences: PreferenceBook
  readonly gates: Gates
  readonly consent: Consent
  readonly idempotency: Idempotency
  readonly desk: TheDesk
  /** Does what is left to do by itself, until the signal. */
  run(signal: AbortSignal): Promise<void>
}

export async function createEngagement(deps: EngagementDeps): Promise<Engagement> {
  const gates = createGates()
  const purposes = createPurposes(deps)
  const agencies = createAgencies({
    ...deps,
    onBirth: async (tx, { id, key }) => {
      await purposes.bear(tx, id)
      await bearChain(tx, id, firstHash(key))
    },
  })
  await agencies.ensureFirst()
  // Taken now: inside a transaction it would wait for a second connection.
  await deps.vault.serverKey('purposes')
  const addresses = createAddresses(deps)
  const people = createPeople({ ...deps, addresses, gates, agencies })
  const preferences = createPreferences(deps)
  const consent = createConsent({ ...deps, gates, agencies, purposes })
  const agencyDoors = createAgencyDoors({ ...deps, agencies, people, purposes })
  const idempotency = createIdempotency(deps)
  const desk = createDesk({ ...deps, agencies, people, idempotency })
  const routes = [
    ...engagementRoutes({ ...deps, agencies, agencyDoors, idempotency, people, purposes }),
    ...desk.routes,
  ]
  return {
    routes,
    agencies,
    purposes,
    people,
    preferences,
    gates,
    consent,
    idempotency,
    desk,
    run: (signal) => desk.run(signal),
  }
}
