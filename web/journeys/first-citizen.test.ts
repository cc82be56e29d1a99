import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, expectReadable, launchBrowser } from '#testing/browser.ts'
import { desktop, expectNarrowEnough, expectTouchable, newPage, newTouchPage, phone, signIn } from './browser.ts'
import { type DemoStage, openDemoStage } from './demo-stage.ts'
import { keysOf } from './keys.ts'

// The first minutes of docs/guides/demo.md, as a citizen and the clerks live through them.

let stage: DemoStage
let browser: Browser
/** Ana's telephone, and the screens of two clerks. */
let ana: Page
let noor: Page
let aroha: Page

const line = (page: Page, words: string) => page.locator('#sheet .minutes > li', { hasText: words })
const reply = (page: Page) => page.getByRole('textbox', { name: 'Your reply' })
const queues = (page: Page) => page.getByRole('navigation', { name: 'Queues' })
const about = (page: Page) => page.getByRole('complementary', { name: 'About this person' })
const onPhone = (page: Page, words: string) => page.getByRole('log').getByText(words)
const contacts = { streets: '+15550001000', office: 'desk@port-averell.example' }

async function openPhone(name: RegExp): Promise<Page> {
  const page = await newPage(browser, phone)
  await page.goto(stage.phoneUrl)
  await page.getByRole('link', { name }).click()
  await page.getByRole('heading', { level: 2, name }).waitFor()
  return page
}

async function writes(page: Page, to: keyof typeof contacts, text: string, subject?: string): Promise<void> {
  await page.getByLabel('To', { exact: true }).selectOption(contacts[to])
  if (subject) await page.getByLabel(/^Subject/).fill(subject)
  await page.getByLabel(/^What .* writes$/).fill(text)
  await page.getByRole('button', { name: /^Send as/ }).click()
  await onPhone(page, text).last().waitFor()
}

async function take(page: Page, queue: RegExp, name: string): Promise<void> {
  await queues(page).getByRole('link', { name: queue }).click()
  await page.locator('.talk', { hasText: name }).filter({ hasText: 'Nobody has taken it' }).click()
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await reply(page).waitFor()
}

/** A page as it is on a telephone and on a desk, in every light. Its marks are the same in each, but for those of the client. */
async function looksRight(page: Page, where: string, sizes = [phone]): Promise<void> {
  for (const size of [phone, desktop]) {
    await page.setViewportSize(size)
    if (sizes.includes(size)) await expectAccessible(page, `${where}, ${size.width} wide`)
    await expectNarrowEnough(page, `${where}, ${size.width} wide`)
  }
  for (const look of [{ colorScheme: 'dark' }, { contrast: 'more' }] as const) {
    await page.emulateMedia(look)
    await expectReadable(page, `${where}, ${JSON.stringify(look)}`)
    await page.emulateMedia({ colorScheme: null, contrast: null })
  }
}

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openDemoStage(), launchBrowser()])
  ana = await openPhone(/Ana Duarte/)
  noor = await newPage(browser)
  aroha = await newPage(browser)
  await signIn(noor, stage, stage.signInOf('noor'))
  await signIn(aroha, stage, stage.signInOf('aroha'))
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

test('she texts, a clerk takes it and answers, and a note stays in the house', async () => {
  await writes(ana, 'streets', 'My bin was not emptied.')
  await noor.getByRole('link', { name: /^Desk/ }).click()
  await take(noor, /^Waste and streets/, 'Ana Duarte')
  await line(noor, 'My bin was not emptied.').waitFor()
  await noor.getByText(/^Goes by SMS:/).waitFor()
  await reply(noor).fill('The crew comes by tomorrow before ten.')
  await noor.getByRole('button', { name: 'Send by SMS' }).click()
  await line(noor, 'The crew comes by').getByText('Arrived').waitFor()
  await onPhone(ana, 'The crew comes by tomorrow before ten.').waitFor()
  await noor.getByRole('button', { name: 'Note for staff' }).click()
  await noor.getByRole('textbox', { name: /^Your note/ }).fill('The canary lives at number 9.')
  await noor.getByRole('button', { name: 'Keep the note' }).click()
  await line(noor, 'The canary lives').getByText('Note, seen by staff only').waitFor()
  // Who speaks in the server's name comes and goes without a word.
  expect(await noor.locator('#sheet .minutes').textContent()).not.toContain('@desk')
})

