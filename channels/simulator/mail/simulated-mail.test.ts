import { afterAll, beforeAll, expect, it } from 'vitest'
import type { InboundMessage, Receipt, SendWish } from '#channels/api.ts'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'
import { startTown, type Town } from '#testing/town.ts'

const ours = 'desk@city.example'
const inbox: InboundMessage[] = []
const told: Receipt[] = []
const receiver = {
  message: async (one: InboundMessage) => void inbox.push(one),
  receipts: async (some: readonly Receipt[]) => {
    told.push(...some)
    return []
  },
}
let simulator: TestSimulator
let town: Town
let attempts = 0

beforeAll(async () => {
  simulator = await startTestSimulator()
  town = await startTown({ channels: [simulator.mailChannel('post', ours)], receiver })
  await simulator.reachMail(town.chancery.channels, 'post')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await simulator[Symbol.asyncDispose]()
})

const send = (to: string, more: Partial<SendWish> = {}) => {
  const attempt = `a${String(++attempts).padStart(24, '0')}`
  const wish = { attempt, to, subject: 'Your bin', text: 'On Thursday', signal: AbortSignal.timeout(5_000) }
  return town.chancery.channels.byId('post')!.send({ ...wish, ...more })
}
const soon = (look: () => unknown) => expect.poll(look, { interval: 10, timeout: 10_000 })

it('carries a mail to its citizen, once, with its words', async () => {
  expect(await send('ann@mail.example', { text: 'Größe: ۱۲۰' })).toMatchObject({ state: 'accepted' })
  await soon(() => simulator.received('ann@mail.example')).toEqual(['Größe: ۱۲۰'])
})

it('brings what a citizen writes, and what her script lets her answer', async () => {
  await simulator.mail('bea@mail.example', ours, 'Wann kommt die Tonne?', { subject: 'Tonne' })
  await soon(() => inbox.map(({ from, text, subject }) => [from, subject, text])).toEqual([
    ['bea@mail.example', 'Tonne', 'Wann kommt die Tonne?'],
  ])
  await simulator.ask('POST', '/simulator/scripts', {
    address: 'bea@mail.example',
    steps: [{ reply: { text: 'Danke' } }],
  })
  await send('bea@mail.example')
  await soon(() => inbox.at(-1)).toMatchObject({
    text: 'Danke',
    answersAttempt: `a${String(attempts).padStart(24, '0')}`,
  })
})

it('sends back what cannot be delivered, and refuses or puts off by a script', async () => {
  await simulator.ask('POST', '/simulator/scripts', { address: 'gone@mail.example', steps: [{ end: 'undelivered' }] })
  await send('gone@mail.example')
  await soon(() => told).toMatchObject([{ state: 'failed', code: '5.1.1', reason: 'invalid' }])
  expect(simulator.received('gone@mail.example')).toEqual([])
  const steps = [{ answer: 'throttle' }, { answer: 'refuse' }, {}]
  await simulator.ask('POST', '/simulator/scripts', { address: 'slow@mail.example', steps })
  expect(await send('slow@mail.example')).toMatchObject({ state: 'failed', isPermanent: false })
  expect(await send('slow@mail.example')).toMatchObject({ state: 'failed', isPermanent: true })
  expect(await send('slow@mail.example')).toMatchObject({ state: 'accepted' })
})

it('goes on after a restart with what was under way', async () => {
  await simulator.ask('POST', '/simulator/scripts', { address: 'cleo@mail.example', steps: [{ afterMs: 1_500 }] })
  await send('cleo@mail.example')
  expect(simulator.received('cleo@mail.example')).toEqual([])
  await simulator.restart()
  await soon(() => simulator.received('cleo@mail.example')).toEqual(['On Thursday'])
})
