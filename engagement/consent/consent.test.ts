import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db, Tx } from '#platform/api.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { Address, ConsentEvent, GateAnswer, Person, Purpose, StopScope } from '../api.ts'
import { chainedEvents } from '../store/consent-events.ts'
import { hashOf } from './chain-hash.ts'
import { publicPartOf, verifyChain } from './verify.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const parts = () => town.chancery.engagement
const inTx = <T>(work: Parameters<typeof town.postgres.transaction<T>>[0]) => town.postgres.transaction(work)
let count = 0
const next = () => ++count

type Scene = { agencyId: number; purposes: Purpose[]; person: Person; addresses: Address[] }

/** An agency with two programmes that rest on consent and a legal duty, and a person with a telephone and a mailbox. */
async function scene(): Promise<Scene> {
  const { agencies, purposes, people } = parts()
  const agency = await agencies.create({ key: `agency-${next()}`, name: 'Office' })
  const wordings = { en: 'We write to you about it.', pt: 'Escrevemos sobre isso.' }
  const bases = ['consent', 'consent', 'legal-duty'] as const
  return inTx(async (tx) => {
    const made: Purpose[] = []
    for (const [n, basis] of bases.entries()) {
      made.push(await purposes.create(tx, { agencyId: agency.id, key: `p${n}`, title: `Title ${n}`, basis, wordings }))
    }
    const person = await people.create(tx, {
      agencyId: agency.id,
      name: 'Ada',
      addresses: [
        { kind: 'sms', value: `+4477009${String(10_000 + next())}` },
        { kind: 'mail', value: `ada${next()}@example.org` },
      ],
    })
    const addresses = await people.addressesOf(person.id, tx)
    const order = ['sms', 'mail'].map((kind) => addresses.find((address) => address.kind === kind)!)
    return { agencyId: agency.id, purposes: made, person, addresses: order }
  })
}

const citizen = { kind: 'citizen' } as const

function say(
  { agencyId, person }: Scene,
  purpose: Purpose,
  act: 'grant' | 'withdraw' | 'request' | 'confirm',
  holder: { personId: number } | { addressId: number } = { personId: person.id },
): Promise<ConsentEvent> {
  const wish = {
    agencyId,
    holder,
    purposeId: purpose.id,
    act,
    source: 'page',
    actor: citizen,
    proof: { form: 'f1' },
  } as const
  return inTx((tx) => parts().consent.record(tx, wish))
}

function pass({ person }: Scene, address: Address, purpose: Purpose, more = {}): Promise<GateAnswer> {
  const ask = {
    addressId: address.id,
    personId: person.id,
    purposeId: purpose.id,
    channelId: 'line',
    nowMs: Date.now(),
  }
  return inTx((tx) => parts().gates.pass(tx, { ...ask, ...more }))
}
const reasonOf = async (...ask: Parameters<typeof pass>) => {
  const answer = await pass(...ask)
  return answer.isOpen ? 'open' : answer.reason
}
const stop = (address: Address, scope: StopScope, more = {}) =>
  inTx((tx) =>
    parts().consent.stop(tx, {
      addressId: address.id,
      scope,
      channelId: 'line',
      source: 'sms',
      proofKey: `m${next()}`,
      atMs: Date.now(),
      ...more,
    }),
  )

