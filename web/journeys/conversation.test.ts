import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#testing/browser.ts'
import { createRoom, entry, newPage, signIn, write } from './browser.ts'
import { type Actor, openStage, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser
let ngozi: Actor
let dawit: Actor
let hers: Page
let his: Page
let roomId: string

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
  ngozi = await stage.actor('Ngozi Umeadi')
  dawit = await stage.actor('Dawit Gebreselam')
  hers = await newPage(browser)
  his = await newPage(browser)
  await signIn(hers, stage, ngozi)
  await signIn(his, stage, dawit)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

test('a room is opened, an invitation is accepted, and words appear on the other side', async () => {
  roomId = await createRoom(hers, 'Storm tide', [dawit])
  await his.getByRole('link', { name: /Storm tide/ }).click()
  await his.getByText('Ngozi Umeadi invites you to this room.').waitFor()
  await his.getByRole('button', { name: 'Accept' }).click()
  await his.getByRole('textbox', { name: 'Your words' }).waitFor()

  await write(hers, 'Gates 1 to 5 close at **19:30**.')
  await entry(his, 'Gates 1 to 5 close at 19:30.').waitFor()
  expect(await entry(his, 'Gates 1 to 5').locator('strong').textContent()).toBe('19:30')
  await write(his, 'Understood.\nWe are at gate 4.')
  await entry(hers, 'We are at gate 4.').waitFor()
})

test('HTML that somebody types stays text', async () => {
  await write(hers, 'Look: <img src=x onerror="document.title=1"> and <b>bold</b>')
  const line = entry(his, 'Look: <img')
  await line.waitFor()
  expect(await line.locator('.text img, .text b').count()).toBe(0)
})

/** Sends an event as any client might, past everything that this one would do to it. */
async function sendRaw(transaction: string, content: Record<string, unknown>): Promise<void> {
  const room = `${stage.url}_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`
  const answer = await fetch(`${room}/send/m.room.message/${transaction}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ngozi.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ msgtype: 'm.text', body: 'plain', ...content }),
  })
  expect(answer.status).toBe(200)
}

const foreignHtml = [
  'Foreign words',
  '<script>document.title = "taken"</script>',
  '<img src="x" onerror="document.title = \'taken\'">',
  '<b onclick="document.title = \'taken\'" style="position:fixed" class="btn act" id="sheet" title="t">bold</b>',
  '<a href="javascript:document.title=\'taken\'">scripted</a>',
  '<a href="https://averell.example/plan" class="skip">plan</a>',
  '<a href="https://matrix.to/#/@x%zz">malformed</a>',
  '<style>* { display: none }</style><iframe src="/"></iframe><form><input name="a"></form>',
  '<svg><a href="javascript:1"><text>drawn</text></a></svg>',
  '<code class="language-ts btn">code</code>',
].join(' ')

test('HTML of another client is cleaned before it is shown', async () => {
  await sendRaw('foreign', { format: 'org.matrix.custom.html', formatted_body: foreignHtml })
  const text = entry(his, 'Foreign words').locator('.text')
  await text.waitFor()
  const found = await text.evaluate((words) => ({
    elements: [...words.querySelectorAll('*')].map((one) => one.localName),
    attributes: [...words.querySelectorAll('*')].flatMap((one) => [...one.attributes].map(({ name }) => name)).sort(),
    links: [...words.querySelectorAll('a')].map((link) => `${link.textContent} ${link.href} ${link.rel}`),
  }))
  expect(found.elements).toEqual(['b', 'a', 'a', 'code'])
  expect(found.attributes).toEqual(['href', 'href', 'rel', 'rel', 'target', 'target'])
  expect(found.links).toEqual([
    'plan https://averell.example/plan noopener noreferrer nofollow',
    'malformed https://matrix.to/#/@x%zz noopener noreferrer nofollow',
  ])
  expect(await text.textContent()).toContain('scripted')
  await text.locator('b').click()
  expect(await his.title()).not.toBe('taken')
})

test('an event that cannot be read takes no other with it', async () => {
  await sendRaw('unreadable', { msgtype: 'm.file', url: 'mxc://a/b', filename: { toString: 1, valueOf: 1 } })
  await sendRaw('after', { body: 'After what cannot be read' })
  await entry(his, 'After what cannot be read').waitFor()
  await entry(his, 'This entry cannot be read').waitFor()
  await entry(his, 'Gates 1 to 5').waitFor()
})

test('a reply quotes, an endorsement counts, an edit replaces, a removal removes', async () => {
  await entry(his, 'Gates 1 to 5').hover()
  await entry(his, 'Gates 1 to 5').getByRole('button', { name: 'Reply' }).click()
  await write(his, 'All five?')
  const reply = entry(hers, 'All five?')
  await reply.waitFor()
  expect(await reply.locator('.cite').textContent()).toContain('Gates 1 to 5 close')

  await entry(his, 'Gates 1 to 5').first().hover()
  await entry(his, 'Gates 1 to 5').first().locator('.acts').getByRole('button', { name: 'Endorse' }).click()
  await his.getByRole('menuitem', { name: 'Agreed', exact: true }).click()
  const endorsed = entry(hers, 'Gates 1 to 5')
    .first()
    .getByRole('button', { name: /^Agreed 1/ })
  await endorsed.waitFor()
  await endorsed.click()
  await entry(his, 'Gates 1 to 5')
    .first()
    .getByRole('button', { name: /^Agreed 2/ })
    .waitFor()

  await his.getByRole('textbox', { name: 'Your words' }).press('ArrowUp')
  await his.getByText('You are editing your words').waitFor()
  await write(his, 'All six?')
  await entry(hers, 'All six?').waitFor()
  await entry(hers, 'All six?')
    .getByText(/^edited /)
    .waitFor()
  expect(await entry(hers, 'All five?').count()).toBe(0)

  await entry(his, 'All six?').hover()
  await entry(his, 'All six?').getByRole('button', { name: 'More' }).click()
  await his.getByRole('menuitem', { name: 'Remove for everyone' }).click()
  await his.getByRole('dialog').getByRole('button', { name: 'Remove for everyone' }).click()
  await hers.getByText('Dawit Gebreselam removed an entry.').waitFor()
  expect(await entry(hers, 'All six?').count()).toBe(0)
})

test('a thread stands beside the room and is counted under its root', async () => {
  await entry(his, 'Understood.').hover()
  await entry(his, 'Understood.').getByRole('button', { name: 'Thread' }).click()
  const panel = his.getByRole('complementary', { name: 'Thread' })
  await panel.getByText('Begun by Dawit Gebreselam').waitFor()
  await panel.getByRole('textbox', { name: 'Your reply' }).fill('The seal leaks.')
  await panel.getByRole('textbox', { name: 'Your reply' }).press('Enter')
  await panel.locator('.slip', { hasText: 'The seal leaks.' }).waitFor()

  const link = entry(hers, 'We are at gate 4.').getByRole('link', { name: /1 reply/ })
  await link.click()
  const other = hers.getByRole('complementary', { name: 'Thread' })
  await other.locator('.slip', { hasText: 'The seal leaks.' }).waitFor()
  await other.getByRole('textbox', { name: 'Your reply' }).fill('A van comes at 17:00.')
  await other.getByRole('button', { name: 'Reply', exact: true }).last().click()
  await panel.locator('.slip', { hasText: 'A van comes at 17:00.' }).waitFor()
  await entry(his, 'We are at gate 4.')
    .getByRole('link', { name: /2 replies/ })
    .waitFor()
  // What is said in a thread does not stand in the room.
  expect(await entry(hers, 'The seal leaks.').count()).toBe(0)
  await hers.getByRole('button', { name: 'Close the thread' }).last().click()
  await his.getByRole('button', { name: 'Close the thread' }).last().click()
})

test('a picture arrives, and only who is signed in can fetch it', async () => {
  const chooser = hers.waitForEvent('filechooser')
  await hers.getByRole('button', { name: 'Add a file' }).click()
  await (await chooser).setFiles({ name: 'gate-plan.png', mimeType: 'image/png', buffer: pixel })
  const picture = his.getByRole('button', { name: 'Look at gate-plan.png' })
  await picture.waitFor()
  await expect.poll(() => picture.locator('img').getAttribute('src')).toMatch(/^blob:/)
  await picture.click()
  await his.getByRole('dialog', { name: 'gate-plan.png' }).getByRole('button', { name: 'Close' }).click()
})

test('a mention is completed by keyboard and marked for whom it means', async () => {
  const field = hers.getByRole('textbox', { name: 'Your words' })
  await field.pressSequentially('Please look, @Daw')
  await hers.getByRole('option', { name: /Dawit Gebreselam/ }).waitFor()
  await field.press('Enter')
  await field.pressSequentially('before three')
  await field.press('Enter')
  const line = entry(his, 'Please look,')
  await line.waitFor()
  expect(await line.locator('.mention.you').textContent()).toBe('@Dawit Gebreselam')
})

test('who looks elsewhere is told on the desktop who mentions her, and not the words', async () => {
  await his.addInitScript(() => {
    const told: string[] = []
    class Told {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      onclick: (() => void) | null = null
      constructor(title: string, options: { body?: string }) {
        told.push(`${title} | ${options.body ?? ''}`)
      }
      close() {}
    }
    Object.assign(globalThis, { Notification: Told, told })
    document.hasFocus = () => false
  })
  await his.reload()
  await his.getByRole('button', { name: 'Dawit Gebreselam, you' }).click()
  await his.getByRole('menuitem', { name: 'Look of this device…' }).click()
  await his.getByLabel('Tell me when someone mentions me or writes to me').check()
  await his.keyboard.press('Escape')
  const field = hers.getByRole('textbox', { name: 'Your words' })
  await field.pressSequentially('Quietly, @Daw')
  await hers.getByRole('option', { name: /Dawit Gebreselam/ }).waitFor()
  await field.press('Tab')
  await field.press('Enter')
  await expect
    .poll(() => his.evaluate(() => (globalThis as unknown as { told: string[] }).told))
    .toEqual(['Ngozi Umeadi mentions you | Storm tide'])
  // From here on he looks again.
  await his.context().close()
  his = await newPage(browser)
  await signIn(his, stage, dawit)
  await his.getByRole('link', { name: /Storm tide/ }).click()
  await entry(his, 'Quietly,').waitFor()
})

test('unread words are counted until they are read', async () => {
  await his.goto(`${stage.url}#/`)
  await his.getByRole('heading', { name: 'Choose a room' }).waitFor()
  await write(hers, 'One')
  await write(hers, 'Two')
  await his.getByRole('link', { name: /Storm tide.*2 unread/ }).waitFor()
  await his.getByRole('link', { name: /Storm tide/ }).click()
  await entry(his, 'Two').waitFor()
  await expect.poll(() => his.getByRole('link', { name: /Storm tide.*unread/ }).count()).toBe(0)
  await hers.getByText('Read', { exact: true }).waitFor()
})

test('typing is told, and a draft waits for its writer', async () => {
  await his.getByRole('textbox', { name: 'Your words' }).pressSequentially('Half a sen')
  await hers.getByText('Dawit Gebreselam is writing').waitFor()
  await his.reload()
  const field = his.getByRole('textbox', { name: 'Your words' })
  await field.waitFor()
  expect(await field.inputValue()).toBe('Half a sen')
  await field.fill('')
})

test('what is written without a connection waits, and goes when it is back', async () => {
  await hers.context().setOffline(true)
  await write(hers, 'Written in the tunnel')
  await write(hers, 'And a second line there')
  await entry(hers, 'Written in the tunnel').getByText('Waits').waitFor()
  await hers.context().setOffline(false)
  await entry(his, 'And a second line there').waitFor({ timeout: 30_000 })
  const order = await his.locator('#sheet .entry .text').allTextContents()
  expect(order.indexOf('Written in the tunnel')).toBe(order.indexOf('And a second line there') - 1)
  await expect.poll(() => entry(hers, 'Written in the tunnel').getByText('Waits').count(), { timeout: 10_000 }).toBe(0)
}, 60_000)

test('what was said while one was away for long is all there', async () => {
  await his.context().setOffline(true)
  for (let line = 0; line < 45; line += 1) {
    await fetch(`${stage.url}_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/away-${line}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ngozi.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ msgtype: 'm.text', body: `Away ${line}` }),
    })
  }
  await his.getByText('No connection to the server.').waitFor({ timeout: 40_000 })
  await his.context().setOffline(false)
  await entry(his, 'Away 44').waitFor({ timeout: 30_000 })
  const log = his.getByRole('log')
  await expect
    .poll(async () => {
      await log.evaluate((box) => {
        box.scrollTop -= 700
      })
      return his.locator('#sheet .entry .text').allTextContents()
    })
    .toEqual(expect.arrayContaining(Array.from({ length: 45 }, (_, line) => `Away ${line}`)))
  await his.getByRole('button', { name: 'To the latest' }).click()
}, 120_000)

test('a refusal stands under the words with its reason, and they can be sent again', async () => {
  const sends = /\/send\/m\.room\.message\//
  await hers.route(sends, (route) => route.fulfill({ status: 403, json: { errcode: 'M_FORBIDDEN', error: 'no' } }))
  await write(hers, 'Not yet allowed')
  const line = entry(hers, 'Not yet allowed')
  await line.getByText('Not sent: You may not do this here.').waitFor()
  await hers.unroute(sends)
  // Nothing is lost when the page is loaded anew.
  await hers.reload()
  await line.getByText('this page was closed before it went').waitFor()
  await line.getByRole('button', { name: 'Send again' }).click()
  await entry(his, 'Not yet allowed').waitFor()
})

test('a file that does not go can be tried again or taken back', async () => {
  const uploads = /\/media\/v3\/upload/
  await hers.route(uploads, (route) => route.fulfill({ status: 413, json: { errcode: 'M_TOO_LARGE', error: 'big' } }))
  const chooser = hers.waitForEvent('filechooser')
  await hers.getByRole('button', { name: 'Add a file' }).click()
  await (await chooser).setFiles({
    name: 'roster.xls',
    mimeType: 'application/vnd.ms-excel',
    buffer: Buffer.alloc(900),
  })
  await hers.getByText(/roster\.xls was not sent\. This is larger/).waitFor()
  await hers.unroute(uploads)
  await hers.getByRole('button', { name: 'Try again' }).click()
  const paper = entry(his, 'roster.xls')
  await paper.waitFor()
  const download = his.waitForEvent('download')
  await paper.getByRole('button', { name: 'Save roster.xls' }).click()
  expect((await download).suggestedFilename()).toBe('roster.xls')
})

test('an address leads to one entry', async () => {
  const link = await entry(hers, 'Gates 1 to 5').first().locator('.when a').getAttribute('href')
  await his.goto(`${stage.url}${link}`)
  const sought = his.locator('.entry.sought', { hasText: 'Gates 1 to 5' })
  await sought.waitFor()
  expect(link).toContain(roomId)
  // A panel that opens and closes beside it leaves the reader there.
  await his.getByRole('main').getByRole('button', { name: 'People', exact: true }).click()
  await his.getByRole('complementary', { name: 'People' }).waitFor()
  await his.keyboard.press('Escape')
  await his.getByRole('complementary', { name: 'People' }).waitFor({ state: 'detached' })
  await sought.waitFor()
})