test('it is handed over, waits, is done, and her next words open it again', async () => {
  await noor.getByRole('button', { name: 'Hand over' }).click()
  const dialog = noor.getByRole('dialog', { name: 'Hand Ana Duarte over' })
  await dialog.getByLabel('Colleague').first().fill('Aroha')
  await dialog.locator('label', { hasText: 'Aroha Ngata' }).getByRole('radio').check()
  await expectAccessible(noor, 'hand over')
  await dialog.getByRole('button', { name: 'Hand over' }).click()
  await noor.getByText('Aroha Ngata leads this conversation.').waitFor()

  await aroha.getByRole('link', { name: /^Desk/ }).click()
  await aroha.locator('.talk', { hasText: 'Ana Duarte' }).filter({ hasText: 'Handed to you' }).click()
  await aroha.getByText('Noor van Dijk asks you to go on with this conversation.').waitFor()
  await aroha.getByRole('button', { name: 'Take it' }).click()
  await line(aroha, 'The canary lives').waitFor()
  await aroha.getByRole('button', { name: 'Wait', exact: true }).click()
  await queues(aroha)
    .getByRole('link', { name: /^Waiting for them/ })
    .click()
  await aroha.locator('.talk', { hasText: 'Ana Duarte' }).waitFor()
  await writes(ana, 'streets', 'They were here, thank you!')
  await queues(aroha).getByRole('link', { name: /^Mine/ }).click()
  await aroha.locator('.talk', { hasText: 'They were here' }).click()
  await aroha.getByRole('button', { name: 'Done', exact: true }).click()
  await aroha.getByText(/^Done since/).waitFor()
  await queues(aroha).getByRole('link', { name: /^Done/ }).click()
  await aroha.locator('.talk', { hasText: 'Ana Duarte' }).waitFor()
  await writes(ana, 'streets', 'One more thing: is paper on Friday?')
  await take(noor, /^Waste and streets/, 'Ana Duarte')
  await line(noor, 'One more thing').waitFor()
  await line(noor, 'The canary lives').waitFor()
})

test('she asks by mail: a matter of its own, answered by mail', async () => {
  await writes(ana, 'office', 'Do I need a permit for a greenhouse?', 'Greenhouse')
  await take(aroha, /^Permits and records/, 'Ana Duarte')
  await line(aroha, 'a permit for a greenhouse').waitFor()
  await reply(aroha).fill('Not below ten square metres.')
  await aroha.getByRole('button', { name: 'Send by e-mail' }).click()
  await onPhone(ana, 'Not below ten square metres.').waitFor()
  await about(aroha).getByRole('heading', { name: 'Other conversations' }).waitFor()
})

type Refused = { error: { code: string; message: string } }
type People = { people: { id: string }[] }
type Purposes = { purposes: { id: string; key: string }[] }

async function remind(body: string): Promise<{ status: number; json: Refused }> {
  const { people } = (await stage.ask<People>('ruth', 'GET', 'people?name=Duarte')).json
  const { purposes } = (await stage.ask<Purposes>('ruth', 'GET', 'purposes')).json
  const purposeId = purposes.find(({ key }) => key === 'collection')?.id
  return stage.ask<Refused>('ruth', 'POST', 'sends', { personId: people[0]?.id, purposeId, body })
}

test('she says STOP: it stands at the desk at once, and another reminder is refused with the reason', async () => {
  const reminders = about(noor).locator('.consent li', { hasText: 'Collection days' })
  await reminders.getByText('Yes', { exact: true }).waitFor()
  await writes(ana, 'streets', 'STOP')
  await noor.locator('.event.halt', { hasText: 'She has said STOP' }).waitFor()
  await reminders.getByText('Stopped').waitFor()
  await onPhone(ana, 'You get no more messages about "Collection days"').waitFor()
  const { status, json } = await remind('Glass is collected tomorrow.')
  expect([status, json.error.code]).toEqual([409, 'stopped'])
  expect(json.error.message).toMatch(/STOP/)
})