describe('consent', () => {
  it('is needed where a purpose rests on it, and only there', async () => {
    const s = await scene()
    const [news, , duty] = s.purposes as [Purpose, Purpose, Purpose]
    const [phone, mail] = s.addresses as [Address, Address]
    expect([await reasonOf(s, phone, news), await reasonOf(s, phone, duty)]).toEqual(['no-consent', 'open'])
    await say(s, news, 'request')
    expect(await reasonOf(s, phone, news)).toBe('no-consent')
    await say(s, news, 'confirm')
    expect([await reasonOf(s, phone, news), await reasonOf(s, mail, news)]).toEqual(['open', 'open'])
    await say(s, news, 'withdraw')
    expect(await reasonOf(s, mail, news)).toBe('no-consent')
    await expect(say(s, news, 'confirm')).rejects.toThrow('no request')
    await expect(say(s, duty, 'grant')).rejects.toThrow('does not rest on consent')
  })

  it('of an address counts there alone, and ends with the person\u2019s word', async () => {
    const s = await scene()
    const [news] = s.purposes as [Purpose]
    const [phone, mail] = s.addresses as [Address, Address]
    await say(s, news, 'grant', { addressId: phone.id })
    expect([await reasonOf(s, phone, news), await reasonOf(s, mail, news)]).toEqual(['open', 'no-consent'])
    await say(s, news, 'withdraw')
    expect(await reasonOf(s, phone, news)).toBe('no-consent')
  })

  it('is not another person\u2019s to use', async () => {
    const [s, other] = [await scene(), await scene()]
    const [phone] = s.addresses as [Address]
    await say(s, s.purposes[0]!, 'grant')
    expect(await reasonOf(s, phone, s.purposes[0]!, { personId: other.person.id })).toBe('not-hers')
    expect(await reasonOf(s, phone, s.purposes[0]!, { personId: undefined })).toBe('open')
    await expect(pass(s, phone, other.purposes[0]!)).rejects.toThrow('another agency')
  })

  it('can be taken back for 30 days, the newest word only', async () => {
    const s = await scene()
    const [news] = s.purposes as [Purpose]
    const [phone] = s.addresses as [Address]
    const granted = await say(s, news, 'grant')
    const withdrawn = await say(s, news, 'withdraw')
    const undo = (event: ConsentEvent, atMs = Date.now()) =>
      inTx((tx) => parts().consent.undo(tx, { eventId: event.publicId, source: 'page', actor: citizen, atMs }))
    await expect(undo(granted)).rejects.toThrow('came after this')
    await expect(undo(withdrawn, Date.now() + 31 * 86_400_000)).rejects.toThrow('30 days')
    await undo(withdrawn)
    expect(await reasonOf(s, phone, news)).toBe('open')
    await expect(undo(withdrawn)).rejects.toThrow('came after this')
    expect((await parts().consent.history({ personId: s.person.id })).map(({ act }) => act)).toEqual([
      'undo',
      'withdraw',
      'grant',
    ])
  })
})

