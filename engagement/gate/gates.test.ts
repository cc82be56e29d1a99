import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import type { Address, Person, Purpose } from '../api.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const parts = () => town.chancery.engagement
const inTx = <T>(work: Parameters<typeof town.postgres.transaction<T>>[0]) => town.postgres.transaction(work)
const citizen = { kind: 'citizen' } as const
let count = 0
const number = () => `+4477008${String(10_000 + ++count)}`

/** An agency with a programme that rests on consent, and a person with a telephone. */
async function scene() {
  const { agencies, purposes, people } = parts()
  const { id: agencyId } = await agencies.create({ key: `agency-${++count}`, name: 'Office' })
  const wordings = { en: 'We write to you about it.' }
  return inTx(async (tx) => {
    const news = await purposes.create(tx, { agencyId, key: 'news', title: 'News', basis: 'consent', wordings })
    const addresses = [{ kind: 'sms', value: number() } as const]
    const person = await people.create(tx, { agencyId, name: 'Ada', addresses })
    const [phone] = await people.addressesOf(person.id, tx)
    return { agencyId, news, person, phone: phone as Address }
  })
}
type Scene = { readonly agencyId: number; readonly news: Purpose; readonly person: Person }

function say(
  { agencyId, news, person }: Scene,
  act: 'grant' | 'withdraw',
  holder: { personId: number } | { addressId: number } = { personId: person.id },
) {
  const wish = { agencyId, holder, purposeId: news.id, act, source: 'page', actor: citizen } as const
  return inTx((tx) => parts().consent.record(tx, wish))
}

async function reasonOf({ news, person }: Scene, { id: addressId }: Address): Promise<string> {
  const ask = { addressId, personId: person.id, purposeId: news.id, channelId: 'line', nowMs: Date.now() }
  const answer = await inTx((tx) => parts().gates.pass(tx, ask))
  return answer.isOpen ? 'open' : answer.reason
}

describe('the gate of an address', () => {
  it('is shut by what its person had ended before it was known to be hers', async () => {
    const s = await scene()
    const value = number()
    const unknown = await inTx((tx) => parts().people.ensureAddress(tx, s.agencyId, 'sms', value))
    await say(s, 'grant', { addressId: unknown.id })
    await say(s, 'withdraw')
    const hers = await inTx((tx) => parts().people.addAddress(tx, s.person.id, { kind: 'sms', value }))
    expect(await reasonOf(s, hers)).toBe('no-consent')
    await say(s, 'grant')
    expect(await reasonOf(s, hers)).toBe('open')
  })

  it('is shut by what was ended for it alone, until she agrees anew', async () => {
    const s = await scene()
    await say(s, 'grant')
    await say(s, 'withdraw', { addressId: s.phone.id })
    expect(await reasonOf(s, s.phone)).toBe('no-consent')
    await say(s, 'grant')
    expect(await reasonOf(s, s.phone)).toBe('open')
  })

  it('is not open to the next person by what was agreed to for it', async () => {
    const s = await scene()
    await say(s, 'grant', { addressId: s.phone.id })
    expect(await reasonOf(s, s.phone)).toBe('open')
    const { people, consent } = parts()
    await inTx((tx) => people.dropAddress(tx, s.person.id, s.phone.id))
    const person = await inTx((tx) => people.create(tx, { agencyId: s.agencyId, name: 'Eve' }))
    await inTx((tx) => people.addAddress(tx, person.id, { kind: 'sms', value: s.phone.value }))
    expect(await reasonOf({ ...s, person }, s.phone)).toBe('no-consent')
    expect((await consent.verify(s.agencyId)).fault).toBeUndefined()
  })

  it('that a provider closed is opened by START alone', async () => {
    const s = await scene()
    await say(s, 'grant')
    const closing = { addressId: s.phone.id, channelId: 'line', proofKey: 'c', atMs: Date.now() }
    await inTx((tx) => parts().consent.closeSender(tx, closing))
    const [event] = await parts().consent.history({ personId: s.person.id })
    const undo = { eventId: event?.publicId ?? '', source: 'page', actor: citizen } as const
    await expect(inTx((tx) => parts().consent.undo(tx, undo))).rejects.toThrow('Decide anew')
    expect(await reasonOf(s, s.phone)).toBe('provider-stopped')
  })
})
