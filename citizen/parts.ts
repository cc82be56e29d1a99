import type {
  Agencies,
  AgencyDoors,
  CitizenRights,
  Consent,
  Correspondence,
  Courier,
  People,
  PreferenceBook,
  Purposes,
  RecordOpenings,
} from '#engagement/api.ts'
import type { Clock, Logger, Postgres, Random } from '#platform/api.ts'
import type { CodeWords } from './sessions/code-words.ts'
import type { Codes } from './sessions/codes.ts'
import type { CitizenSessions } from './sessions/sessions.ts'

/** What the pages are made of. */
export type CitizenParts = {
  readonly db: Postgres
  readonly clock: Clock
  readonly logger: Logger
  readonly random: Random
  readonly publicUrl: string
  /** IANA: in which times are told. */
  readonly timeZone: string
  readonly agencies: Agencies
  readonly agencyDoors: AgencyDoors
  readonly openings: RecordOpenings
  readonly people: People
  readonly purposes: Purposes
  readonly consent: Consent
  readonly preferences: PreferenceBook
  /** Left out: a copy of her data is had at the counter. */
  readonly rights?: CitizenRights | undefined
  readonly correspondence: Correspondence
  readonly courier: Courier
  readonly sessions: CitizenSessions
  readonly codes: Codes
  readonly codeWords: CodeWords
}
