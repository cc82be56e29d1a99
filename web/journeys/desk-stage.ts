import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, awaitPrinted, freePort, openStage, post, root, type Stage, stop } from './stage.ts'

const deskNumber = '+4930111222'
const deskMail = 'desk@averell.example'
const account = { accountSid: `AC${'5'.repeat(32)}`, authToken: 'an-invented-secret' }

/** Somebody whom the agency knows, with a telephone and a mail address. */
export const maryam = { name: 'Maryam Ostadi', number: '+4915112340001', mail: 'maryam@home.example' }

/** A server with a desk, and the simulator that stands for providers and citizens. */
export interface DeskStage extends Stage {
  /** Two of the staff; the owner is the third. */
  readonly samira: Actor
  readonly nuria: Actor
  /** A citizen writes. */
  texts(from: string, text: string): Promise<void>
  mails(from: string, text: string, subject: string): Promise<void>
  /** The words that really reached an address. */
  received(address: string): Promise<string[]>
  /** A reminder to Maryam leaves, so that there is something to stop. */
  remind(body: string): Promise<void>
  /** What any client of somebody might do. */
  ask<T>(actor: Actor, method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<T>
}

type Simulator = { url: string; smtpPort: number; close(): Promise<void> }

async function openSimulator(folder: string): Promise<Simulator> {
  const smtpPort = await freePort()
  const args = ['--journal', join(folder, 'simulator'), '--port', '0', '--smtp-port', String(smtpPort)]
  const child = spawn(process.execPath, ['server/simulator/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = (await awaitPrinted(child, /http:\S+/)).trim()
  return { url, smtpPort, close: () => stop(child) }
}

export async function openDeskStage(): Promise<DeskStage> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-desk-'))
  const simulator = await openSimulator(folder)
  const mailPort = await freePort()
  const config = join(folder, 'channels.yaml')
  await writeFile(config, JSON.stringify({ channels: channelsOn(simulator, mailPort) }))
  const stage = await openStage({ settings: ['--config', config] }).catch(async (error: unknown) => {
    await simulator.close()
    throw error
  })
  // Signatures are over the address that the server goes by, which stands in the link that it printed.
  const inbound = { number: deskNumber, inbound_url: `${new URL(stage.setUpLink).origin}/hooks/sms/inbound` }
  await post(`${simulator.url}/simulator/twilio/numbers`, {
    account_sid: account.accountSid,
    auth_token: account.authToken,
    ...inbound,
  })
  await post(`${simulator.url}/simulator/mail/mailboxes`, { address: deskMail, host: '127.0.0.1', port: mailPort })
  const samira = await stage.actor('Samira Benhaddou')
  const nuria = await stage.actor('Nuria Campos')
  const personId = await furnish(stage, [stage.owner, samira, nuria])
  return {
    ...stage,
    samira,
    nuria,
    ask: (actor, method, path, body) => ask(stage, actor, method, path, body),
    async texts(from, text) {
      await post(`${simulator.url}/simulator/texts`, { from, to: deskNumber, text })
    },
    async mails(from, text, subject) {
      await post(`${simulator.url}/simulator/mails`, { from, to: deskMail, text, subject })
    },
    async received(address) {
      const answer = await fetch(`${simulator.url}/simulator/received?${new URLSearchParams({ address })}`)
      const { received } = (await answer.json()) as { received: { text: string }[] }
      return received.map(({ text }) => text)
    },
    async remind(body) {
      await ask(stage, stage.owner, 'POST', 'api/v1/sends', { ...personId, body })
    },
    async close() {
      await stage.close()
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function channelsOn({ url, smtpPort }: Simulator, mailPort: number): object[] {
  return [
    { id: 'sms', kind: 'twilio-sms', baseUrl: url, ...account, from: deskNumber },
    {
      id: 'mail',
      kind: 'mail',
      from: deskMail,
      smtp: { host: '127.0.0.1', port: smtpPort },
      listen: { port: mailPort },
      checkSenders: false,
    },
  ]
}

async function ask<T>(stage: Stage, actor: Actor, method: string, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${actor.accessToken}`, 'content-type': 'application/json' }
  const answer = await fetch(stage.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`)
  return JSON.parse(text) as T
}

/** Staff, queues, a canned reply, purposes, and what is known of Maryam. */
async function furnish(stage: Stage, staff: readonly Actor[]): Promise<{ personId: string; purposeId: string }> {
  const say = <T>(method: string, path: string, body: object) =>
    ask<T>(stage, stage.owner, method, `api/v1/${path}`, body)
  for (const { userId } of staff) await say('PUT', `agencies/main/staff/${encodeURIComponent(userId)}`, {})
  await say('POST', 'queues', { key: 'waste', name: 'Waste, streets', channels: ['sms'] })
  await say('POST', 'queues', { key: 'permits', name: 'Permits', channels: ['mail'] })
  const texts = { en: 'Dear {{ person.name }}, they will come tomorrow before 9.' }
  await say('POST', 'canned-replies', { key: 'bin', title: 'Missed bin', texts })
  const { name, number, mail } = maryam
  const addresses = [
    { kind: 'sms', value: number, verified: true },
    { kind: 'mail', value: mail, verified: true },
  ]
  const { id: personId } = await say<{ id: string }>('POST', 'people', { name, language: 'fa', addresses })
  const purpose = (key: string, title: string, basis: string) =>
    say<{ id: string }>('POST', 'purposes', { key, title, basis, wordings: { en: `We write to you about ${title}.` } })
  await purpose('surveys', 'Surveys', 'consent')
  const { id: purposeId } = await purpose('reminders', 'Collection reminders', 'consent')
  await say('POST', `people/${personId}/consents`, { purposeId, source: 'desk' })
  await say('PUT', `people/${personId}/preferences`, {
    channels: ['sms', 'mail'],
    quietHours: { from: '20:00', to: '08:00', timeZone: 'Europe/Berlin' },
    formats: ['easy-language', 'large-print'],
  })
  return { personId, purposeId }
}
