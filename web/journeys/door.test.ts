import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { newPage, signIn } from './browser.ts'
import { openStage, organisation, password, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

test('a wrong password is refused in words, the right one opens the rooms', async () => {
  const actor = await stage.actor('Ngozi Umeadi')
  const page = await newPage(browser)
  await page.goto(stage.url)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect.poll(() => page.getByText('Type your user name.').isVisible()).toBe(true)
  expect(await page.getByLabel('User name').evaluate((field) => field === document.activeElement)).toBe(true)

  await page.getByLabel('User name').fill(actor.username)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  const field = page.getByLabel('Password', { exact: true })
  await page.getByText('User name and password do not fit together').waitFor()
  expect(await field.getAttribute('aria-invalid')).toBe('true')

  await field.fill(actor.password)
  await field.press('Enter')
  await page.getByRole('region', { name: 'Rooms and people' }).waitFor()
  await page.getByText(organisation).first().waitFor()

  // The session is kept, and ends with the sign-out.
  await page.reload()
  await page.getByRole('region', { name: 'Rooms and people' }).waitFor()
  await page.getByRole('button', { name: 'Ngozi Umeadi, you' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('You are signed out on this device.').waitFor()
  await page.context().close()
})

test('an invitation opens an account once', async () => {
  const link = await stage.invitationLink('Hana Mizutani')
  const page = await newPage(browser)
  await page.goto(link)
  await page.getByRole('heading', { name: 'You are invited' }).waitFor()
  expect(await page.getByLabel('Your name').inputValue()).toBe('Hana Mizutani')
  await page.getByLabel('User name').fill(`hana-${Date.now().toString(36)}`)
  const field = page.getByLabel('Password', { exact: true })
  await field.fill('short')
  await page.getByText('Too short yet.').waitFor()
  await page.getByRole('button', { name: 'Accept and go in' }).click()
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  await field.fill(password)
  await page.getByRole('button', { name: 'Accept and go in' }).click()
  await page.getByRole('region', { name: 'Rooms and people' }).waitFor()
  await page.context().close()
})

test('a link that is wrong says whom to ask', async () => {
  const page = await newPage(browser)
  await page.goto(`${stage.url}#/invitation/no-such-token`)
  await page.getByText('Ask the colleague who sent it for a new one.').waitFor()
  await page.goto(`${stage.url}#/setup/no-such-token`)
  await page.getByText('This set-up link is used up or wrong.').waitFor()
  await page.context().close()
})

test('a session that is ended elsewhere leads back to the sign-in, with the reason', async () => {
  const actor = await stage.actor('Dawit Gebreselam')
  const page = await newPage(browser)
  await signIn(page, stage, actor)
  await fetch(`${stage.url}_matrix/client/v3/logout/all`, {
    method: 'POST',
    headers: { authorization: `Bearer ${actor.accessToken}`, 'content-type': 'application/json' },
    body: '{}',
  })
  await page.getByText('Your session on this device was ended').waitFor({ timeout: 40_000 })
  await page.context().close()
}, 60_000)
