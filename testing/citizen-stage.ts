import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { CitizenOffice } from './citizen-office.ts'

/** Two telephones and a mail address of one person. */
export type Citizen = { readonly id: string; readonly one: string; readonly two: string; readonly mail: string }

/** An agency on the simulator, with what its citizens see, and no script in their browsers. */
export class CitizenStage implements AsyncDisposable {
  readonly office: CitizenOffice
  readonly browser: Browser
  readonly reminders: string
  readonly surveys: string
  readonly fees: string
  #people = 0

  private constructor(office: CitizenOffice, browser: Browser, purposes: readonly string[]) {
    this.office = office
    this.browser = browser
    const [reminders = '', surveys = '', fees = ''] = purposes
    this.reminders = reminders
    this.surveys = surveys
    this.fees = fees
  }

  static async open(browser: Browser): Promise<CitizenStage> {
    const office = await CitizenOffice.open()
    await office.clerk.ok('PATCH', '/api/v1/agencies/main', { name: 'City of Port Averell' })
    const purposes: string[] = []
    for (const { key, title, basis, wordings } of offered) {
      purposes.push(
        (await office.clerk.ok('POST', '/api/v1/purposes', { agency: 'main', key, title, basis, wordings })).id,
      )
    }
    return new CitizenStage(office, browser, purposes)
  }

  get url(): string {
    return this.office.town.url
  }

  /** Somebody whom the agency knows, to whom it has written openly and in private. */
  async citizen(name: string): Promise<Citizen> {
    const n = String(++this.#people).padStart(4, '0')
    const [one, two, mail] = [`+4915112${n}471`, `+4915112${n}882`, `maryam${n}@home.example`]
    const addresses = [
      { kind: 'sms', value: one, verified: true },
      { kind: 'sms', value: two, verified: true },
      { kind: 'mail', value: mail, verified: true },
    ]
    const id = await this.office.citizen(one, [this.reminders], { name, addresses })
    await this.write(id, this.reminders, 'Your bins are emptied tomorrow. Put them out this evening.')
    await this.write(id, this.fees, 'A canary diagnosis: your rebate of 212.40 was granted.', {
      sensitivity: 'sensitive',
    })
    const reason = 'She asked at the counter where her letter is.'
    await this.office.clerk.ok('POST', `/api/v1/people/${id}/openings`, { reason })
    const received = () => this.office.simulator.received(one)
    await vi.waitFor(() => expect(received()).toHaveLength(2), { interval: 20, timeout: 10_000 })
    return { id, one, two, mail }
  }

  async write(id: string, purpose: string, body: string, more: object = {}): Promise<void> {
    expect((await this.office.send(id, purpose, body, more)).status).toBe(202)
  }

  /** A browser in which no script runs: what the pages do, they do by themselves. */
  async page(look: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context: BrowserContext = await this.browser.newContext({
      viewport: { width: 390, height: 844 },
      javaScriptEnabled: false,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      ...look,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    return page
  }

  /** Signed in by a code to the number. */
  async signedIn(to: string, look: Parameters<Browser['newContext']>[0] = {}, lang = 'en'): Promise<Page> {
    const page = await this.page(look)
    await page.goto(`${this.url}/c/main?lang=${lang}`)
    await page.locator('#address').fill(to)
    const code = await this.office.codeTo(to, () => page.locator('form[action$="/code"] button').click())
    await page.locator('#code').fill(code)
    await page.locator('form[action$="/enter"] button').click()
    await page.waitForURL('**/c/main/choices')
    return page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.office[Symbol.asyncDispose]()
  }
}

const offered = [
  {
    key: 'reminders',
    title: 'Bin collection reminders',
    basis: 'consent',
    wordings: {
      en: 'The evening before your bins are emptied.',
      de: 'Am Abend, bevor Ihre Tonnen geleert werden.',
      ar: 'مساء اليوم الذي يسبق جمع النفايات.',
    },
  },
  {
    key: 'surveys',
    title: 'Questions about our service',
    basis: 'consent',
    wordings: {
      en: 'One short survey after a case.',
      de: 'Eine kurze Umfrage nach einem Vorgang.',
      ar: 'استبيان قصير بعد انتهاء المعاملة.',
    },
  },
  {
    key: 'fees',
    title: 'Fees and notices',
    basis: 'legal-duty',
    wordings: {
      en: 'What you owe, and what we decided.',
      de: 'Was Sie schulden, und was wir entschieden haben.',
      ar: 'الرسوم المستحقة عليك وما قررناه.',
    },
  },
] as const