describe('STOP', () => {
  it('of a programme ends that one, by hash of the address', async () => {
    const s = await scene()
    const [news, other] = s.purposes as [Purpose, Purpose]
    const [phone, mail] = s.addresses as [Address, Address]
    await say(s, news, 'grant')
    await say(s, other, 'grant')
    const proofKey = 'twice'
    expect(await stop(phone, { purposeId: news.id }, { proofKey })).toMatchObject({
      isNew: true,
      purposeIds: [news.id],
    })
    expect(await stop(phone, { purposeId: news.id }, { proofKey })).toEqual({ isNew: false, purposeIds: [news.id] })
    expect(await reasonOf(s, phone, news)).toBe('stopped')
    expect(await reasonOf(s, mail, news)).toBe('no-consent')
    expect(await reasonOf(s, phone, other)).toBe('open')
    // A new grant as such does not open what she closed on her telephone.
    await say(s, news, 'grant')
    expect([await reasonOf(s, phone, news), await reasonOf(s, mail, news)]).toEqual(['stopped', 'open'])
  })

  it('of the agency leaves duties their other ways, and this one when she writes again', async () => {
    const s = await scene()
    const [news, , duty] = s.purposes as [Purpose, Purpose, Purpose]
    const [phone, mail] = s.addresses as [Address, Address]
    await say(s, news, 'grant')
    const atMs = Date.now()
    const written = (ms: number) => inTx((tx) => parts().consent.markWritten(tx, phone.id, ms))
    await written(atMs)
    await stop(phone, 'agency', { atMs })
    expect(await reasonOf(s, phone, news)).toBe('stopped')
    expect([await reasonOf(s, phone, duty), await reasonOf(s, mail, duty)]).toEqual(['stopped', 'open'])
    await written(atMs + 1)
    expect([await reasonOf(s, phone, duty), await reasonOf(s, phone, news)]).toEqual(['open', 'stopped'])
    const start = { addressId: phone.id, scope: 'agency', channelId: 'line', source: 'sms', proofKey: 's' } as const
    const started = await inTx((tx) => parts().consent.start(tx, { ...start, atMs: atMs + 2 }))
    expect(started).toEqual({ isNew: true, purposeIds: [news.id] })
    expect(await reasonOf(s, phone, news)).toBe('open')
  })

  it('gives back with START only what it ended itself', async () => {
    const s = await scene()
    const [news, other] = s.purposes as [Purpose, Purpose]
    const [phone] = s.addresses as [Address]
    await say(s, news, 'grant')
    await say(s, other, 'grant')
    await say(s, other, 'withdraw')
    await stop(phone, 'agency', { atMs: Date.now() + 5 })
    const start = { addressId: phone.id, scope: 'agency', channelId: 'line', source: 'sms', proofKey: 's' } as const
    await inTx((tx) => parts().consent.start(tx, { ...start, atMs: Date.now() + 9 }))
    expect([await reasonOf(s, phone, news), await reasonOf(s, phone, other)]).toEqual(['open', 'no-consent'])
  })

  it('gives back what one STOP ended, and leaves the others', async () => {
    const s = await scene()
    const [news, other] = s.purposes as [Purpose, Purpose]
    const [phone] = s.addresses as [Address]
    for (const purpose of [news, other]) await say(s, purpose, 'grant')
    await stop(phone, { purposeId: news.id })
    await stop(phone, 'agency', { proofKey: 'silence', atMs: Date.now() + 5 })
    const start = { addressId: phone.id, scope: 'agency', channelId: 'line', source: 'sms', proofKey: 's' } as const
    await inTx((tx) => parts().consent.start(tx, { ...start, ofProof: 'silence', atMs: Date.now() + 9 }))
    expect([await reasonOf(s, phone, news), await reasonOf(s, phone, other)]).toEqual(['stopped', 'open'])
  })

  it('of the government reaches every agency that knows the address, and new ones', async () => {
    const [a, b] = [await scene(), await scene()]
    const value = a.addresses[0]!.value
    await inTx((tx) => parts().people.addAddress(tx, b.person.id, { kind: 'sms', value }))
    const shared = (await parts().people.addressOf(b.agencyId, 'sms', value))!
    await say(a, a.purposes[0]!, 'grant')
    await say(b, b.purposes[0]!, 'grant')
    expect(await reasonOf(b, shared, b.purposes[0]!)).toBe('open')
    await stop(a.addresses[0]!, 'government')
    expect(await reasonOf(a, a.addresses[0]!, a.purposes[0]!)).toBe('stopped')
    expect(await reasonOf(b, shared, b.purposes[0]!)).toBe('stopped')
    expect(await reasonOf(b, b.addresses[0]!, b.purposes[0]!)).toBe('no-consent')
    const c = await scene()
    const late = await inTx((tx) => parts().people.addAddress(tx, c.person.id, { kind: 'sms', value }))
    await say(c, c.purposes[0]!, 'grant')
    expect(await reasonOf(c, late, c.purposes[0]!)).toBe('stopped')
    for (const { agencyId } of [a, b]) expect((await parts().consent.verify(agencyId)).fault).toBeUndefined()
  })

  it('may be unsure: a hold waits, and a closed sender is closed for everything', async () => {
    const s = await scene()
    const [news, , duty] = s.purposes as [Purpose, Purpose, Purpose]
    const [phone] = s.addresses as [Address]
    await say(s, news, 'grant')
    const wish = { addressId: phone.id, scope: { purposeId: news.id }, channelId: 'line', source: 'sms' } as const
    await inTx((tx) => parts().consent.hold(tx, { ...wish, proofKey: 'h', atMs: 1 }))
    expect(await reasonOf(s, phone, news)).toBe('held')
    await inTx((tx) => parts().consent.release(tx, { ...wish, proofKey: 'r', atMs: 2 }))
    expect(await reasonOf(s, phone, news)).toBe('open')
    await inTx((tx) =>
      parts().consent.closeSender(tx, { addressId: phone.id, channelId: 'line', proofKey: 'c', atMs: 3 }),
    )
    await inTx((tx) => parts().consent.markWritten(tx, phone.id, 4))
    expect([await reasonOf(s, phone, news), await reasonOf(s, phone, duty)]).toEqual([
      'provider-stopped',
      'provider-stopped',
    ])
    expect(await reasonOf(s, phone, news, { channelId: 'other' })).toBe('open')
    await inTx((tx) =>
      parts().consent.suppress(tx, { addressId: phone.id, reason: 'bounced', proofKey: 'b', atMs: 10 }),
    )
    expect(await reasonOf(s, phone, duty, { channelId: 'other' })).toBe('bounced')
  })

  it('can be undone whole', async () => {
    const s = await scene()
    const [phone] = s.addresses as [Address]
    await say(s, s.purposes[0]!, 'grant')
    await stop(phone, 'agency')
    const [event] = (await parts().consent.history({ personId: s.person.id })).filter(({ act }) => act === 'stop')
    await inTx((tx) =>
      parts().consent.undo(tx, { eventId: event!.publicId, source: 'page', actor: citizen, atMs: Date.now() + 1 }),
    )
    expect(await reasonOf(s, phone, s.purposes[0]!)).toBe('open')
  })
})

