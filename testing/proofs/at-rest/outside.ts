import { freePort } from '#bench/own-server.ts'
import { BlackBox } from '../black-box.ts'
import { SimulatorProcess } from '../citizens/simulator-process.ts'
import type { Seeded } from '../seeded.ts'

export const officeNumber = '+4930111222'
export const mailbox = 'desk@city.example'

/** The providers and citizens outside, and where mail for the agency is taken. */
export type Outside = { readonly simulator: SimulatorProcess; readonly mailPort: number }

const account = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'a-secret-of-this-proof' }

/** A server that is not started yet, with a telephone number and a mailbox, and the world that both are in. */
export async function boxAndOutside(random: Seeded): Promise<{ box: BlackBox; outside: Outside }> {
  const simulator = await SimulatorProcess.make(random.between(0, 2 ** 31))
  const mailPort = await freePort()
  const sms = { id: 'sms', kind: 'twilio-sms', baseUrl: simulator.url, ...account, from: officeNumber }
  const smtp = { host: '127.0.0.1', port: simulator.smtpPort }
  const mail = { id: 'post', kind: 'mail', from: mailbox, smtp, listen: { port: mailPort }, checkSenders: false }
  const channels = JSON.stringify([sms, mail])
  const box = await BlackBox.make(['--password-hashing', 'cheap'], { CHANCERY_CHANNELS: channels })
  try {
    await simulator.start()
    await simulator.ask('POST', '/simulator/twilio/numbers', {
      account_sid: account.accountSid,
      auth_token: account.authToken,
      number: officeNumber,
      inbound_url: `http://localhost:${box.port}/hooks/sms/inbound`,
    })
    await simulator.ask('POST', '/simulator/mail/mailboxes', { address: mailbox, host: '127.0.0.1', port: mailPort })
    return { box, outside: { simulator, mailPort } }
  } catch (error) {
    await box.dispose()
    await simulator.dispose()
    throw error
  }
}
