import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, expectReadable, launchBrowser } from '#testing/browser.ts'
import { createRoom, desktop, entry, newPage, phone, signIn, write } from './browser.ts'
import { type Actor, openStage, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser
let page: Page
let guest: Actor
let roomId: string

const themes = ['dark', 'contrast'] as const

/** All of it once; in the other themes what colours can break. */
async function eachTheme(where: string): Promise<void> {
  const width = page.viewportSize()?.width
  await expectAccessible(page, `${where}, ${width} wide`)
  for (const theme of themes) {
    await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme)
    await expectReadable(page, `${where}, ${theme}, ${width} wide`)
  }
  await page.evaluate(() => document.documentElement.removeAttribute('data-theme'))
}

async function noSidewaysScroll(where: string): Promise<void> {
  const over = await page.evaluate(() => {
    const isMeantTo = (one: Element) => one.closest('pre, .sr') !== null
    const wide = [...document.querySelectorAll('body, body *')].filter((one) => {
      const box = one.getBoundingClientRect()
      if (box.width === 0 || box.height === 0 || isMeantTo(one)) return false
      const scrolls = ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
      return box.right > innerWidth + 1 || box.left < -1 || (scrolls && one.scrollWidth > one.clientWidth + 1)
    })
    return wide.map((one) => one.outerHTML.slice(0, 120))
  })
  expect(over, `${where} is wider than the window`).toEqual([])
}

const go = async (hash: string) => {
  await page.evaluate((next) => {
    location.hash = next
  }, hash)
}

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
  guest = await stage.actor('Émile Rochat')
  page = await newPage(browser)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