describe('the chain', () => {
  /** Things that may happen to a person of a scene; refusals are part of life. */
  const step = fc.record({
    act: fc.constantFrom('grant', 'withdraw', 'request', 'confirm', 'undo', 'stop', 'stopAll', 'start', 'hold', 'gov'),
    purpose: fc.integer({ min: 0, max: 1 }),
    holder: fc.constantFrom('person', 'phone', 'mail'),
  })
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

  async function live(s: Scene, steps: readonly Step[]): Promise<void> {
    const clock = new FakeClock(1_000)
    const events: ConsentEvent[] = []
    for (const { act, purpose, holder } of steps) {
      clock.advance(10)
      const address = s.addresses[holder === 'mail' ? 1 : 0]!
      const purposeId = s.purposes[purpose]!.id
      const who = holder === 'person' ? { personId: s.person.id } : { addressId: address.id }
      const base = {
        addressId: address.id,
        channelId: 'line',
        source: 'sms',
        proofKey: `k${next()}`,
        atMs: clock.nowMs(),
      }
      await inTx(async (tx) => {
        const { consent } = parts()
        if (act === 'undo') {
          const eventId = events.at(-1)?.publicId ?? 'none'
          await consent.undo(tx, { eventId, source: 'page', actor: citizen, atMs: clock.nowMs() })
        } else if (act === 'stop') await consent.stop(tx, { ...base, source: 'sms', scope: { purposeId } })
        else if (act === 'stopAll') await consent.stop(tx, { ...base, source: 'sms', scope: 'agency' })
        else if (act === 'gov') await consent.stop(tx, { ...base, source: 'sms', scope: 'government' })
        else if (act === 'start') await consent.start(tx, { ...base, source: 'sms', scope: 'agency' })
        else if (act === 'hold') await consent.hold(tx, { ...base, source: 'sms', scope: { purposeId } })
        else {
          const wish = { agencyId: s.agencyId, holder: who, purposeId, act, source: 'page', actor: citizen } as const
          events.push(await consent.record(tx, { ...wish, atMs: clock.nowMs() }))
        }
      }).catch((error: { code?: string }) => {
        if (error.code !== 'CHANCERY_CONFLICT' && error.code !== 'M_NOT_FOUND') throw error
      })
    }
  }
  const states = (agencyId: number) =>
    town.postgres.rows(
      `select person_id, address_id, purpose_id, state, since_ts, seq from consent_state where agency_id = $1
       order by person_id, address_id, purpose_id`,
      [agencyId],
    )

  it('derives the same state again, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const s = await scene()
        await live(s, steps)
        const before = await states(s.agencyId)
        expect((await parts().consent.verify(s.agencyId)).fault).toBeUndefined()
        await parts().consent.rebuild(s.agencyId)
        expect(await states(s.agencyId)).toEqual(before)
      }),
      { numRuns: 25 },
    )
  })

  const changes = [
    `public_id = public_id || 'x'`,
    'person_id = case when person_id is null then 1 else null end',
    'address_id = case when address_id is null then 1 else null end',
    'purpose_id = case when purpose_id is null then (select min(id) from purpose) else null end',
    `act = case when act = 'grant' then 'withdraw' else 'grant' end`,
    `source = case when source = 'api' then 'page' else 'api' end`,
    'at_ts = at_ts + 1',
    'undoes_seq = coalesce(undoes_seq, 0) + 1',
    'erases = array[1]::bigint[]',
    'key_id = key_id + 1',
    'sealed = null, key_id = null, person_id = null, address_id = null',
    'sealed = set_byte(sealed, length(sealed) - 1, (get_byte(sealed, length(sealed) - 1) + 1) % 256)',
    'commitment = set_byte(commitment, 3, (get_byte(commitment, 3) + 1) % 256)',
    'prev_hash = set_byte(prev_hash, 3, (get_byte(prev_hash, 3) + 1) % 256)',
    'hash = set_byte(hash, 3, (get_byte(hash, 3) + 1) % 256)',
    'mac = set_byte(mac, 3, (get_byte(mac, 3) + 1) % 256)',
  ]

  /** What the verifier says of the chain of an agency after something was done to it, which is then undone. */
  async function faultAfter(agencyId: number, alter: string, kept?: string) {
    const agency = (await parts().agencies.byId(agencyId))!
    const fault = await town.postgres
      .transaction(async (tx) => {
        await tx.run(`do $$ begin ${alter}; end $$`)
        throw new Rollback((await verifyChain(tx, town.chancery.vault, agency, kept)).fault)
      })
      .catch((error: unknown) => (error instanceof Rollback ? error.found : Promise.reject(error)))
    return fault && `${fault.kind} ${fault.seq}`
  }

  async function longChain() {
    const s = await scene()
    const acts = ['grant', 'stop', 'request', 'confirm', 'withdraw', 'undo', 'stopAll', 'grant', 'start'] as const
    const steps = acts.map((act, n) => ({ act, purpose: n % 2, holder: n % 3 === 2 ? 'phone' : 'person' }) as const)
    await live(s, steps)
    const { events, head } = await parts().consent.verify(s.agencyId)
    expect(events).toBeGreaterThan(9)
    return { ...s, events, head, here: `agency_id = ${s.agencyId}` }
  }

  it('names the first event that was altered, is missing or stands elsewhere', async () => {
    const { agencyId, events, here } = await longChain()
    const check = async (alter: string, fault: string) =>
      expect([alter, await faultAfter(agencyId, alter)]).toEqual([alter, fault])
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...changes), fc.integer({ min: 1, max: events }), async (change, seq) => {
        await check(`update consent_event set ${change} where ${here} and seq = ${seq}`, `altered ${seq}`)
      }),
      { numRuns: 60 },
    )
    for (const seq of [1, 5, events]) {
      await check(`delete from consent_event where ${here} and seq = ${seq}`, `missing ${seq}`)
      if (seq === events) continue
      await check(`update consent_event set seq = ${events + 5} where ${here} and seq = ${seq}`, `reordered ${seq}`)
      const swap = `update consent_event set seq = -seq where ${here} and seq in (${seq}, ${seq + 1})`
      const back = `update consent_event set seq = ${2 * seq + 1} + seq where ${here} and seq < 0`
      await check(`${swap}; ${back}`, `reordered ${seq}`)
    }
    await check(`update consent_chain set seq = seq - 1 where ${here}`, `head ${events}`)
    await check(`update consent_chain set hash = '\\x00' where ${here}`, `head ${events}`)
    const first = (await town.postgres.row<{ seq: number }>(`select min(seq) as seq from consent_state where ${here}`))!
      .seq
    await check(`update consent_state set state = 'requested' where ${here} and seq = ${first}`, `state ${first}`)
  })

  it('knows an event that somebody made up, whose hash is right and whose seal is not', async () => {
    const { agencyId, events, here } = await longChain()
    const { key } = (await parts().agencies.byId(agencyId))!
    for (const seq of [2, 7, events + 1]) {
      const [before] = await chainedEvents(town.postgres, agencyId, seq - 2, 1)
      const [previous, commitment] = [before!.hash.toString('hex'), before!.commitment.toString('hex')]
      const hash = hashOf({ ...publicPartOf({ ...before!, seq, publicId: 'made-up' }, key), commitment, previous })
      const made = `insert into consent_event select agency_id, ${seq}, 'made-up', person_id, address_id, purpose_id, act,
        source, at_ts, undoes_seq, erases, key_id, sealed, commitment, hash, '\\x${hash.toString('hex')}', mac
        from consent_event where ${here} and seq = ${seq - 1}`
      const move = (by: number, from: number) =>
        `update consent_event set seq = seq + ${by} where ${here} and seq >= ${from}`
      const found = await faultAfter(agencyId, `${move(1_000, seq)}; ${move(-999, 1_000)}; ${made}`)
      expect(found).toBe(`altered ${seq}`)
    }
  })

  it('whose end somebody took away, with all that tells of it, is found out by who kept a hash', async () => {
    const { agencyId, head, here } = await longChain()
    const ended = `delete from consent_event where ${here} and seq > 1; delete from consent_state where ${here} and seq > 1;
      update consent_chain set seq = 1, hash = (select hash from consent_event where ${here} and seq = 1) where ${here}`
    expect(await faultAfter(agencyId, ended, head)).toBe('missing 2')
    expect((await parts().consent.verify(agencyId, head)).fault).toBeUndefined()
    const { receipt } = parts().consent
    const [first] = await chainedEvents(town.postgres, agencyId, 0, 1)
    const kept = (await receipt(first!.publicId))?.hash
    expect((await parts().consent.verify(agencyId, String(kept))).fault).toBeUndefined()
  })
})

