import { type Account, BlackBox } from '../black-box.ts'
import type { Seeded } from '../seeded.ts'
import { SimulatorProcess } from './simulator-process.ts'

export const officeNumber = '+4930111222'
export const channelId = 'sms'

/** What was acknowledged. */
export type Told = {
  /** By their words, which are each said once: the send or the event that carries them. */
  readonly sends: Map<string, string>
  readonly replies: Map<string, string>
  /** By number: the room in which a clerk saw her words. */
  readonly rooms: Map<string, string>
}

/** A server, the providers outside, a clerk, and what they were told. */
export type World = {
  readonly box: BlackBox
  readonly simulator: SimulatorProcess
  readonly random: Seeded
  readonly clerk: Account
  /** A public task, which nobody has to agree to. */
  readonly purposeId: string
  readonly told: Told
}

const weather = {
  throttle: 0.02,
  error: 0.02,
  timeout: 0.02,
  undelivered: 0.05,
  outOfOrder: 0.3,
  duplicate: 0.2,
  afterMsMax: 400,
}

export async function makeWorld(random: Seeded): Promise<World> {
  const simulator = await SimulatorProcess.make(random.between(0, 2 ** 31))
  const account = { accountSid: `AC${'6'.repeat(32)}`, authToken: 'a-secret-of-this-proof' }
  const channel = { id: channelId, kind: 'twilio-sms', baseUrl: simulator.url, ...account, from: officeNumber }
  const box = await BlackBox.make(['--password-hashing', 'cheap', '--test-clock'], {
    CHANCERY_CHANNELS: JSON.stringify([channel]),
  })
  try {
    await simulator.start()
    await simulator.ask('POST', '/simulator/twilio/numbers', {
      account_sid: account.accountSid,
      auth_token: account.authToken,
      number: officeNumber,
      inbound_url: `http://localhost:${box.port}/hooks/${channelId}/inbound`,
    })
    await simulator.ask('POST', '/simulator/weather', weather)
    await box.start()
    const clerk = await box.account('admin')
    const { token } = clerk
    await box.ok('PUT', `/api/v1/agencies/main/staff/${encodeURIComponent(clerk.userId)}`, { token })
    const wordings = { en: 'We answer your questions.' }
    const body = { key: 'answers', title: 'Answers', basis: 'public-task', wordings }
    const { id: purposeId } = await box.ok('POST', '/api/v1/purposes', { token, body })
    const told = { sends: new Map(), replies: new Map(), rooms: new Map() }
    return { box, simulator, random, clerk, purposeId, told }
  } catch (error) {
    await box.dispose()
    await simulator.dispose()
    throw error
  }
}
