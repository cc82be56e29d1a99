import { createClient, type MatrixClient, RoomEvent } from 'matrix-js-sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { createRoom, entry, newPage, signIn, write } from './browser.ts'
import { type Actor, openStage, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser
let hers: Page
let his: Page
let third: MatrixClient
let losa: Actor

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
  const ngozi = await stage.actor('Ngozi Umeadi')
  const dawit = await stage.actor('Dawit Gebreselam')
  losa = await stage.actor('Losa Faleafa')
  third = createClient({
    baseUrl: stage.url.replace(/\/$/, ''),
    userId: losa.userId,
    accessToken: losa.accessToken,
    disableVoip: true,
  })
  hers = await newPage(browser)
  his = await newPage(browser)
  await signIn(hers, stage, ngozi)
  await signIn(his, stage, dawit)
}, 180_000)
afterAll(async () => {
  third?.stopClient()
  await browser?.close()
  await stage?.close()
})

test('two people in two browsers and a third on another client talk in one room', async () => {
  const dawit = await his.evaluate(() => JSON.parse(localStorage.getItem('chancery.session') ?? '{}').userId as string)
  const invited = [{ userId: dawit }, losa] as Actor[]
  const roomId = await createRoom(hers, 'Gates and pumps', invited)
  await his.getByRole('link', { name: /Gates and pumps/ }).click()
  await his.getByRole('button', { name: 'Accept' }).click()
  await his.getByRole('textbox', { name: 'Your words' }).waitFor()

  const heard: string[] = []
  third.on(RoomEvent.Timeline, (event, room) => {
    if (room?.roomId === roomId && event.getType() === 'm.room.message') heard.push(String(event.getContent().body))
  })
  await third.startClient({ lazyLoadMembers: true })
  await third.joinRoom(roomId)
  await hers.getByText('Losa Faleafa joined.').waitFor()

  await third.sendTextMessage(roomId, 'I write from another client')
  await write(hers, 'I write from a browser')
  await write(his, 'So do I')
  for (const page of [hers, his]) {
    for (const words of ['I write from another client', 'I write from a browser', 'So do I']) {
      await entry(page, words).waitFor()
    }
  }
  await expect
    .poll(() => heard.toSorted(), { timeout: 15_000 })
    .toEqual(['I write from a browser', 'I write from another client', 'So do I'])
})
