import type { Consenting, LegalBasis, SuppressionReason } from '../consent/types.ts'

type Suppression = {
  readonly agencyId: number | null
  readonly purposeId: number | null
  readonly channelId: string | null
  readonly reason: SuppressionReason
  readonly atTs: number
}

type Wish = {
  readonly agencyId: number
  readonly purposeId: number
  readonly channelId: string
  readonly basis: LegalBasis
  /** When she last wrote from the address. */
  readonly writtenTs: number | null
}

/** The order in which several reasons are told. */
const order: readonly SuppressionReason[] = ['stopped', 'complained', 'held', 'bounced', 'provider-stopped']

/** Why the wish may not pass, of all that is in force for the address; undefined when nothing is in its way. */
export function blocking(suppressions: readonly Suppression[], wish: Wish): SuppressionReason | undefined {
  const reasons = new Set(suppressions.filter((one) => blocks(one, wish)).map((one) => one.reason))
  return order.find((reason) => reasons.has(reason))
}

/**
 * - A sender that the provider has closed stays closed, whatever the purpose.
 * - What bounced is dead until she writes from it.
 * - STOP and a complaint end what rests on consent. Legal duty and public task go another way, or this way when she has written
 *   here since. A warning of an emergency passes: nobody means floods when she is tired of news.
 * - A hold waits for an answer of hers, and is about what rests on consent alone.
 */
function blocks(suppression: Suppression, wish: Wish): boolean {
  const { agencyId, purposeId, channelId, reason, atTs } = suppression
  if (agencyId !== null && agencyId !== wish.agencyId) return false
  if (purposeId !== null && purposeId !== wish.purposeId) return false
  if (channelId !== null && channelId !== wish.channelId) return false
  if (reason === 'provider-stopped') return true
  const hasWritten = wish.writtenTs !== null && wish.writtenTs > atTs
  if (reason === 'bounced') return !hasWritten
  if (wish.basis === 'consent') return true
  if (reason === 'held' || wish.basis === 'emergency') return false
  return !hasWritten
}

type Standing = { readonly state: Consenting; readonly seq: number; readonly isPersons: boolean }

/**
 * Of a person's records the newest word counts. What the address agreed to by itself counts beside it, until she says something
 * else; what was ended for the address alone is ended there, until she agrees anew.
 */
export function isAgreed(standings: readonly Standing[]): boolean {
  const hers = newestOf(standings.filter(({ isPersons }) => isPersons))
  const own = newestOf(standings.filter(({ isPersons }) => !isPersons))
  const isHersLater = (hers?.seq ?? 0) > (own?.seq ?? 0)
  if (hers?.state === 'granted') return own?.state !== 'withdrawn' || isHersLater
  return own?.state === 'granted' && !isHersLater
}

const newestOf = (standings: readonly Standing[]): Standing | undefined =>
  standings.reduce<Standing | undefined>(
    (best, one) => (best === undefined || one.seq > best.seq ? one : best),
    undefined,
  )
