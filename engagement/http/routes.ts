import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { SigningKey } from '#matrix/api.ts'
import type { Clock, Postgres, Random, Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Consent, Purposes } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { AddressCodes, CitizenRights, Merging, People, PreferenceBook, RecordOpenings } from '../people/types.ts'
import { addAddress } from './add-address.ts'
import { addAgencyStaff } from './add-agency-staff.ts'
import { changeAddress } from './change-address.ts'
import { changeAgency } from './change-agency.ts'
import { changePerson } from './change-person.ts'
import { closePurpose } from './close-purpose.ts'
import { confirmAddressCode } from './confirm-address-code.ts'
import { createAgency } from './create-agency.ts'
import { createPerson } from './create-person.ts'
import { createPurpose } from './create-purpose.ts'
import { dropAddress } from './drop-address.ts'
import { erasePerson } from './erase-person.ts'
import { exportPerson } from './export-person.ts'
import { getConsentReceipt } from './get-consent-receipt.ts'
import { getConsentReceiptKey } from './get-consent-receipt-key.ts'
import { getPerson } from './get-person.ts'
import { getPreferences } from './get-preferences.ts'
import { listAgencies } from './list-agencies.ts'
import { listAgencyStaff } from './list-agency-staff.ts'
import { listCitizens } from './list-citizens.ts'
import { listConsents } from './list-consents.ts'
import { listOpenings } from './list-openings.ts'
import { listPurposes } from './list-purposes.ts'
import { mergePeople } from './merge-people.ts'
import { openRecord } from './open-record.ts'
import { recordConsent } from './record-consent.ts'
import { removeAgencyStaff } from './remove-agency-staff.ts'
import { rewordPurpose } from './reword-purpose.ts'
import { searchCitizens } from './search-citizens.ts'
import { sendAddressCode } from './send-address-code.ts'
import { setPreferences } from './set-preferences.ts'
import { splitPerson } from './split-person.ts'
import { stopAddress } from './stop-address.ts'
import { undoConsent } from './undo-consent.ts'
import { undoMerge } from './undo-merge.ts'
import { verifyConsentChain } from './verify-consent-chain.ts'

export type EngagementRouteDeps = {
  readonly db: Postgres
  readonly clock: Clock
  readonly random: Random
  readonly access: Access
  readonly receiptKey: SigningKey
  readonly users: Pick<Users, 'byMatrixId' | 'byIds'>
  readonly agencies: Agencies
  readonly agencyDoors: AgencyDoors
  readonly idempotency: Idempotency
  readonly people: People
  readonly purposes: Purposes
  readonly preferences: PreferenceBook
  readonly consent: Consent
  readonly openings: RecordOpenings
  readonly merging: Merging
  readonly rights: CitizenRights
  readonly codes: AddressCodes
}

export function engagementRoutes(deps: EngagementRouteDeps): Route[] {
  return [
    listAgencies(deps),
    createAgency(deps),
    changeAgency(deps),
    listAgencyStaff(deps),
    addAgencyStaff(deps),
    removeAgencyStaff(deps),
    createPurpose(deps),
    listPurposes(deps),
    createPerson(deps),
    listCitizens(deps),
    searchCitizens(deps),
    getPerson(deps),
    changePerson(deps),
    openRecord(deps),
    listOpenings(deps),
    addAddress(deps),
    changeAddress(deps),
    dropAddress(deps),
    sendAddressCode(deps),
    confirmAddressCode(deps),
    stopAddress(deps),
    recordConsent(deps),
    listConsents(deps),
    getConsentReceipt(deps),
    undoConsent(deps),
    getPreferences(deps),
    setPreferences(deps),
    mergePeople(deps),
    undoMerge(deps),
    splitPerson(deps),
    exportPerson(deps),
    erasePerson(deps),
    rewordPurpose(deps),
    closePurpose(deps),
    verifyConsentChain(deps),
    getConsentReceiptKey(deps),
  ]
}
