/**
 * The simulator for tests: providers and citizens on the loopback address, remembering in a folder of its own.
 *
 *     await using simulator = await startTestSimulator()
 *     const sms = await simulator.number('sms', '+15550001000')
 *     await using town = await startTown({ channels: [sms], receiver })
 *     simulator.reach(town)
 *     await simulator.text('+15551110001', '+15550001000', 'Good morning')
 *     simulator.received('+15551110001')
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelSettings, Channels } from '#channels/api.ts'
import { type RunningSimulator, startSimulator } from '#server/simulator/start-simulator.ts'

type NumberOptions = { readonly optOut?: 'off' | 'default' | 'advanced' }

/** The origin that a town believes to be reached at. */
const publicUrl = 'http://town.example'
const account = { accountSid: `AC${'5'.repeat(32)}`, authToken: 'an-invented-secret' }

export class TestSimulator implements AsyncDisposable {
  readonly account = account
  readonly #folder: string
  readonly #seed: number
  #running: RunningSimulator
  #town: { readonly url: string } | undefined

  constructor(folder: string, seed: number, start: (reach: (url: string) => string) => RunningSimulator) {
    this.#folder = folder
    this.#seed = seed
    this.#running = start((url) => this.#reach(url))
  }

  get url(): string {
    return this.#running.url
  }

  get simulator(): RunningSimulator['simulator'] {
    return this.#running.simulator
  }

  /** Web hooks go to this town from now on. */
  reach(town: { readonly url: string }): void {
    this.#town = town
  }

  /** Registers a number that calls `/hooks/{id}/inbound`, and gives the settings of the channel for it. */
  async number(id: string, number: string, { optOut = 'off' }: NumberOptions = {}): Promise<ChannelSettings> {
    const inboundUrl = `${publicUrl}/hooks/${id}/inbound`
    await this.simulator.twilio.register({ ...account, number, inboundUrl, optOut })
    return { id, kind: 'twilio-sms', baseUrl: this.url, ...account, from: number }
  }

  /** The settings of a mail channel whose relay is the simulator. */
  mailChannel(id: string, address: string): ChannelSettings {
    const smtp = { host: '127.0.0.1', port: this.simulator.mail.port }
    return { id, kind: 'mail', from: address, smtp, listen: { port: 0 }, checkSenders: false }
  }

  /** Opens the mail channel of a town, and brings it what citizens write to it. */
  async reachMail(channels: Channels, id: string): Promise<void> {
    const port = (await channels.open()).get(id) ?? 0
    await this.simulator.mail.register({ address: channels.byId(id)?.sender ?? '', host: '127.0.0.1', port })
  }

  /** A citizen writes a mail. @returns its Message-ID. */
  mail(from: string, to: string, text: string, more: { subject?: string; inReplyTo?: string } = {}): Promise<string> {
    return this.simulator.mail.say({ from, to, text, ...more })
  }

  /** A citizen writes. */
  text(from: string, to: string, text: string): Promise<string> {
    return this.simulator.twilio.say(from, to, text)
  }

  /** The words that really reached an address, in order. */
  received(address: string): string[] {
    return this.simulator.world.receivedBy(address).map((fact) => String((fact as { text?: unknown }).text))
  }

  /** Asks it over HTTP, as a program would. */
  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<any> {
    const response = await fetch(this.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  /** Ends, and goes on from the journal at the same address. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.url).port)
    const smtpPort = this.simulator.mail.port
    await this.#running.stop()
    this.#running = await startSimulator({ port, smtpPort, ...this.#options() })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #options() {
    return { journalFile: join(this.#folder, 'journal'), seed: this.#seed, reach: (url: string) => this.#reach(url) }
  }

  #reach(url: string): string {
    return this.#town !== undefined && url.startsWith(publicUrl) ? this.#town.url + url.slice(publicUrl.length) : url
  }
}

export async function startTestSimulator(seed = 1): Promise<TestSimulator> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-simulator-'))
  let reach = (url: string) => url
  const options = { port: 0, journalFile: join(folder, 'journal'), seed, reach: (url: string) => reach(url) }
  const running = await startSimulator(options)
  return new TestSimulator(folder, seed, (how) => {
    reach = how
    return running
  })
}
