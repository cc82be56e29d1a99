import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'

const streets = '+15550001000'
const [number, mail] = ['+12025550142', 'ana@citizens.example']
let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator()
  const { twilio } = simulator.simulator
  await twilio.register({ ...simulator.account, number: streets, name: 'Streets', optOut: 'off' })
  await simulator.simulator.mail.register({ address: 'desk@city.example', name: 'Permits', host: '127.0.0.1', port: 9 })
  await simulator.ask('POST', '/simulator/citizens', { name: 'Ana <b>', addresses: [number, mail] })
  await simulator.ask('POST', '/simulator/pages', { name: 'the City', url: 'http://127.0.0.1:8008/c/main' })
})
afterAll(() => simulator[Symbol.asyncDispose]())

const page = async (query = '', init: RequestInit = {}) => {
  const response = await fetch(`${simulator.url}/phone${query}`, { redirect: 'manual', ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const write = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  page('', { method: 'POST', headers, body: new URLSearchParams({ who: number, ...fields }) })
const said = async () => (await simulator.ask('GET', '/simulator/facts?what=said')).facts
const her = encodeURIComponent(number)

it('shows one telephone, whose it is, and where the agency has pages, with names as text', async () => {
  const { status, headers, text } = await page()
  expect(status).toBe(200)
  expect(text).toContain('<h2 id="hers">Ana &lt;b&gt;</h2>')
  expect(text).toContain('<a href="http://127.0.0.1:8008/c/main">Pages of the City for citizens</a>')
  expect(text).toContain('Streets, SMS +15550001000')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*script-src 'self'/)
})

it('writes as her, by SMS and by mail, and keeps what was written where it cannot go', async () => {
  const sent = await write({ to: streets, text: 'One\r\nTwo', subject: '' })
  expect([sent.status, sent.headers.get('location')]).toEqual([303, `/phone?who=${her}&to=%2B15550001000`])
  await write({ to: 'desk@city.example', text: 'And by mail', subject: 'My permit' })
  expect(await said()).toMatchObject([
    { kind: 'sms', from: number, to: streets, text: 'One\nTwo' },
    { kind: 'mail', from: mail, to: 'desk@city.example', text: 'And by mail', subject: 'My permit' },
  ])
  expect((await page(`?who=${her}`)).text).toMatch(/To <b>Permits<\/b>.*My permit.*And by mail/s)
  const lost = await write({ to: '+15559999999', text: '<kept>', subject: '' })
  expect([lost.status, lost.text.includes('&lt;kept&gt;</textarea>')]).toEqual([400, true])
  const byMail = await write({ who: '+12025550199', to: 'desk@city.example', text: 'x', subject: '' })
  expect(byMail.text).toContain('+12025550199 has no mail address.')
})

it('answers the newest mail where no subject is given', async () => {
  const { world } = simulator.simulator
  const got = { what: 'received', kind: 'mail', from: 'desk@city.example', text: 'It is ready.' } as const
  await world.add({ ...got, to: mail, subject: 'Re: My permit', id: '<one@city.example>' })
  await write({ to: 'desk@city.example', text: 'Thank you', subject: '' })
  expect((await said()).at(-1)).toMatchObject({ subject: 'Re: My permit', text: 'Thank you' })
  const { facts } = await simulator.ask('GET', '/simulator/facts?what=mail.letter')
  expect(facts.at(-1).raw).toContain('In-Reply-To: <one@city.example>')
})

it('opens any telephone by its number, makes links of addresses, and knows what is none', async () => {
  const stranger = '+12025550177'
  const text = 'See http://127.0.0.1:8008/c/i/abc.'
  await simulator.simulator.world.add({ what: 'received', kind: 'sms', from: streets, to: stranger, text, id: 'SM1' })
  const theirs = await page('?who=(202)%20555-0177')
  expect(theirs.text).toContain(`<h2 id="hers">${stranger}</h2>`)
  expect(theirs.text).toContain('href="http://127.0.0.1:8008/c/i/abc"')
  expect((await page()).text).toContain(`<b>${stranger}</b>`)
  expect((await page('?who=nobody')).status).toBe(400)
})

it('is steered from its own machine alone', async () => {
  const before = (await said()).length
  for (const origin of ['https://elsewhere.example', 'null']) {
    expect((await write({ to: streets, text: 'forged', subject: '' }, { origin })).status).toBe(403)
  }
  expect(await said()).toHaveLength(before)
})

it('knows its people again after a restart', async () => {
  await simulator.restart()
  expect((await page(`?who=${encodeURIComponent(mail)}`)).text).toContain('Thank you')
})
