import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { createRoom, entry, newPage, signIn, write } from './browser.ts'
import { openStage, type Stage } from './stage.ts'

// How fast it is belongs to `npm run prove -- display`, which sets the bound on a machine that does nothing else.
const rounds = Number(process.env.CHANCERY_DISPLAY_ROUNDS ?? 20)
const boundMs = Number(process.env.CHANCERY_DISPLAY_MS ?? Number.POSITIVE_INFINITY)

let stage: Stage
let browser: Browser
let hers: Page
let his: Page
let roomId: string

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
  const ngozi = await stage.actor('Ngozi Umeadi')
  const dawit = await stage.actor('Dawit Gebreselam')
  hers = await newPage(browser)
  his = await newPage(browser)
  await signIn(hers, stage, ngozi)
  await signIn(his, stage, dawit)
  roomId = await createRoom(hers, 'Storm tide', [dawit])
  await his.getByRole('link', { name: /Storm tide/ }).click()
  await his.getByRole('button', { name: 'Accept' }).click()
  await write(hers, 'Ready')
  await entry(his, 'Ready').waitFor()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

/** Milliseconds from the press of Send in one browser to the words on the screen of another. */
async function sendToDisplayMs(words: string): Promise<number> {
  const shown = his.evaluate(
    (sought) =>
      new Promise<number>((done) => {
        const observer = new MutationObserver(() => {
          const last = [...document.querySelectorAll('#sheet .entry .text')].at(-1)
          if (last?.textContent !== sought) return
          observer.disconnect()
          done(performance.timeOrigin + performance.now())
        })
        observer.observe(document.body, { childList: true, subtree: true })
      }),
    words,
  )
  await hers.getByRole('textbox', { name: 'Your words' }).fill(words)
  const sent = await hers.evaluate(() => {
    const now = performance.timeOrigin + performance.now()
    document.querySelector<HTMLTextAreaElement>('#sheet textarea')?.form?.requestSubmit()
    return now
  })
  return (await shown) - sent
}

test('what one sends appears before the other, every time', async () => {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) times.push(await sendToDisplayMs(`Round ${round}`))
  times.sort((a, b) => a - b)
  const p95 = times[Math.floor(times.length * 0.95)] ?? Number.POSITIVE_INFINITY
  console.log(`send to display: p50 ${times[times.length >> 1]?.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms of ${rounds}`)
  expect(p95).toBeLessThan(boundMs)
}, 600_000)

test('earlier entries load as one scrolls up, and what one reads stays where it is', async () => {
  const token = await hers.evaluate(
    () => JSON.parse(localStorage.getItem('chancery.session') ?? '{}').accessToken as string,
  )
  for (let line = 0; line < 260; line += 1) {
    const path = `_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/history-${line}`
    await fetch(`${stage.url}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ msgtype: 'm.text', body: `Line ${line}` }),
    })
  }
  await his.reload()
  await entry(his, 'Line 259').waitFor()
  const log = his.getByRole('log')
  // One is at the end; earlier entries come one page at a time.
  await expect.poll(() => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)).toBeLessThan(4)
  const moved = await log.evaluate(async (box) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    let worst = 0
    for (let step = 0; step < 200; step += 1) {
      const line = [...box.querySelectorAll('.entry')].find(
        (found) => found.getBoundingClientRect().bottom > box.getBoundingClientRect().top + 8,
      )
      const before = line?.getBoundingClientRect().top ?? 0
      const scrolledFrom = box.scrollTop
      box.scrollTop -= 120
      const scrolled = scrolledFrom - box.scrollTop
      await frame()
      await frame()
      if (line?.isConnected) worst = Math.max(worst, Math.abs(line.getBoundingClientRect().top - before - scrolled))
      if (box.querySelector('.start')) break
    }
    return worst
  })
  await entry(his, 'Ready').waitFor()
  // Fractions of pixels are rounded; a jump would be a whole line.
  expect(moved).toBeLessThan(6)

  await write(hers, 'The newest of all')
  await his.getByRole('button', { name: /1 new entry/ }).click()
  await entry(his, 'The newest of all').waitFor()
  await expect.poll(() => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)).toBeLessThan(4)
}, 120_000)
