/** An agency with a clerk, channels on the simulator, and citizens: what tests of the whole way of words need. */

import { expect, vi } from 'vitest'
import type { ChannelSettings } from '#channels/api.ts'
import type { Purpose } from '#engagement/api.ts'
import { CitizenBrowser } from './citizen-browser.ts'
import { startTestSimulator, type TestSimulator } from './simulator.ts'
import { startTown, type Town, type TownOptions } from './town.ts'
import type { TownPerson } from './town-person.ts'

export const officeNumber = '+4930111222'

export class CitizenOffice implements AsyncDisposable {
  readonly town: Town
  readonly simulator: TestSimulator
  readonly clerk: TownPerson
  readonly channels: readonly ChannelSettings[]

  private constructor(town: Town, simulator: TestSimulator, clerk: TownPerson, channels: readonly ChannelSettings[]) {
    this.channels = channels
    this.town = town
    this.simulator = simulator
    this.clerk = clerk
  }

  static async open(options: TownOptions & { optOut?: 'advanced' | 'default' | 'off' } = {}): Promise<CitizenOffice> {
    const { optOut, ...more } = options
    const simulator = await startTestSimulator()
    const sms = await simulator.number('sms', officeNumber, optOut === undefined ? {} : { optOut })
    const town = await startTown({ channels: [sms], ...more })
    simulator.reach(town)
    const clerk = await town.person('clerk', { role: 'owner' })
    await clerk.ok('PUT', `/api/v1/agencies/main/staff/${encodeURIComponent(clerk.id)}`)
    return new CitizenOffice(town, simulator, clerk, [sms])
  }

  get engagement() {
    return this.town.chancery.engagement
  }

  /** A purpose of the agency. */
  async purpose(key: string, basis: Purpose['basis'] = 'consent'): Promise<string> {
    const wordings = { en: `We may write to you about ${key}.` }
    return (await this.clerk.ok('POST', '/api/v1/purposes', { agency: 'main', key, title: key, basis, wordings })).id
  }

  /** A citizen with a telephone, who agreed to the purposes named. */
  async citizen(number: string, agreesTo: readonly string[] = [], more: object = {}): Promise<string> {
    const addresses = [{ kind: 'sms', value: number, verified: true }]
    const { id } = await this.clerk.ok('POST', '/api/v1/people', {
      agency: 'main',
      name: `Citizen ${number}`,
      addresses,
      ...more,
    })
    const { people, purposes, consent } = this.engagement
    const person = await people.byPublicId(id)
    for (const publicId of agreesTo) {
      const purpose = await purposes.byPublicId(publicId)
      if (person === undefined || purpose === undefined) throw new Error('no such person or purpose')
      const { agencyId } = person
      await this.town.postgres.transaction((tx) =>
        consent.record(tx, {
          agencyId,
          holder: { personId: person.id },
          purposeId: purpose.id,
          act: 'grant',
          source: 'api',
          actor: { kind: 'system' },
        }),
      )
    }
    return id
  }

  /** The newest words that an address received. */
  newest(to: string): string {
    return this.simulator.received(to).at(-1) ?? ''
  }

  /** Waits for the next code to an address. */
  async codeTo(to: string, ask: () => Promise<unknown>): Promise<string> {
    const codes = () => this.simulator.received(to).flatMap((text) => /^\d{6}(?= )/.exec(text)?.[0] ?? [])
    const before = codes().length
    await ask()
    await vi.waitFor(() => expect(codes().length).toBeGreaterThan(before), { interval: 20, timeout: 10_000 })
    return codes().at(-1) ?? ''
  }

  /** Her browser, signed in to the pages by a code to the number. */
  async browserOf(to: string): Promise<CitizenBrowser> {
    const her = new CitizenBrowser(() => this.town.url)
    await her.open('/c/main')
    const code = await this.codeTo(to, () => her.submit('/c/main/code', { address: to }))
    await her.submit('/c/main/enter', { code })
    expect(her.path).toBe('/c/main/choices')
    return her
  }

  send(personId: string, purposeId: string, body: string, more: object = {}) {
    return this.clerk.call('POST', '/api/v1/sends', { body: { personId, purposeId, body, ...more } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.town[Symbol.asyncDispose]()
    await this.simulator[Symbol.asyncDispose]()
  }
}
