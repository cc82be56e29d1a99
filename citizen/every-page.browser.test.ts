import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, expectReadable, launchBrowser } from '#testing/browser.ts'
import { type Citizen, CitizenStage } from '#testing/citizen-stage.ts'

let browser: Browser
let stage: CitizenStage
let maryam: Citizen

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await CitizenStage.open(browser)
  maryam = await stage.citizen('Maryam Ostadi')
  await stage.office.clerk.ok('PUT', `/api/v1/people/${maryam.id}/code-word`, { word: 'blue heron' })
})
afterAll(async () => {
  await browser?.close()
  await stage?.[Symbol.asyncDispose]()
})

/** The pages hold no script; axe is one. */
const forAxe = { javaScriptEnabled: true }
const narrow = { width: 320, height: 256 }
const phone = { width: 390, height: 844 }
const desktop = { width: 1440, height: 900 }
/** Besides the light one. Each is looked at on a telephone: colours do not depend on the width. */
const looks = [{ colorScheme: 'dark' }, { contrast: 'more' }, { forcedColors: 'active' }] as const
const plain = { colorScheme: 'light', contrast: 'no-preference', forcedColors: 'none' } as const

/** Nothing is wider than the window: at 320 pixels, which is 400 percent of 1,280, and with letters of twice the size. */
async function expectReflow(page: Page, where: string): Promise<void> {
  for (const size of [narrow, phone, { width: 640, height: 450 }, desktop]) {
    await page.setViewportSize(size)
    for (const letters of size.width < 640 ? ['100%'] : ['100%', '200%']) {
      await page.evaluate(`document.documentElement.style.fontSize = '${letters}'`)
      const over = await page.evaluate(`[...document.querySelectorAll('body *')].filter((one) => {
        const { left, right, width } = one.getBoundingClientRect()
        return width > 1 && !one.matches('.skip') && (right > innerWidth + 1 || left < -1)
      }).map((one) => one.outerHTML.slice(0, 100)).concat(
        document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])`)
      expect(over, `${where}, ${size.width} wide, letters ${letters}`).toEqual([])
    }
  }
  await page.evaluate(`document.documentElement.style.fontSize = ''`)
}

async function lookAt(page: Page, where: string): Promise<void> {
  await expectReflow(page, where)
  for (const size of [narrow, desktop]) {
    await page.setViewportSize(size)
    await expectAccessible(page, `${where}, ${size.width} wide`)
  }
  await page.setViewportSize(phone)
  for (const look of looks) {
    await page.emulateMedia({ ...plain, ...look })
    await expectReadable(page, `${where}, ${JSON.stringify(look)}`)
  }
  await page.emulateMedia(plain)
  const structure = await page.evaluate(`[document.querySelectorAll('h1').length,
    document.querySelectorAll('main, header, footer').length, document.title.endsWith('City of Port Averell')]`)
  expect(structure, where).toEqual([1, 3, true])
}

/** Bytes of everything that a browser fetches for a page the first time, without fonts. */
async function weightOf(path: string, cookies: Awaited<ReturnType<Page['context']>>): Promise<number> {
  const page = await stage.page({ storageState: await cookies.storageState() })
  const parts: Promise<number>[] = []
  page.on('response', (response) => {
    if (!response.url().endsWith('.woff2')) parts.push(response.body().then(({ length }) => length))
  })
  await page.goto(stage.url + path, { waitUntil: 'load' })
  const weights = await Promise.all(parts)
  expect(weights.length, path).toBeGreaterThan(1)
  await page.context().close()
  return weights.reduce((sum, one) => sum + one, 0)
}

const send = (page: Page, form: string) => page.locator(`form[action="/c/main/${form}"] button`).first().click()

test('axe finds nothing before the door, in any light, and 320 pixels are enough', async () => {
  const page = await stage.page(forAxe)
  for (const path of ['', '?ended=1', '/accessibility', '/privacy']) {
    await page.goto(`${stage.url}/c/main${path}`)
    await lookAt(page, `/c/main${path}`)
  }
  await page.goto(`${stage.url}/c/main`)
  await page.locator('#address').fill('twelve')
  await send(page, 'code')
  await lookAt(page, 'no address')
  await page.locator('#address').fill('nobody@elsewhere.example')
  await send(page, 'code')
  await lookAt(page, 'code')
  await page.locator('#code').fill('123456')
  await send(page, 'enter')
  await lookAt(page, 'wrong code')
  await page.context().close()
}, 240_000)

test('axe finds nothing on her pages, in any light, and 320 pixels are enough', async () => {
  const page = await stage.signedIn(maryam.one, forAxe)
  for (const path of ['choices', 'messages', 'history', 'prove', 'word', 'data']) {
    await page.goto(`${stage.url}/c/main/${path}`)
    await lookAt(page, path)
    expect(await weightOf(`/c/main/${path}`, page.context()), path).toBeLessThan(50_000)
  }
  await page.goto(`${stage.url}/c/main/messages`)
  await page.locator('summary').first().click()
  await page.locator('textarea').first().fill('   ')
  await send(page, await pathOfAnswer(page))
  await lookAt(page, 'empty answer')
  await page.goto(`${stage.url}/c/main/prove`)
  await page.locator('#word').fill('red heron')
  await send(page, 'prove')
  await lookAt(page, 'wrong word')
  await page.goto(`${stage.url}/c/main/choices`)
  await page.locator('#from').selectOption('20:00')
  await page.locator('#quiet-until').fill('2020-01-01')
  await send(page, 'choices')
  await lookAt(page, 'choices that cannot be kept')
  await page.goto(`${stage.url}/c/main/choices`)
  await send(page, 'stop')
  await lookAt(page, 'everything stopped')
  await page.context().close()
}, 300_000)

const pathOfAnswer = async (page: Page) =>
  (await page.locator('form[action*="/messages/"]').first().getAttribute('action'))?.replace('/c/main/', '') ?? ''

test.each(['ar', 'de-simple'])(
  '%s fits as well, in its direction',
  async (lang) => {
    const page = await stage.signedIn(maryam.two, forAxe, lang)
    expect(await page.evaluate('document.documentElement.dir')).toBe(lang === 'ar' ? 'rtl' : 'ltr')
    for (const path of ['choices', 'messages', 'history', 'prove', 'word', 'data', 'privacy']) {
      await page.goto(`${stage.url}/c/main/${path}`)
      await expectReflow(page, `${path} in ${lang}`)
      await page.setViewportSize(phone)
      await expectAccessible(page, `${path} in ${lang}`)
      expect(await weightOf(`/c/main/${path}`, page.context()), `${path} in ${lang}`).toBeLessThan(50_000)
    }
    await page.context().close()
  },
  120_000,
)