test('what the clerk had chosen is refused with the reason once she ended everything, and goes the next best way', async () => {
  await reply(noor).fill('Paper is on Friday.')
  await noor.getByRole('button', { name: 'Send another way' }).click()
  await noor.getByRole('menuitem', { name: 'E-mail' }).click()
  await noor.getByRole('button', { name: 'Send another way' }).click()
  await noor.getByRole('menuitem', { name: 'SMS' }).click()
  await writes(ana, 'streets', 'ALL')
  await noor.locator('.event.halt', { hasText: 'everything from us' }).waitFor()
  await noor.getByRole('button', { name: 'Send by SMS' }).click()
  await noor.getByText('Not sent.').waitFor()
  await looksRight(noor, 'a refusal', [phone, desktop])
  expect(await reply(noor).inputValue()).toBe('Paper is on Friday.')
  await noor.getByRole('button', { name: 'Send it by e-mail instead' }).click()
  await noor.getByRole('button', { name: 'Send by e-mail' }).click()
  await onPhone(ana, 'Paper is on Friday.').waitFor()
  expect(await ana.getByRole('log').textContent()).not.toContain('canary')
})

test('a record outside one’s own conversations is opened with a reason, which she can read', async () => {
  const id = new URL(aroha.url()).hash.split('/').at(-1)
  const siobhan = await newPage(browser)
  await signIn(siobhan, stage, stage.signInOf('siobhan'))
  await siobhan.goto(`${stage.url}#/desk/mine/${id}`)
  await siobhan.getByText('Aroha Ngata leads this conversation.').waitFor()
  await siobhan.getByRole('button', { name: 'Open the record…' }).click()
  const dialog = siobhan.getByRole('dialog', { name: 'Open the record of Ana Duarte?' })
  await dialog.getByRole('button', { name: 'Open the record' }).click()
  await dialog.getByText('Write in a few words why you open it.').waitFor()
  await expectAccessible(siobhan, 'asked for a reason')
  await dialog.getByLabel('Why you open it').fill('She rang about the greenhouse')
  await dialog.getByRole('button', { name: 'Open the record' }).click()
  await about(siobhan)
    .getByText(/^Recorded: you opened this record.*“She rang about the greenhouse”/)
    .waitFor()
  await about(siobhan).getByText('Collection days').waitFor()
  await about(siobhan).getByRole('button', { name: 'Read what was said' }).click()
  const said = siobhan.getByRole('dialog', { name: 'What was said with Ana Duarte' })
  await said.getByText('Not below ten square metres.').waitFor()
  await said.getByText('Noor').first().waitFor()
  expect(await said.textContent()).not.toContain('canary')
  await looksRight(siobhan, 'what was said', [phone, desktop])
  await siobhan.context().close()
})

test('she opens her pages from her telephone, sees what she ended and who looked, and decides anew', async () => {
  await looksRight(ana, 'her telephone')
  await ana.getByRole('link', { name: 'Pages of City of Port Averell for citizens' }).click()
  await ana.getByRole('heading', { level: 1, name: 'Your messages from City of Port Averell' }).waitFor()
  await looksRight(ana, 'the start of her pages')
  await ana.getByLabel('Your mobile number or mail address').fill('+1 555 010 0101')
  await ana.getByRole('button', { name: 'Send me a code' }).click()
  await ana.getByRole('heading', { level: 1, name: 'Enter the code' }).waitFor()
  await looksRight(ana, 'the code')
  const telephone = await openPhone(/Ana Duarte/)
  const message = telephone
    .getByRole('log')
    .getByText(/^\d{6} is your code/)
    .last()
  await message.waitFor()
  const code = /\d{6}/.exec((await message.textContent()) ?? '')?.[0] ?? ''
  await telephone.context().close()
  await ana.getByLabel('Code', { exact: true }).fill(code)
  await ana.getByRole('button', { name: 'Go on' }).click()
  await ana.getByRole('heading', { level: 1, name: 'How may we write to you, Ana Duarte?' }).waitFor()
  await looksRight(ana, 'her choices')
  const days = ana.getByRole('radiogroup', { name: 'Collection days' })
  expect(await days.getByRole('radio', { name: 'No' }).isChecked()).toBe(true)
  await days.getByRole('radio', { name: 'Yes' }).check()
  await ana.getByRole('button', { name: 'Save my choices' }).click()
  await ana
    .getByRole('status')
    .getByText(/^Saved/)
    .waitFor()
  await looksRight(ana, 'her choices, saved')
  expect((await remind('Glass is collected tomorrow.')).status).toBe(202)
  await ana.getByRole('link', { name: 'Your messages' }).click()
  await ana.getByRole('heading', { level: 1, name: 'Your messages' }).waitFor()
  await looksRight(ana, 'her messages')
  await ana.getByRole('link', { name: 'What you said, and when' }).first().click()
  await ana.getByText('She rang about the greenhouse').waitFor()
  expect(await ana.getByRole('main').textContent()).not.toContain('Siobh')
  await looksRight(ana, 'her history')
}, 120_000)

