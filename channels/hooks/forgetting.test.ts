import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '#platform/api.ts'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'
import { testDatabase } from '#testing/database.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import type { Channel } from '../api.ts'
import type { Provider } from '../provider.ts'
import { Forgetting } from './forgetting.ts'

const soon = (look: () => unknown) => expect.poll(look, { interval: 20, timeout: 10_000 })

describe('a citizen who is erased', () => {
  let office: CitizenOffice
  beforeAll(async () => {
    office = await CitizenOffice.open()
  })
  afterAll(() => office[Symbol.asyncDispose]())

  const hooks = () =>
    office.town.postgres.rows<{
      sealed: Buffer | null
      sender: Buffer | null
      receipt: boolean
      handed: number | null
    }>('select sealed, sender_hash as sender, is_receipt as receipt, handed_ts as handed from channel_hook order by id')

  it('leaves nothing of what came from her, here and with the provider, and others keep theirs', async () => {
    const purpose = await office.purpose('bins')
    const [to, other] = ['+4915200070001', '+4915200070002']
    const id = await office.citizen(to, [purpose])
    await office.send(id, purpose, 'Bins on Thursday')
    for (const from of [to, other]) await office.simulator.text(from, officeNumber, 'Thank you')
    await soon(async () => (await hooks()).filter(({ receipt, handed }) => !receipt && handed !== null).length).toBe(2)
    await soon(async () => (await hooks()).some(({ receipt, handed }) => receipt && handed !== null)).toBe(true)
    // A receipt says who she is and nothing that is not known: it dies when it was understood.
    for (const one of (await hooks()).filter((hook) => hook.receipt && hook.handed !== null)) {
      expect(one.sealed).toBeNull()
    }
    const { accountSid } = office.simulator.account
    const known = () =>
      [...office.simulator.simulator.twilio.messages(accountSid)].map(({ from, to }) => `${from} ${to}`)
    expect(known()).toContain(`${officeNumber} ${to}`)
    await office.clerk.ok('POST', `/api/v1/people/${id}/erase`, {})
    const messages = (await hooks()).filter(({ receipt }) => !receipt)
    expect(messages.map(({ sealed, sender }) => [sealed === null, sender === null])).toEqual([
      [true, true],
      [false, false],
    ])
    await soon(known).toEqual([`${other} ${officeNumber}`])
    await soon(() => office.town.postgres.rows('select 1 from channel_forget')).toEqual([])
  })
})

describe('a provider', () => {
  it('is asked by one server at a time, again and again until it has deleted, and for ever by nobody', async () => {
    await using database = await testDatabase()
    const clock = new FakeClock()
    const asked: string[] = []
    let isWilling = false
    const forget: Channel['forget'] = async (reference) => {
      asked.push(reference)
      return isWilling && reference !== 'never'
    }
    const provider = { channel: { kind: 'sms', forget } } as unknown as Provider
    const counted: string[] = []
    const forgetting = () =>
      new Forgetting({
        postgres: database.postgres,
        vault: { lookupHash: () => Buffer.alloc(32) },
        clock,
        logger: silentLogger,
        keys: { byId: () => Promise.reject(new Error('nothing came')) },
        providers: new Map([['sms', provider]]),
        count: (_, what) => counted.push(what),
      })
    const [one, two] = [forgetting(), forgetting()]
    const sent = ['m1', 'never'].map((reference) => ({ channelId: 'sms', reference }))
    const gone = { channelId: 'gone', reference: 'of a channel that is gone' }
    await database.postgres.transaction((tx) => one.forget(tx, { addresses: [], sent: [...sent, gone] }))
    const { signal } = new AbortController()
    const rounds = () => Promise.all([one.round(signal), two.round(signal)])
    await rounds()
    await rounds()
    expect(asked.sort()).toEqual(['m1', 'never'])
    isWilling = true
    await clock.advance(60_000)
    await rounds()
    expect(counted).toEqual(['forgotten'])
    for (let day = 0; day < 60; day++) {
      await clock.advance(24 * 3_600_000)
      await rounds()
    }
    expect(counted).toEqual(['forgotten', 'not_forgotten'])
    expect(asked.length).toBeLessThan(60)
    expect(await database.postgres.rows('select 1 from channel_forget')).toEqual([])
  })
})
