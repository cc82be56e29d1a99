import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { newPage } from './browser.ts'
import { openStage, organisation, password, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage({ setUp: false }), launchBrowser()])
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

test('the set-up link founds the house, lets the owner in and shows the administration', async () => {
  const page = await newPage(browser)
  await page.goto(stage.setUpLink)
  await page.getByRole('button', { name: 'Set up and go in' }).click()
  await page.getByText('Type the agency’s name.').waitFor()

  await page.getByLabel('Name of the agency').fill(organisation)
  await page.getByLabel('Your name').fill('Tomasz Wierzba')
  // A user name is offered until one types one's own.
  expect(await page.getByLabel('User name').inputValue()).toBe('tomasz.wierzba')
  await page.getByLabel('User name').fill(`owner-${Date.now().toString(36)}`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Set up and go in' }).click()
  await page.getByText('No rooms yet').waitFor()

  await page.getByRole('link', { name: 'Admin' }).click()
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor()
  await page.getByRole('link', { name: 'Invitations' }).click()
  await page.getByRole('button', { name: 'Invite someone' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite someone' })
  await dialog.getByLabel('Their name (may be empty)').fill('Losa Faleafa')
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const made = page.getByRole('dialog', { name: 'The link is made' })
  expect(await made.getByLabel('Invitation link').inputValue()).toMatch(/#\/invitation\/./)
  await made.getByRole('button', { name: 'Close' }).click()
  const row = page.getByRole('row', { name: /Losa Faleafa/ }).first()
  await row.getByRole('button', { name: /Withdraw/ }).click()
  await page.getByText('The invitation is withdrawn.').waitFor()
  await page.context().close()
})
