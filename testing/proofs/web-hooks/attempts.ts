import type pg from 'pg'
import type { BlackBox } from '../black-box.ts'
import type { HookCall } from './hook-calls.ts'

const addressCount = 200
/** By what a provider calls it: engagement/sends/attempt-states.ts. */
const places: Readonly<Record<string, number>> = { sent: 4, delivered: 6, read: 7 }
const accepted = 3

/** Citizens whose messages the receipts are about. @returns internal ids of their addresses. */
export async function plantAddresses(box: BlackBox, client: pg.Client, token: string): Promise<number[]> {
  for (let n = 0; n < addressCount; n++) {
    const addresses = [{ kind: 'sms', value: `+4915${String(700_000_000 + n)}`, verified: true }]
    await box.ok('POST', '/api/v1/people', { token, body: { name: `Citizen ${n}`, addresses } })
  }
  return (await client.query('select id from address order by id')).rows.map(({ id }) => Number(id))
}

const insertSends = `
  insert into send (public_id, agency_id, kind, purpose_id, address_id, sensitivity, created_ts, deadline_ts, decide_ts)
  select 's' || n, a.id, 'message', (select min(id) from purpose), ($3::bigint[])[1 + n % array_length($3::bigint[], 1)], 1, 0, $4, $4
  from generate_series($1::bigint, $2::bigint) n, (select min(id) as id from agency) a`
const insertAttempts = `
  insert into attempt (public_id, send_id, agency_id, address_id, channel_id, form, state, due_ts, reason, sending_ts,
                       created_ts, changed_ts)
  select 'a' || n, s.id, s.agency_id, s.address_id, 'sms', 'words', ${accepted}, 0, 'for this proof', 0, 0, 0
  from generate_series($1::bigint, $2::bigint) n join send s on s.public_id = 's' || n`

/** Messages from `from` on that the provider has accepted, of which it tells in receipts. */
export async function plantAttempts(
  client: pg.Client,
  addresses: readonly number[],
  { from, count }: { readonly from: number; readonly count: number },
): Promise<void> {
  const farTs = Date.now() + 365 * 24 * 3_600_000
  await client.query(insertSends, [from, from + count - 1, addresses, farTs])
  await client.query(insertAttempts, [from, from + count - 1])
  await client.query('analyze attempt')
}

/** What was told of each message, as places. */
export class Told {
  readonly #surely = new Map<number, number>()
  readonly #perhaps = new Map<number, number>()

  /** `isTaken`: it was answered with success; else it may be stored all the same. */
  hear({ identity, isForged }: HookCall, isTaken: boolean): void {
    if (isForged) return
    const [n = '', status = ''] = identity.split(' ')
    const place = places[status] ?? 0
    raise(this.#perhaps, Number(n), place)
    if (isTaken) raise(this.#surely, Number(n), place)
  }

  /** Attempts that do not stand where the furthest of their receipts has put them. */
  async faults(client: pg.Client, numbers: { readonly from: number; readonly count: number }): Promise<string[]> {
    const { rows } = await client.query(
      `select substr(public_id, 2)::bigint as n, state from attempt
       where public_id ~ '^a[0-9]+$' and substr(public_id, 2)::bigint between $1 and $2`,
      [numbers.from, numbers.from + numbers.count - 1],
    )
    const faults = rows.flatMap(({ n, state }) => {
      const [least, most] = [this.#surely.get(Number(n)) ?? accepted, this.#perhaps.get(Number(n)) ?? accepted]
      return state >= least && state <= most
        ? []
        : [`Message ${n} is in state ${state}, and its receipts say ${least}.`]
    })
    return rows.length === numbers.count
      ? faults
      : [...faults, `${rows.length} of ${numbers.count} messages are there.`]
  }
}

function raise(places: Map<number, number>, n: number, place: number): void {
  if (place > (places.get(n) ?? 0)) places.set(n, place)
}
