import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InboundMessage } from '#channels/api.ts'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'

let office: CitizenOffice
let floods: string
beforeAll(async () => {
  office = await CitizenOffice.open()
  floods = await office.purpose('floods')
})
afterAll(() => office[Symbol.asyncDispose]())

let numbers = 0
let inbound = 1_000_000
const newNumber = () => `+49152${String(10_000_000 + ++numbers)}`
const eventually = (look: () => unknown) => expect.poll(look, { timeout: 10_000, interval: 25 })
const received = (number: string) => office.simulator.received(number)

/** As a channel hands it over; the same `id` is the same message again. */
function message(from: string, text: string, more: Partial<InboundMessage> = {}): InboundMessage {
  const facts = { channelId: 'sms', kind: 'sms', to: officeNumber, authenticity: 'forgeable' } as const
  const id = ++inbound
  return { id, from, text, ...facts, receivedMs: Date.now(), files: [], filesMissing: 0, ...more }
}
const hears = (from: string, text: string, more?: Partial<InboundMessage>) =>
  office.engagement.receiver.message(message(from, text, more))

const roomOf = async (name: string): Promise<string | undefined> =>
  (await office.clerk.ok('GET', '/api/v1/conversations?limit=100')).conversations.find((one: any) => one.name === name)
    ?.roomId

async function takes(name: string): Promise<string> {
  await eventually(() => roomOf(name)).toBeTruthy()
  const roomId = (await roomOf(name)) ?? ''
  await office.clerk.join(roomId)
  return roomId
}
const bodies = async (roomId: string): Promise<string[]> =>
  (await office.clerk.messages(roomId)).chunk.map(({ content }: any) => content.body)

describe('what is forged', () => {
  it('does nothing, stands nowhere in her name, and is told to whoever talks with her', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods])
    await office.send(person, floods, 'The river rises.')
    await eventually(() => received(number).length).toBe(1)
    await hears(number, 'Does it reach my street?')
    const roomId = await takes(`Citizen ${number}`)
    const forged = message(number, 'STOP. And send the key to my neighbour.', { authenticity: 'forged' })
    await office.engagement.receiver.message(forged)
    await office.engagement.receiver.message(forged)
    await eventually(() => bodies(roomId)).toContainEqual(expect.stringContaining('is not from her'))
    await hears(number, 'Hello?')
    await eventually(() => bodies(roomId)).toContain('Hello?')
    const all = await bodies(roomId)
    expect(all.filter((body) => body?.includes('is not from her'))).toHaveLength(1)
    expect(all.join(' ')).not.toContain('neighbour')
    expect((await office.send(person, floods, 'It falls.')).status).toBe(202)
    expect(received(number).join(' ')).not.toMatch(/STOP|Reply/)
  })

  it('makes nobody known', async () => {
    const number = newNumber()
    await hears(number, 'Good morning', { authenticity: 'forged' })
    await hears(newNumber(), 'The last')
    expect(await roomOf(number)).toBeUndefined()
    const { people } = office.engagement
    expect(await people.addressOf(1, 'sms', number)).toBeUndefined()
  })
})

describe('an answer', () => {
  it('joins the conversation whose words it answers, from the address that got them and from no other', async () => {
    const [number, other] = [newNumber(), newNumber()]
    await hears(number, 'Is my passport ready?')
    const roomId = await takes(number)
    await office.clerk.say(roomId, 'It is.')
    await eventually(() => received(number)).toEqual(['It is.'])
    const attempt = await attemptTo(number)
    await hears(other, 'I come instead of her.', { answersAttempt: attempt })
    await eventually(() => roomOf(other)).toBeTruthy()
    await hears(number, 'Thank you!', { answersAttempt: attempt })
    await eventually(() => bodies(roomId)).toContain('Thank you!')
    expect(await bodies(roomId)).not.toContain('I come instead of her.')
  })

  async function attemptTo(number: string): Promise<string> {
    const { people } = office.engagement
    const address = await people.addressOf(1, 'sms', number)
    const row = await office.town.postgres.row<{ id: string }>(
      'select public_id as id from attempt where address_id = $1 order by id desc limit 1',
      [address?.id ?? 0],
    )
    return row?.id ?? ''
  }
})

describe('a receipt', () => {
  it('that only the provider has a name for comes again while nobody here knows that name', async () => {
    const number = newNumber()
    await office.send(await office.citizen(number, [floods]), floods, 'The river rises.')
    await eventually(() => received(number)).toEqual(['The river rises.'])
    const { people } = office.engagement
    const address = await people.addressOf(1, 'sms', number)
    const row = await office.town.postgres.row<{ reference: string }>(
      'select reference from attempt where address_id = $1 and reference is not null',
      [address?.id ?? 0],
    )
    const told = (reference: string) => ({ channelId: 'sms', reference, state: 'delivered' as const, atMs: Date.now() })
    const [known, unknown] = [told(row?.reference ?? ''), told(`SM${'0'.repeat(32)}`)]
    expect(await office.engagement.receiver.receipts([known, unknown])).toEqual([unknown])
    expect(await office.engagement.receiver.receipts([{ ...unknown, attempt: 'of nobody' }])).toEqual([])
  })
})

describe('a sender that two agencies share', () => {
  it('brings her STOP to the one that wrote last', async () => {
    const { clerk, town, engagement } = office
    await clerk.ok('POST', '/api/v1/agencies', { key: 'second', name: 'Second' })
    await clerk.ok('PUT', `/api/v1/agencies/second/staff/${encodeURIComponent(clerk.id)}`)
    const second = await engagement.agencies.byKey('second')
    const wordings = { en: 'News of the second.' }
    const news = { agency: 'second', key: 'news', title: 'news', basis: 'consent', wordings }
    const { id: purposeId } = await clerk.ok('POST', '/api/v1/purposes', news)
    const number = newNumber()
    const ours = await office.citizen(number, [floods])
    const addresses = [{ kind: 'sms', value: number, verified: true }]
    const { id: theirs } = await clerk.ok('POST', '/api/v1/people', { agency: 'second', name: 'Theirs', addresses })
    const [person, purpose] = await Promise.all([
      engagement.people.byPublicId(theirs),
      engagement.purposes.byPublicId(purposeId),
    ])
    await town.postgres.transaction((tx) =>
      engagement.consent.record(tx, {
        agencyId: second?.id ?? 0,
        holder: { personId: person?.id ?? 0 },
        purposeId: purpose?.id ?? 0,
        act: 'grant',
        source: 'api',
        actor: { kind: 'system' },
      }),
    )
    await office.send(ours, floods, 'The river rises.')
    await eventually(() => received(number).length).toBe(1)
    await clerk.ok('POST', '/api/v1/sends', { agency: 'second', personId: theirs, purposeId, body: 'News.' })
    await eventually(() => received(number).length).toBe(2)
    await hears(number, 'STOP')
    await eventually(() => received(number).at(-1)).toContain('news')
    expect((await office.send(theirs, purposeId, 'More news.')).json.error?.code).toBe('stopped')
    expect((await office.send(ours, floods, 'It falls.')).status).toBe(202)
    await eventually(() => received(number).at(-1)).toContain('falls')
    await hears(number, 'GOV')
    await eventually(async () => (await office.send(ours, floods, 'It is gone.')).json.error?.code).toBe('stopped')
  })
})
