import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'
import { roomPath } from '#testing/town-person.ts'

let office: CitizenOffice
let floods: string
let library: string
let tax: string
beforeAll(async () => {
  office = await CitizenOffice.open()
  floods = await office.purpose('floods')
  library = await office.purpose('library')
  tax = await office.purpose('tax', 'legal-duty')
})
afterAll(() => office[Symbol.asyncDispose]())

let numbers = 0
const newNumber = () => `+49151${String(10_000_000 + ++numbers)}`
const eventually = (look: () => unknown) => expect.poll(look, { timeout: 10_000, interval: 25 })
const received = (number: string) => office.simulator.received(number)
const say = (number: string, text: string) => office.simulator.text(number, officeNumber, text)
const view = async (id: string) => office.clerk.ok('GET', `/api/v1/sends/${id}`)

describe('POST /sends', () => {
  it('tells a citizen once, and GET tells how far it has come', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods])
    const answer = await office.send(person, floods, 'The river rises.')
    expect([answer.status, Object.keys(answer.json)]).toEqual([202, ['id']])
    await eventually(() => received(number)).toEqual(['The river rises.'])
    await eventually(async () => (await view(answer.json.id)).state).toBe('delivered')
    expect(await view(answer.json.id)).toMatchObject({
      personId: person,
      purposeId: floods,
      outcome: 'delivered',
      attempts: [
        { channel: 'sms', form: 'words', state: 'delivered', reason: 'It is the only address that we have of her.' },
      ],
    })
  })

  it('is done once for each Idempotency-Key', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods])
    const headers = { 'idempotency-key': 'one-flood' }
    const body = { personId: person, purposeId: floods, body: 'Once' }
    const answers = await Promise.all(
      [1, 2, 3].map(() => office.clerk.call('POST', '/api/v1/sends', { body, headers })),
    )
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    await eventually(() => received(number)).toEqual(['Once'])
  })

  it('is taken with others that come at the same moment, and waits with nobody for whose gate is held', async () => {
    const [held, free] = [newNumber(), newNumber()]
    const people = [await office.citizen(held, [floods]), await office.citizen(free, [floods])]
    const stranger = await office.citizen(newNumber())
    const { postgres } = office.town
    const [over, isHeld] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holding = postgres.transaction(async (tx) => {
      const gate = `select g.id from address_gate g join address a on a.gate_id = g.id
        join person p on p.id = a.person_id where p.public_id = $1 for update of g`
      await tx.rows(gate, [people[0]])
      isHeld.resolve()
      await over.promise
    })
    await isHeld.promise
    const waiting = `select 1 as one from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    const first = office.send(people[0] ?? '', floods, 'flood 0')
    await eventually(async () => (await postgres.rows(waiting)).length).toBe(1)
    const others = [1, 1, 0, 1].map((which, n) => office.send(people[which] ?? '', floods, `flood ${n + 1}`))
    const wishes = [first, ...others]
    const refused = office.send(stranger, floods, 'No')
    const settled: number[] = []
    wishes.forEach((wish, n) => void wish.then(() => settled.push(n)))
    try {
      await eventually(() => [...settled].sort()).toEqual([1, 2, 4])
      expect((await refused).json.error.code).toBe('no-consent')
    } finally {
      over.resolve()
      await holding
    }
    expect((await Promise.all(wishes)).map(({ status }) => status)).toEqual([202, 202, 202, 202, 202])
    await eventually(() => received(held).sort()).toEqual(['flood 0', 'flood 3'])
    await eventually(() => received(free).sort()).toEqual(['flood 1', 'flood 2', 'flood 4'])
  })

  it('is refused with the reason', async () => {
    const number = newNumber()
    const person = await office.citizen(number)
    const refused = await office.send(person, floods, 'No')
    expect([refused.status, refused.json.error]).toEqual([
      409,
      { code: 'no-consent', message: 'She has not agreed to this purpose, or it is closed. Ask her first.' },
    ])
    const { id: nobody } = await office.clerk.ok('POST', '/api/v1/people', { agency: 'main', name: 'Nobody' })
    const code = async (more: object, to = person) => (await office.send(to, tax, 'x', more)).json.error?.code
    expect(await code({}, nobody)).toBe('no-address')
    expect(await code({ channel: 'mail' })).toBe('no-address')
    expect(await code({ deadlineMs: 1 })).toBe('deadline')
    expect(await code({ body: 'word '.repeat(2_000) })).toBe('too-long')
    expect(received(number)).toEqual([])
  })

  it('does not tell an agency of people of another', async () => {
    await office.clerk.ok('POST', '/api/v1/agencies', { key: 'other', name: 'Other' })
    const otto = await office.town.person('otto', { role: 'owner' })
    await office.clerk.ok('PUT', `/api/v1/agencies/other/staff/${encodeURIComponent(otto.id)}`)
    const person = await office.citizen(newNumber(), [floods])
    const { json } = await office.send(person, floods, 'Ours')
    const theirs = await otto.call('POST', '/api/v1/sends', {
      body: { personId: person, purposeId: floods, body: 'x' },
    })
    expect(theirs.status).toBe(404)
    expect((await otto.call('GET', `/api/v1/sends/${json.id}`)).status).toBe(404)
    expect((await otto.call('GET', '/api/v1/tasks?agency=main')).status).toBe(404)
  })

  it('sends sensitive words to her inbox, and a neutral line with a link', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods])
    const { json } = await office.send(person, floods, 'Your test was positive.', { sensitivity: 'sensitive' })
    await eventually(() => received(number)).toEqual([expect.stringContaining('There is a new message for you.')])
    expect(received(number)[0]).not.toContain('positive')
    const [, publicId = ''] = /\/c\/i\/(\S+)$/.exec(received(number)[0] ?? '') ?? []
    const { inbox } = office.engagement.sends
    expect(await inbox.byId(publicId)).toMatchObject({ words: { text: 'Your test was positive.' }, readMs: undefined })
    await inbox.markRead(publicId)
    await eventually(async () => (await view(json.id)).state).toBe('read')
  })

  it('makes her address known as a good one when something has arrived', async () => {
    const number = newNumber()
    await office.send(await office.citizen(number, [floods]), floods, 'The river rises.')
    const address = () => office.engagement.people.addressOf(1, 'sms', number)
    await eventually(async () => (await address())?.lastGoodMs).toBeGreaterThan(Date.now() - 60_000)
  })
})

describe('STOP', () => {
  it('holds from its commit on, is confirmed once, and widens by an answer', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods, library])
    await office.send(person, floods, 'The river rises.')
    await eventually(() => received(number).length).toBe(1)
    await say(number, 'STOP')
    await eventually(() => received(number).length).toBe(2)
    expect(received(number)[1]).toContain('Reply ONLY')
    const refused = await office.send(person, floods, 'It rises still.')
    expect([refused.status, refused.json.error.code]).toEqual([409, 'stopped'])
    expect((await office.send(person, library, 'Your book is due.')).status).toBe(202)
    await eventually(() => received(number).length).toBe(3)
    await say(number, 'all')
    await eventually(async () => (await office.send(person, library, 'x')).json.error?.code).toBe('stopped')
    expect(received(number)).toHaveLength(3)
  })

  it('of the provider itself is not confirmed, and closes the sender until START', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods])
    await office.simulator.simulator.twilio.register({
      ...office.simulator.account,
      number: officeNumber,
      inboundUrl: 'http://town.example/hooks/sms/inbound',
      optOut: 'advanced',
    })
    await office.send(person, floods, 'The river rises.')
    await eventually(() => received(number).length).toBeGreaterThan(0)
    await say(number, 'STOP')
    await eventually(async () => (await office.send(person, floods, 'x')).json.error?.code).toBe('stopped')
    expect((await office.send(person, tax, 'Your tax is due.')).json.error?.code).toBe('provider-stopped')
    expect(received(number)).toEqual(['The river rises.', expect.stringContaining('successfully been unsubscribed')])
    await say(number, 'START')
    await eventually(() => received(number).some((text) => /Reply \d{4} to get/.test(text))).toBe(true)
    expect((await office.send(person, floods, 'x')).json.error?.code).toBe('stopped')
    await say(number, /Reply (\d{4})/.exec(received(number).at(-1) ?? '')?.[1] ?? '')
    await eventually(async () => (await office.send(person, floods, 'It falls.')).status).toBe(202)
  })
})

describe('a conversation', () => {
  it('carries what the staff says by her channel, with her receipts, and nothing else', async () => {
    const number = newNumber()
    const { clerk } = office
    await say(number, 'When is my appointment?')
    const talk = async () =>
      (await clerk.ok('GET', '/api/v1/conversations')).conversations.find((one: any) => one.name === number)
    await eventually(async () => (await talk())?.roomId).toBeTruthy()
    const { roomId } = await talk()
    await clerk.join(roomId)
    const answer = await clerk.say(roomId, 'On Monday at nine.')
    await clerk.say(roomId, 'a notice', { msgtype: 'm.notice' })
    await clerk.say(roomId, '!wait')
    await clerk.say(roomId, '* On Tuesday.', {
      'm.new_content': { msgtype: 'm.text', body: 'On Tuesday.' },
      'm.relates_to': { rel_type: 'm.replace', event_id: answer },
    })
    await clerk.say(roomId, 'Please bring your passport.')
    await eventually(() => received(number)).toEqual(['On Monday at nine.', 'Please bring your passport.'])
    const receipts = async () => {
      const sync = await clerk.ok('GET', '/sync')
      return JSON.stringify(sync.rooms.join[roomId]?.ephemeral ?? {})
    }
    await eventually(receipts).toContain('@c-')
    await say(number, 'Thank you!')
    const bodies = async () => (await clerk.messages(roomId)).chunk.map((event: any) => event.content.body)
    await eventually(bodies).toContain('Thank you!')
    expect(await clerk.ok('GET', `${roomPath(roomId)}/state/m.room.create`)).toMatchObject({ 'm.federate': false })
  })

  it('is told when she says STOP, and her other words go on to the desk', async () => {
    const number = newNumber()
    const person = await office.citizen(number, [floods])
    const { clerk } = office
    await office.send(person, floods, 'The river rises.')
    await eventually(() => received(number).length).toBe(1)
    await say(number, 'Does it reach my street?')
    const talk = async () =>
      (await clerk.ok('GET', '/api/v1/conversations')).conversations.find((one: any) => one.personId === person)
    await eventually(async () => (await talk())?.roomId).toBeTruthy()
    const { roomId } = await talk()
    await clerk.join(roomId)
    await say(number, 'STOP')
    const bodies = async () => (await clerk.messages(roomId)).chunk.map((event: any) => event.content.body)
    await eventually(bodies).toContain('She has said STOP to “floods”.')
    expect(await bodies()).not.toContain('STOP')
  })
})
