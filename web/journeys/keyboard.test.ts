import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { entry, newPage } from './browser.ts'
import { keysOf } from './keys.ts'
import { type Actor, openStage, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser
let actor: Actor
let page: Page

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
  actor = await stage.actor('Priya Raghuram')
  page = await newPage(browser)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

const { press, focusedName, tabTo, focusShows } = keysOf(() => page)

test('everything is done without a pointer: sign in, open a room, write, endorse, edit, walk the panes', async () => {
  await page.goto(stage.url)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await press('Tab')
  await page.keyboard.type(actor.username)
  await press('Tab')
  await page.keyboard.type(actor.password)
  await press('Enter')
  await page.getByText('No rooms yet').waitFor()

  await press('Tab')
  expect(await focusedName()).toBe('Skip to the conversation')
  await tabTo(/^New room or message$/)
  expect(await focusShows()).toBe(true)
  await press('Enter')
  await page.getByRole('menuitem', { name: 'New room…' }).waitFor()
  await press('Enter')
  await page.getByRole('dialog', { name: 'New room' }).waitFor()
  await page.keyboard.type('Shelter keys')
  await press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Shelter keys' }).waitFor()

  const field = page.getByRole('textbox', { name: 'Your words' })
  await press('F6', 'F6')
  for (let step = 0; step < 6 && !(await field.evaluate((box) => box === document.activeElement)); step += 1)
    await press('F6')
  expect(await field.evaluate((box) => box === document.activeElement)).toBe(true)
  expect(await focusShows()).toBe(true)
  await page.keyboard.type('The key list is here.')
  await press('Shift+Enter')
  await page.keyboard.type('Two keys are missing.')
  await press('Enter')
  await entry(page, 'Two keys are missing.').waitFor()
  await page.locator('#sheet .entry time').first().waitFor()

  // Back to the sheet, up to the entry, Tab into its acts.
  await press('Shift+F6', 'ArrowUp')
  expect(await page.evaluate(() => document.activeElement?.classList.contains('entry'))).toBe(true)
  expect(await focusShows()).toBe(true)
  await tabTo(/^Endorse$/)
  await press('Enter')
  await page.getByRole('menuitem', { name: 'Agreed', exact: true }).waitFor()
  await press('Enter')
  await entry(page, 'The key list')
    .getByRole('button', { name: /^Agreed 1/ })
    .waitFor()

  await field.focus()
  await press('ArrowUp')
  await page.getByText('You are editing your words').waitFor()
  await press('Escape')
  expect(await field.inputValue()).toBe('')

  await press('Control+k')
  await page.keyboard.type('shel')
  await press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Shelter keys' }).waitFor()
})

test('a thread is walked, answered and endorsed without a pointer', async () => {
  await page.getByRole('textbox', { name: 'Your words' }).focus()
  await press('Shift+F6', 'ArrowUp', 't')
  const reply = page.getByRole('textbox', { name: 'Your reply' })
  await reply.waitFor()
  await reply.focus()
  await page.keyboard.type('Both are with the porter.')
  await press('Enter')
  const slip = page.locator('.slip', { hasText: 'Both are with the porter.' })
  await slip.waitFor()
  await page.getByRole('group', { name: 'Replies' }).focus()
  await press('ArrowUp')
  expect(await slip.evaluate((line) => line === document.activeElement)).toBe(true)
  expect(await focusShows()).toBe(true)
  await tabTo(/^Endorse$/)
  await press('Enter', 'Enter')
  await slip.getByRole('button', { name: /^Agreed 1/ }).waitFor()
  await press('Escape')
})

test('F6 visits every pane and comes back', async () => {
  const seen: string[] = []
  for (let step = 0; step < 4; step += 1) {
    await press('F6')
    seen.push(
      await page.evaluate(
        () =>
          ['.composer', '.spine', '.list', '#sheet'].find((pane) => document.activeElement?.closest(pane)) ?? 'nowhere',
      ),
    )
  }
  expect(new Set(seen)).toEqual(new Set(['.composer', '.spine', '.list', '#sheet']))
})

test('a dialog gives the focus back where it was', async () => {
  await page.getByRole('button', { name: 'New room or message' }).focus()
  await press('Enter')
  await page.getByRole('menuitem', { name: 'New room…' }).waitFor()
  await press('Enter')
  await page.getByRole('dialog', { name: 'New room' }).waitFor()
  await press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(focusedName).toBe('New room or message')
})
