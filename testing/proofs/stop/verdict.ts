import type { Postgres } from '#platform/api.ts'
import type { Citizen } from './world.ts'

/** A fact of the simulator, as far as it is looked at here. */
export type SeenFact = {
  readonly what: string
  readonly atMs: number
  readonly direction?: string
  readonly from?: string
  readonly to?: string
  readonly body?: string
  readonly sid?: string
  readonly step?: number
  readonly isTaken?: boolean
}

/** From so long after the web hook of a STOP was answered on, nothing in its scope may reach the provider. */
const graceMs = 1_000
const scopeMark = /^floods /
const confirmationMark = /Reply (ONLY|START)/

export type Faults = { readonly late: string[]; readonly twice: string[]; readonly committed: string[]; stops: number }

/** What the provider saw: requests in scope after a STOP held, more confirmations than one, words that went twice. */
export function seenFromOutside(facts: readonly SeenFact[], citizens: readonly Citizen[]): Faults {
  const answeredMs = answersOfHooks(facts)
  const faults: Faults = { late: [], twice: [], committed: [], stops: answeredMs.size }
  const bodies = new Map<string, number>()
  for (const fact of facts) {
    if (fact.what !== 'twilio.message' || fact.direction !== 'outbound-api') continue
    const { body = '', to = '' } = fact
    const key = confirmationMark.test(body) ? `confirmation ${to}` : body
    bodies.set(key, (bodies.get(key) ?? 0) + 1)
    const holdsFromMs = (answeredMs.get(to) ?? Number.POSITIVE_INFINITY) + graceMs
    if (scopeMark.test(body) && fact.atMs > holdsFromMs) {
      faults.late.push(`${body} to ${to}, ${fact.atMs - holdsFromMs} ms too late`)
    }
  }
  for (const [body, count] of bodies) if (count > 1) faults.twice.push(`${body}: ${count} times`)
  const known = new Set(citizens.map(({ number }) => number))
  for (const number of answeredMs.keys()) if (!known.has(number)) faults.late.push(`${number} is nobody`)
  return faults
}

/** When the web hook of each citizen's STOP was answered with success. */
function answersOfHooks(facts: readonly SeenFact[]): Map<string, number> {
  const senders = new Map<string, string>()
  const answered = new Map<string, number>()
  for (const fact of facts) {
    if (fact.what === 'twilio.message' && fact.direction === 'inbound') senders.set(fact.sid ?? '', fact.from ?? '')
    if (fact.what !== 'twilio.called' || fact.step !== -1 || fact.isTaken !== true) continue
    const sender = senders.get(fact.sid ?? '')
    if (sender !== undefined && !answered.has(sender)) answered.set(sender, fact.atMs)
  }
  return answered
}

const committedLater = `
  select a.public_id as "attempt", a.sending_ts - s.at_ts as "ms"
  from attempt a
  join send on send.id = a.send_id and send.kind = 'message'
  join address d on d.id = a.address_id
  join suppression s on s.hash = d.hash and s.reason = 'stopped' and s.lifted_ts is null
    and (s.purpose_id = send.purpose_id or s.purpose_id is null)
  where a.sending_ts is not null and a.sending_ts > s.at_ts`

/** Attempts whose gate was passed after a STOP in whose scope they are. Both times were taken behind the gate's lock. */
export async function committedAfterStop(postgres: Postgres): Promise<string[]> {
  const rows = await postgres.rows<{ attempt: string; ms: number }>(committedLater)
  return rows.map(({ attempt, ms }) => `${attempt}, ${ms} ms after the STOP`)
}