class Rollback extends Error {
  readonly found: { kind: string; seq: number } | undefined
  constructor(found: { kind: string; seq: number } | undefined) {
    super('rolled back')
    this.found = found
  }
}

describe('the gate', () => {
  it('lets no send be committed after what ended its permission', async () => {
    const s = await scene()
    const [news] = s.purposes as [Purpose]
    const [phone, mail] = s.addresses as [Address, Address]
    const { consent, gates } = parts()
    const { id: personId } = s.person
    const how = { channelId: 'line', source: 'sms', actor: citizen } as const
    const base = { addressId: phone.id, ...how }
    const withdrawal = { agencyId: s.agencyId, holder: { personId }, purposeId: news.id, act: 'withdraw' } as const
    const once = () => ({ proofKey: `race ${next()}`, atMs: 1 })
    const complaint = { addressId: phone.id, reason: 'complained' } as const
    const ends: readonly [Address, (tx: Tx) => Promise<unknown>][] = [
      [phone, (tx) => consent.stop(tx, { ...base, ...once(), scope: { purposeId: news.id } })],
      [phone, (tx) => consent.stop(tx, { ...base, ...once(), scope: 'government' })],
      [mail, (tx) => consent.stop(tx, { ...base, ...once(), scope: 'agency' })],
      [mail, (tx) => consent.record(tx, { ...withdrawal, ...how })],
      [phone, (tx) => consent.suppress(tx, { ...complaint, ...once() })],
      [phone, (tx) => consent.hold(tx, { ...base, ...once(), scope: { purposeId: news.id } })],
    ]
    await town.postgres.run('create table sent (n bigint generated always as identity)')
    const countSent = async (db: Db) => (await db.row<{ n: number }>('select count(*) as n from sent'))!.n
    const ask = { personId, purposeId: news.id, channelId: 'line', nowMs: 0 }
    let open = 0
    for (const [address, end] of [...ends, ...ends, ...ends]) {
      await town.postgres.run('update suppression set lifted_ts = 1')
      await say(s, news, 'grant')
      const sender = async () => {
        for (let n = 0; n < 8; n++) {
          await inTx(async (tx) => {
            const answer = await gates.pass(tx, { ...ask, addressId: address.id })
            if (!answer.isOpen) return
            open++
            await tx.run('insert into sent default values')
            // Wide open for whoever would slip in between the look and the commit.
            await tx.run('select pg_sleep(0.003)')
          })
        }
      }
      // What held a permission is committed before the end has its lock, so the end counts all that there will ever be.
      const ender = () =>
        inTx(async (tx) => {
          await tx.run('select pg_sleep(0.006)')
          await end(tx)
          const seen = await countSent(tx)
          await tx.run('select pg_sleep(0.006)')
          return seen
        })
      const [seen] = await Promise.all([ender(), sender(), sender(), sender()])
      expect(await countSent(town.postgres)).toBe(seen)
    }
    expect(open).toBeGreaterThan(20)
  })
})
