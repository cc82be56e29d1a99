import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, expectReadable, launchBrowser } from '#testing/browser.ts'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'
import { desktop, expectNarrowEnough, newPage, phone } from './browser.ts'

const streets = '+15550001000'
const number = '+12025550142'
let simulator: TestSimulator
let browser: Browser

beforeAll(async () => {
  ;[simulator, browser] = await Promise.all([startTestSimulator(), launchBrowser()])
  await simulator.simulator.twilio.register({ ...simulator.account, number: streets, name: 'Streets', optOut: 'off' })
  await simulator.simulator.mail.register({ address: 'desk@city.example', name: 'Permits', host: '127.0.0.1', port: 9 })
  const addresses = [number, 'ana@citizens.example']
  await simulator.ask('POST', '/simulator/citizens', { name: 'Ana Duarte', addresses })
  await simulator.ask('POST', '/simulator/citizens', { name: 'Bo Lund', addresses: ['+12025550143'] })
})
afterAll(async () => {
  await browser?.close()
  await simulator?.[Symbol.asyncDispose]()
})

test('a telephone is written on by keyboard, and shows what comes in by itself', async () => {
  const page = await newPage(browser)
  await page.goto(`${simulator.url}/phone`)
  await page.getByRole('link', { name: /Ana Duarte/ }).press('Enter')
  await page.getByLabel('What Ana Duarte writes').fill('The bins were not emptied.')
  await page.keyboard.press('Enter')
  const log = page.getByRole('log')
  await log.getByText('The bins were not emptied.').waitFor()
  expect(await page.getByLabel('What Ana Duarte writes').inputValue()).toBe('')
  // Halfway through her next words an answer comes: nothing is lost.
  await page.keyboard.type('And ')
  const text = 'They come on Friday.'
  await simulator.simulator.world.add({ what: 'received', kind: 'sms', from: streets, to: number, text, id: 'SM1' })
  await log.getByText(text).waitFor()
  await page.keyboard.type('thanks')
  expect(await page.getByLabel('What Ana Duarte writes').inputValue()).toBe('And thanks')
  expect(await page.getByLabel(/^Subject/).isVisible()).toBe(false)
  await page.getByLabel('To', { exact: true }).selectOption('desk@city.example')
  expect(await page.getByLabel(/^Subject/).isVisible()).toBe(true)
  await page.context().close()
})

test('axe finds nothing, in any light, and 320 pixels are enough', async () => {
  const page = await newPage(browser)
  for (const path of ['/phone', `/phone?who=${encodeURIComponent(number)}`, '/phone?who=nobody']) {
    for (const size of [desktop, phone, { width: 320, height: 640 }]) {
      await page.setViewportSize(size)
      await page.goto(simulator.url + path)
      await expectAccessible(page, `${path}, ${size.width} wide`)
      await expectNarrowEnough(page, `${path}, ${size.width} wide`)
    }
    for (const look of [{ colorScheme: 'dark' }, { contrast: 'more' }] as const) {
      await page.emulateMedia(look)
      await expectReadable(page, `${path}, ${JSON.stringify(look)}`)
      await page.emulateMedia({ colorScheme: null, contrast: null })
    }
  }
}, 120_000)
