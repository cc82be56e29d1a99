import type { Db } from '#platform/api.ts'

/** Who answers for what is written to a citizen. Everything about a citizen belongs to one. */
export type Agency = {
  readonly id: number
  /** Its name in addresses and in bodies of requests: lower-case letters, digits and hyphens. */
  readonly key: string
  readonly name: string
  /** ISO 3166-1, two capital letters: how telephone numbers without a country are read, and which rules hold for STOP. */
  readonly country: string
  /** BCP 47; the language of what it writes when nothing is known of the reader. */
  readonly language: string
}

export type AgencyWish = {
  readonly name?: string | undefined
  readonly country?: string | undefined
  readonly language?: string | undefined
}

/** Without its name, which is sealed: what a transaction needs. */
export type BriefAgency = Omit<Agency, 'name'>

export interface Agencies {
  /** Inside a transaction over its own connection. */
  brief(id: number, db?: Db): Promise<BriefAgency | undefined>
  /** As it was a second ago at most, where another server changed it. */
  byId(id: number): Promise<Agency | undefined>
  byKey(key: string): Promise<Agency | undefined>
  /**
   * The agency that a request means: the one with this key or, when none is named and there is exactly one, that one. Throws
   * M_NOT_FOUND or M_MISSING_PARAM.
   */
  named(key: string | undefined): Promise<Agency>
  all(): Promise<Agency[]>
  create(wish: AgencyWish & { key: string; name: string }): Promise<Agency>
  change(id: number, wish: AgencyWish): Promise<Agency>
  /** Whether the account works for the agency; from memory, for `access`. */
  isStaff(userId: number, agencyId: number): boolean
  /** Internal ids of the accounts that work for the agency. */
  staffOf(agencyId: number): readonly number[]
  addStaff(agencyId: number, userId: number): Promise<void>
  removeStaff(agencyId: number, userId: number): Promise<void>
}
