import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, expectReadable, launchBrowser } from '#testing/browser.ts'
import { desktop, expectNarrowEnough, newPage, phone, signIn } from './browser.ts'
import { type DeskStage, maryam, openDeskStage } from './desk-stage.ts'

let stage: DeskStage
let browser: Browser
let tomasz: Page
let samira: Page

const unknown = '+4915112340002'
const line = (page: Page, words: string) => page.locator('#sheet .minutes > li', { hasText: words })
const reply = (page: Page) => page.getByRole('textbox', { name: 'Your reply' })

async function openDesk(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Desk/ }).click()
  await page.getByRole('navigation', { name: 'Queues' }).waitFor()
}

async function view(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('navigation', { name: 'Queues' }).getByRole('link', { name }).click()
}

async function take(page: Page, name: string): Promise<void> {
  await view(page, /^Not taken/)
  await page.locator('.talk', { hasText: name }).click()
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await reply(page).waitFor()
}

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openDeskStage(), launchBrowser()])
  await stage.texts(maryam.number, 'They did not take the brown bin on Lantern Street again.')
  await stage.texts(unknown, 'Is the market open on Friday?')
  tomasz = await newPage(browser)
  samira = await newPage(browser)
  await signIn(tomasz, stage, stage.owner)
  await signIn(samira, stage, stage.samira)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

test('whoever works for no agency has no desk', async () => {
  const page = await newPage(browser)
  await signIn(page, stage, await stage.actor('Émile Rochat'))
  await page.getByText('No rooms yet').waitFor()
  await page.goto(`${stage.url}#/desk/mine`)
  await page.getByText('No desk is open to you').waitFor()
  await expectAccessible(page, 'no desk')
  await page.goto(`${stage.url}#/`)
  await page.getByText('No rooms yet').waitFor()
  expect(await page.getByRole('link', { name: /^Desk/ }).count()).toBe(0)
  await page.context().close()
})

test('a clerk takes a conversation and answers; it arrives, and the citizen’s next words appear', async () => {
  await openDesk(tomasz)
  await take(tomasz, maryam.name)
  await line(tomasz, 'They did not take the brown bin').waitFor()
  await line(tomasz, 'You lead this conversation.').waitFor()
  await tomasz.getByText(/^Goes by SMS:/).waitFor()
  await reply(tomasz).fill('The crew comes tomorrow before 9.')
  await tomasz.getByText('1 text message, 33 characters').waitFor()
  await tomasz.getByRole('button', { name: 'Send by SMS' }).click()
  await line(tomasz, 'The crew comes tomorrow').getByText('Arrived').waitFor()
  expect(await stage.received(maryam.number)).toEqual(['The crew comes tomorrow before 9.'])
  await stage.texts(maryam.number, 'Is Thursday 10:20 still right?')
  await line(tomasz, 'Is Thursday 10:20').waitFor()
})

test('a canned reply is filled in, and leaves as it was changed', async () => {
  await tomasz.getByRole('button', { name: 'Canned replies' }).click()
  await tomasz.getByRole('menuitem', { name: 'Missed bin' }).click()
  await expect.poll(() => reply(tomasz).inputValue()).toBe('Dear Maryam Ostadi, they will come tomorrow before 9.')
  await reply(tomasz).fill('Dear Maryam Ostadi, yes.')
  await reply(tomasz).press('Control+Enter')
  await expect.poll(() => stage.received(maryam.number)).toContain('Dear Maryam Ostadi, yes.')
})

test('a note stands among the words and goes nowhere', async () => {
  await tomasz.getByRole('button', { name: 'Note for staff' }).click()
  await tomasz.getByRole('textbox', { name: 'Your note, seen by staff only' }).fill('The road was **closed**.')
  await tomasz.getByRole('button', { name: 'Keep the note' }).click()
  await line(tomasz, 'The road was closed.').getByText('Note, seen by staff only').waitFor()
  await tomasz.getByRole('button', { name: /^Reply to/ }).click()
  expect((await stage.received(maryam.number)).join()).not.toContain('The road')
})