test('axe finds nothing before the door', async () => {
  for (const size of [desktop, phone]) {
    await page.setViewportSize(size)
    await page.goto(`${stage.url}#/signin`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Type your user name.').waitFor()
    await eachTheme('sign-in with errors')
    await go(new URL(await stage.invitationLink('Hana Mizutani')).hash)
    await page.getByLabel('Your name').waitFor()
    await eachTheme('invitation')
    await go('#/setup/no-such-token')
    await page.getByText('This set-up link is used up or wrong.').waitFor()
    await eachTheme('set-up')
  }
}, 120_000)

test('axe finds nothing in a room, its panels, menus and dialogs', async () => {
  await page.setViewportSize(desktop)
  await signIn(page, stage, stage.owner)
  await eachTheme('no rooms')
  roomId = await createRoom(page, 'Storm tide, Quay District', [guest])
  await write(page, 'Gates 1 to 5 close at **19:30**. See `gauge 17`.\n\n```\nGET /levels/17\n```\n\n1. one\n2. two')
  await entry(page, 'Gates 1 to 5').locator('time').waitFor()
  await entry(page, 'Gates 1 to 5').hover()
  await entry(page, 'Gates 1 to 5').getByRole('button', { name: 'Endorse' }).click()
  await eachTheme('menu of endorsements')
  await page.getByRole('menuitem', { name: 'Agreed', exact: true }).click()
  await entry(page, 'Gates 1 to 5')
    .getByRole('button', { name: /^Agreed/ })
    .waitFor()
  await eachTheme('room')

  await go(`#/room/${roomId}/people`)
  await page.getByText('Owner').waitFor()
  await eachTheme('people of the room')
  await page.getByRole('button', { name: 'Invite people…' }).click()
  await page.getByRole('dialog').getByRole('searchbox').fill('a')
  await eachTheme('invite')
  await page.keyboard.press('Escape')
  await go(`#/room/${roomId}/about`)
  await page.getByText('How it is sealed').waitFor()
  await eachTheme('about the room')

  await entry(page, 'Gates 1 to 5').hover()
  await entry(page, 'Gates 1 to 5').getByRole('button', { name: 'Thread' }).click()
  await page.getByRole('textbox', { name: 'Your reply' }).fill('Good.')
  await page.keyboard.press('Enter')
  await page.locator('.slip', { hasText: 'Good.' }).waitFor()
  await eachTheme('thread')
  await page.getByRole('button', { name: 'Emoji' }).first().click()
  await page.getByRole('option', { name: 'Water' }).waitFor()
  await eachTheme('emoji')
  await page.keyboard.press('Escape')
}, 180_000)

/** Opens a dialog, looks at it, and closes it again. Its colours are those of the pages, which are looked at in every theme. */
async function lookAtDialog(where: string, open: () => Promise<void>): Promise<void> {
  await open()
  await page.getByRole('dialog').waitFor()
  await expectAccessible(page, where)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

test('axe finds nothing where one is asked into a room, or not in it', async () => {
  await go('#/room/!nowhere:averell.example')
  await page.getByText('This room is not open to you').waitFor()
  await expectAccessible(page, 'a room that one is not in')
  const his = await newPage(browser)
  await signIn(his, stage, guest)
  await his.goto(`${stage.url}#/room/${roomId}`)
  await his.getByText('invites you to this room').waitFor()
  await expectAccessible(his, 'invitation to a room')
  await his.getByRole('button', { name: 'Accept' }).click()
  await entry(his, 'Gates 1 to 5').waitFor()
  await his.context().close()
}, 120_000)

test('axe finds nothing in the dialogs about rooms and people', async () => {
  for (const item of ['New room…', 'Write to a person…', 'Find open rooms…']) {
    await lookAtDialog(item, async () => {
      await page.getByRole('button', { name: 'New room or message' }).click()
      await page.getByRole('menuitem', { name: item }).click()
    })
  }
  await go(`#/room/${roomId}/about`)
  await lookAtDialog('leave', () => page.getByRole('button', { name: 'Leave this room…' }).click())
  await go(`#/room/${roomId}/people`)
  await lookAtDialog('remove a person', async () => {
    await page.getByRole('button', { name: 'What to do with Émile Rochat' }).click()
    await expectAccessible(page, 'what to do with a person')
    await page.getByRole('menuitem', { name: 'Remove for good…' }).click()
  })
  await go(`#/room/${roomId}`)
  await lookAtDialog('remove an entry', async () => {
    await entry(page, 'Gates 1 to 5').hover()
    await entry(page, 'Gates 1 to 5').getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Remove for everyone' }).click()
  })
}, 120_000)

test('axe finds nothing in one’s own menu and dialogs', async () => {
  for (const item of ['Look of this device…', 'Change your name…', 'Your devices…', 'Keys…']) {
    await lookAtDialog(item, async () => {
      await page.getByRole('button', { name: 'Tomasz Wierzba, you' }).click()
      await page.getByRole('menuitem', { name: item }).click()
    })
  }
}, 120_000)

test('axe finds nothing in the administration', async () => {
  for (const size of [desktop, phone]) {
    await page.setViewportSize(size)
    await go('#/admin/people')
    await page.getByRole('row', { name: /Émile Rochat/ }).waitFor()
    await eachTheme('people')
    await page.getByRole('link', { name: 'Émile Rochat' }).first().click()
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
    await eachTheme('a person')
    await go('#/admin/invitations')
    await page.getByRole('heading', { level: 1, name: 'Invitations' }).waitFor()
    await page.getByRole('row').nth(1).waitFor()
    await eachTheme('invitations')
    await noSidewaysScroll('invitations')
    await lookAtDialog('invite a person', () =>
      page.getByRole('main').getByRole('button', { name: 'Invite' }).first().click(),
    )
  }
}, 120_000)

test('axe finds nothing on a phone, and 320 pixels are enough', async () => {
  await page.setViewportSize(phone)
  await go('#/')
  await page.getByRole('main', { name: 'Rooms and people' }).waitFor()
  await eachTheme('list on a phone')
  await go(`#/room/${roomId}`)
  await entry(page, 'Gates 1 to 5').waitFor()
  await eachTheme('room on a phone')
  await page.setViewportSize({ width: 320, height: 640 })
  await expectAccessible(page, 'room at 320')
  await noSidewaysScroll('room')
  await go('#/')
  await noSidewaysScroll('list')
  await page.setViewportSize({ width: 1024, height: 768 })
  await go(`#/room/${roomId}/people`)
  await page.getByText('Owner').waitFor()
  await expectAccessible(page, 'panel over the sheet')
}, 120_000)