test('a clerk does the same by keyboard alone', async () => {
  const farid = await openPhone(/Farid Rahimi/)
  await writes(farid, 'streets', 'Is the market open on Friday?')
  const page = await newPage(browser)
  const { press, type, tabTo, focusedName, focusShows } = keysOf(() => page)
  const { username, password } = stage.signInOf('grace')
  await page.goto(stage.url)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await press('Tab')
  await type(username)
  await press('Tab')
  await type(password)
  await press('Enter')
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
  await tabTo(/^Desk/)
  await press('Enter')
  await tabTo(/^Not taken/)
  await press('Enter')
  const talk = page.locator('.talk', { hasText: 'Farid Rahimi' })
  await talk.waitFor()
  await tabTo(/\b(SMS|e-mail)\b/)
  for (let step = 0; step < 20 && !/Farid/.test(await focusedName()); step += 1) await press('ArrowDown')
  expect(await focusShows()).toBe(true)
  await press('Enter')
  await page.getByRole('button', { name: 'Take', exact: true }).waitFor()
  await tabTo(/^Take$/)
  await press('Enter')
  // Whoever took it can write at once.
  await expect.poll(focusedName).toBe('Your reply')
  await type('It is, from 8 to 13.')
  await tabTo(/^Send another way$/)
  await tabTo(/^Send by SMS$/)
  expect(await focusShows()).toBe(true)
  await press('Enter')
  await line(page, 'It is, from 8').getByText('Arrived').waitFor()
  await onPhone(farid, 'It is, from 8 to 13.').waitFor()
  expect(await focusedName()).toBe('Your reply')
  await tabTo(/^Note for staff$/, 'Shift+Tab')
  await press('Enter')
  await expect.poll(focusedName).toMatch(/^Your note/)
  await type('He sells honey.')
  await press('Control+Enter')
  await line(page, 'He sells honey.').getByText('Note, seen by staff only').waitFor()
  await tabTo(/^Wait$/, 'Shift+Tab')
  await press('Enter')
  await page.getByRole('button', { name: 'My turn again' }).waitFor()
  await writes(farid, 'streets', 'Thank you')
  await line(page, 'Thank you').waitFor()
  await tabTo(/^Hand over$/, 'Shift+Tab')
  await press('Enter')
  await page.getByRole('dialog', { name: 'Hand Farid Rahimi over' }).waitFor()
  await type('Noor')
  await press('Tab', 'Space')
  expect(await focusShows()).toBe(true)
  await press('Enter')
  await page.getByText(/Noor .* leads this conversation\./).waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('sheet')
  await farid.context().close()
  await page.context().close()
})

test('on a telephone a clerk has everything under her fingers', async () => {
  const page = await newTouchPage(browser)
  await signIn(page, stage, stage.signInOf('noor'))
  await page.getByRole('link', { name: /^Desk/ }).tap()
  await queues(page).waitFor()
  await expectTouchable(page, 'list')
  await expectNarrowEnough(page, 'list')
  await page.locator('.talk', { hasText: 'Ana Duarte' }).first().tap()
  await reply(page).waitFor()
  await line(page, 'One more thing').waitFor()
  await expectTouchable(page, 'conversation')
  await page.getByRole('button', { name: 'About this person' }).tap()
  await page.getByRole('heading', { name: 'This conversation' }).waitFor()
  await expectTouchable(page, 'about the citizen')
  await expectNarrowEnough(page, 'about the citizen')
  await page.getByRole('button', { name: 'Close' }).first().tap()
  await page.goto(stage.phoneUrl)
  await page.getByRole('link', { name: /Ana Duarte/ }).waitFor()
  await expectTouchable(page, 'telephones')
  await page.getByRole('link', { name: /^Pages of/ }).click()
  await page.getByLabel('Your mobile number or mail address').waitFor()
  await expectTouchable(page, 'the start of her pages')
  await page.context().close()
})