test('STOP is spoken at once, and what it ended stands beside the conversation', async () => {
  const about = tomasz.getByRole('complementary', { name: 'About this person' })
  const reminders = about.locator('.consent li', { hasText: 'Collection reminders' })
  await reminders.getByText('Yes', { exact: true }).waitFor()
  await stage.remind('Brown bins tomorrow from 6:00. Reply STOP to end these reminders.')
  await expect.poll(() => stage.received(maryam.number)).toContainEqual(expect.stringContaining('Brown bins'))
  await reply(tomasz).focus()
  await stage.texts(maryam.number, 'STOP')
  await tomasz.locator('.event.halt', { hasText: 'STOP' }).waitFor()
  await expect.poll(() => tomasz.locator('.sr[role="alert"]').textContent()).toContain('STOP')
  expect(await reply(tomasz).evaluate((box) => box === document.activeElement)).toBe(true)
  await reminders.getByText('Stopped').waitFor()
})

test('what may not be sent comes back with the reason and the next best way', async () => {
  await take(tomasz, unknown)
  await reply(tomasz).fill('Yes, from 8 to 13.')
  await tomasz.getByRole('button', { name: 'Send another way' }).click()
  const menu = tomasz.getByRole('menu', { name: 'Send another way' })
  await menu.getByText('There is no address of her for e-mail.').waitFor()
  await expectAccessible(tomasz, 'other ways')
  await menu.getByRole('menuitem', { name: 'E-mail' }).click()
  await tomasz.getByText('Not this way. There is no address of her for e-mail. It can go by SMS.').waitFor()
  expect(await reply(tomasz).inputValue()).toBe('Yes, from 8 to 13.')
  expect(await tomasz.getByRole('button', { name: 'Send by e-mail' }).count()).toBe(0)
  await expectAccessible(tomasz, 'a refusal')
  await tomasz.getByRole('button', { name: 'Send it by SMS instead' }).click()
  await tomasz.getByRole('button', { name: 'Send by SMS' }).click()
  await expect.poll(() => stage.received(unknown)).toEqual(['Yes, from 8 to 13.'])
})

test('that a colleague is writing is told before a second answer leaves', async () => {
  await openDesk(samira)
  await samira.goto(tomasz.url())
  await samira.getByRole('button', { name: 'Come in beside them' }).click()
  await reply(samira).waitFor()
  await line(tomasz, 'Samira Benhaddou joined').waitFor()
  await reply(samira).pressSequentially('We are open')
  await tomasz.getByText('Samira Benhaddou is writing', { exact: true }).waitFor()
  await reply(tomasz).fill('On Saturdays too.')
  await reply(tomasz).press('Control+Enter')
  await tomasz.getByText('Samira Benhaddou is writing an answer. Send yours as well?').waitFor()
  expect(await reply(tomasz).inputValue()).toBe('On Saturdays too.')
  await expectAccessible(tomasz, 'a collision')
  await tomasz.getByRole('button', { name: 'Send all the same' }).click()
  await expect.poll(() => stage.received(unknown)).toContain('On Saturdays too.')
  await reply(samira).fill('')
})

test('rooms of the desk do not stand among the rooms', async () => {
  const rooms = await stage.ask<{ joined_rooms: string[] }>(stage.samira, 'GET', '_matrix/client/v3/joined_rooms')
  expect(rooms.joined_rooms.length).toBeGreaterThan(2)
  await samira.goto(`${stage.url}#/`)
  await samira.getByText('No rooms yet').waitFor()
})

const themes = ['dark', 'contrast'] as const
const sizes = [desktop, { width: 1024, height: 768 }, { width: 768, height: 900 }, phone, { width: 320, height: 640 }]

test('axe finds nothing at the desk, in any theme and at any width', async () => {
  await view(tomasz, /^Mine/)
  await tomasz.locator('.talk').first().click()
  await reply(tomasz).waitFor()
  for (const size of sizes) {
    await tomasz.setViewportSize(size)
    await expectAccessible(tomasz, `conversation, ${size.width} wide`)
    await expectNarrowEnough(tomasz, `conversation, ${size.width} wide`)
  }
  for (const theme of themes) {
    await tomasz.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme)
    for (const size of [desktop, phone]) {
      await tomasz.setViewportSize(size)
      await expectReadable(tomasz, `conversation, ${theme}, ${size.width} wide`)
    }
  }
  await tomasz.evaluate(() => document.documentElement.removeAttribute('data-theme'))
  await tomasz.setViewportSize(phone)
  await tomasz.getByRole('button', { name: 'About this person' }).click()
  await tomasz.getByRole('complementary').getByText('This conversation').waitFor()
  await expectAccessible(tomasz, 'about the citizen on a phone')
  await tomasz.goto(`${stage.url}#/desk/waiting`)
  await tomasz.getByRole('main', { name: 'Queues and conversations' }).waitFor()
  await expectAccessible(tomasz, 'list on a phone')
}, 180_000)
