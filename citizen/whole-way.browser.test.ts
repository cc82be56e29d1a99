import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { type Citizen, CitizenStage } from '#testing/citizen-stage.ts'

let browser: Browser
let stage: CitizenStage
let maryam: Citizen
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await CitizenStage.open(browser)
  maryam = await stage.citizen('Maryam Ostadi')
})
afterAll(async () => {
  await browser?.close()
  await stage?.[Symbol.asyncDispose]()
})

const tabsMax = 120
const said = () => page.locator('.said')
const isFocused = async (one: Locator) => (await one.and(page.locator(':focus')).count()) === 1
const allowed = async (purpose: string) => (await stage.office.send(maryam.id, purpose, 'May we?')).status

/** Goes on with the Tab key until the focus is there; whoever never gets there cannot use the page by keyboard. */
async function tabTo(to: Locator): Promise<void> {
  await to.waitFor()
  for (let n = 0; n < tabsMax; n += 1) {
    if (await isFocused(to)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The Tab key does not lead to ${to}.`)
}

async function pressEnterOn(to: Locator): Promise<void> {
  await tabTo(to)
  await page.keyboard.press('Enter')
}

async function fill(to: Locator, words: string): Promise<void> {
  await tabTo(to)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

/** What is no address is named in the title, first on the page where the focus is, and beside its field. */
async function comeIn(): Promise<void> {
  await page.goto(`${stage.url}/c/main`)
  const address = page.getByLabel('Your mobile number or mail address')
  await fill(address, 'twelve')
  await said().waitFor()
  expect(await page.title()).toMatch(/^Please correct: Your messages/)
  expect(await isFocused(said())).toBe(true)
  await pressEnterOn(said().getByRole('link'))
  expect(await isFocused(address)).toBe(true)
  expect(await address.getAttribute('aria-describedby')).toContain('address-wrong')
  const code = await stage.office.codeTo(maryam.one, () => fill(address, maryam.one))
  await fill(page.getByLabel('Code'), code === '000000' ? '111111' : '000000')
  await said().getByText('This code does not fit').waitFor()
  await fill(page.getByLabel('Code'), code)
  await page.getByRole('heading', { level: 1, name: 'How may we write to you, Maryam Ostadi?' }).waitFor()
}

/** Radio buttons by arrow; what cannot be stopped says why; what was saved is said, and taken back. */
async function decide(): Promise<void> {
  const surveys = page.getByRole('radiogroup', { name: 'Questions about our service' })
  await tabTo(surveys.getByRole('radio', { name: 'Yes' }))
  await page.keyboard.press('Space')
  const bins = page.getByRole('radiogroup', { name: 'Bin collection reminders' })
  expect(await bins.getByRole('radio', { name: 'Yes' }).isChecked()).toBe(true)
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('ArrowRight')
  expect(await bins.getByRole('radio', { name: 'No' }).isChecked()).toBe(true)
  expect(await page.getByText('The law says that we must tell you.').count()).toBe(1)
  await pressEnterOn(page.getByRole('button', { name: 'Save my choices' }))
  await said().getByText('We no longer write about: Bin collection reminders.').waitFor()
  expect([await allowed(stage.reminders), await allowed(stage.surveys)]).toEqual([409, 202])
  await pressEnterOn(said().getByRole('button', { name: 'Undo' }))
  await said().getByText('Taken back').waitFor()
  expect([await allowed(stage.reminders), await allowed(stage.surveys)]).toEqual([202, 409])
}

async function readAndAnswer(): Promise<void> {
  await pressEnterOn(page.getByRole('link', { name: 'Your messages' }))
  const bin = page.getByRole('listitem').filter({ hasText: 'Your bins are emptied tomorrow.' })
  await bin.getByText('Because of: Bin collection reminders.').waitFor()
  expect(await page.content()).not.toContain('canary')
  await pressEnterOn(bin.locator('summary'))
  await tabTo(bin.getByRole('textbox', { name: 'Your answer' }))
  await page.keyboard.type('Thank you, they are out.')
  await pressEnterOn(bin.getByRole('button', { name: 'Send my answer' }))
  await said().getByText('Your answer has arrived.').waitFor()
}

async function proveMore(): Promise<void> {
  await stage.office.clerk.ok('PUT', `/api/v1/people/${maryam.id}/code-word`, { word: 'blue heron' })
  await pressEnterOn(page.getByRole('link', { name: 'Show who you are' }).first())
  await fill(page.getByLabel('The word that you agreed with us at the counter'), 'Blue Heron')
  await page.getByText('A canary diagnosis').waitFor()
}

async function lookBack(): Promise<void> {
  await pressEnterOn(page.getByRole('link', { name: 'What you said, and when' }))
  await page.getByText('She asked at the counter where her letter is.').waitFor()
  expect(await savedBy(page.getByRole('link', { name: 'Receipt' }).first())).toContain('"signature"')
}

async function stopEverything(): Promise<void> {
  await pressEnterOn(page.getByRole('link', { name: 'Your choices' }))
  await pressEnterOn(page.getByRole('button', { name: 'Stop all that I can stop' }))
  await said().getByText('Everything that you can stop has stopped.').waitFor()
  expect([await allowed(stage.reminders), await allowed(stage.fees)]).toEqual([409, 202])
}

async function takeData(): Promise<void> {
  await pressEnterOn(page.getByRole('main').getByRole('link', { name: 'Take a copy of my data' }))
  const data = await savedBy(page.getByRole('link', { name: 'Save the file' }))
  const hers = ['Maryam Ostadi', maryam.one, maryam.two, maryam.mail, 'Bin collection reminders']
  const words = ['A canary diagnosis', 'they are out', 'Your bins are emptied', 'She asked at the counter']
  for (const one of [...hers, ...words]) expect(data).toContain(one)
  const acts = JSON.parse(data).consent.map(({ act }: { act: string }) => act)
  expect(acts).toEqual(expect.arrayContaining(['grant', 'withdraw', 'undo']))
}

/** What a link gives her to keep. */
async function savedBy(link: Locator): Promise<string> {
  await tabTo(link)
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  let text = ''
  for await (const part of await download.createReadStream()) text += part
  return text
}

async function goAway(): Promise<void> {
  await pressEnterOn(page.getByRole('button', { name: 'Leave' }))
  await page.getByRole('heading', { name: 'Your messages from City of Port Averell' }).waitFor()
  await page.goto(`${stage.url}/c/main/messages`)
  expect(new URL(page.url()).search).toBe('?ended=1')
}

test('a citizen comes in, decides, answers, proves more, stops, takes her data and leaves, by keyboard and without scripts', async () => {
  page = await stage.page()
  await comeIn()
  await decide()
  await readAndAnswer()
  await proveMore()
  await lookBack()
  await stopEverything()
  await takeData()
  await goAway()
}, 120_000)

test('a second telephone and a word of her own open the same', async () => {
  const { one, two, id } = await stage.citizen('Bo Lund')
  page = await stage.signedIn(one)
  await page.goto(`${stage.url}/c/main/word`)
  await fill(page.getByLabel('Your own word'), 'stone under water')
  await said().getByText('Your word counts from').waitFor()
  // The day is over.
  await stage.office.town.postgres.run(
    `update citizen_word set counts_from_ts = 0 from person where person.id = person_id and public_id = $1`,
    [id],
  )
  await page.goto(`${stage.url}/c/main/messages`)
  await pressEnterOn(page.getByRole('link', { name: 'Show who you are' }).first())
  const other = page.getByRole('radio', { name: `the number ending ${two.slice(-4)}` })
  await tabTo(page.getByRole('radio').first())
  for (let n = 0; n < 3 && !(await other.isChecked()); n += 1) await page.keyboard.press('ArrowDown')
  const code = await stage.office.codeTo(two, () =>
    pressEnterOn(page.getByRole('button', { name: 'Send a code there' })),
  )
  await tabTo(page.getByLabel('Code'))
  await page.keyboard.type(code)
  await fill(page.getByLabel('Your own word'), 'stone under water')
  await page.getByText('A canary diagnosis').waitFor()
}, 60_000)
