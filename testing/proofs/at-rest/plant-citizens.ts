import { createTransport } from 'nodemailer'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import type { Account, BlackBox } from '../black-box.ts'
import type { Canaries } from './canaries.ts'
import { type Office, received, receivedBy, taken, until } from './office.ts'
import { mailbox, type Outside, officeNumber } from './outside.ts'

const enc = encodeURIComponent

type Known = { readonly id: string; readonly number: string; readonly mail: string }

/**
 * Citizens, as an office has to do with them: records, consent, words both ways on every channel, notes, pages, refusals. What
 * they are called, where they are reached and what anybody says are canaries. Resolves when everything has come to rest.
 */
export async function plantCitizens(
  box: BlackBox,
  canaries: Canaries,
  clerk: Account,
  outside: Outside,
): Promise<void> {
  const office: Office = { box, canaries, outside, clerk, purposeId: await openOffice(box, canaries, clerk) }
  const her = await plantRecord(office)
  await plantSends(office, her)
  await plantTexts(office)
  await plantMails(office)
  await plantPages(office, her)
  await plantRefusals(office, her)
}

async function openOffice(box: BlackBox, canaries: Canaries, { token, userId }: Account): Promise<string> {
  const word = (place: string) => canaries.word(place)
  await box.ok('PUT', `/api/v1/agencies/main/staff/${enc(userId)}`, { token })
  const agency = { name: `Office ${word('agency name')}`, country: 'DE', language: 'en' }
  await box.ok('PATCH', '/api/v1/agencies/main', { token, body: agency })
  const purpose = { key: word('purpose key'), title: word('purpose title'), basis: 'consent' }
  const wordings = { en: `We write to you about ${word('wording')}.` }
  const { id } = await box.ok('POST', '/api/v1/purposes', { token, body: { ...purpose, wordings } })
  const queue = { key: 'second', name: `Queue ${word('queue name')}` }
  await box.ok('POST', '/api/v1/queues', { token, body: queue })
  const reply = {
    key: 'thanks',
    title: word('canned title'),
    texts: { en: `Dear {{ person.name }}, ${word('canned')}` },
  }
  await box.ok('POST', '/api/v1/canned-replies', { token, body: reply })
  return id
}

async function plantRecord({ box, canaries, clerk: { token }, purposeId, outside }: Office): Promise<Known> {
  const word = (place: string) => canaries.word(place)
  const post = (path: string, body: unknown, key?: string) =>
    box.ok('POST', `/api/v1/${path}`, { token, body, ...(key !== undefined && { key }) })
  const [number, second] = [canaries.number('number of a record'), canaries.number('second number of a record')]
  const mail = `Maryam.${word('mail address')}@Post.example`
  const addresses = [
    { kind: 'sms', value: number.spelled, verified: true },
    { kind: 'sms', value: second.spelled, readByOthers: true },
    { kind: 'mail', value: mail, verified: true },
  ]
  const body = { name: `Maryam ${word('name')}`, otherNames: [word('other name')], addresses }
  const { id } = await post('people', body, word('idempotency key'))
  await post('people', body, canaries.planted.get('idempotency key'))
  await box.ok('PATCH', `/api/v1/people/${id}`, { token, body: { otherNames: [word('changed name')] } })
  await post('people/search', { name: word('searched name') })
  await post('people/search', { address: canaries.number('searched number').spelled })
  await box.ok('GET', `/api/v1/people?name=${word('name in a URL')}&address=${enc(number.spelled)}`, { token })
  await post(`people/${id}/openings`, { reason: `Because ${word('opening reason')}` })
  const proof = { note: word('consent proof'), number: canaries.number('number in a proof').spelled }
  await post(`people/${id}/consents`, { purposeId, act: 'request', proof })
  const shown = await box.ok('GET', `/api/v1/people/${id}`, { token })
  const address = `people/${id}/addresses/${shown.addresses.find(({ kind }: { kind: string }) => kind === 'mail').id}`
  await post(`${address}/code`, { purposeId })
  const sent = await received(outside, mail.toLowerCase(), /\b\d{6}\b/)
  await post(`${address}/confirm`, { code: canaries.code('consent code', sent) })
  const other = await post('people', { name: word('name of another'), addresses: [] })
  const { mergeId } = await post(`people/${id}/merge`, { absorb: other.id })
  await post(`merges/${mergeId}/undo`, {})
  await box.ok('GET', `/api/v1/people/${id}/export`, { token })
  return { id, number: number.e164, mail: mail.toLowerCase() }
}

async function plantSends({ box, canaries, clerk: { token }, purposeId, outside }: Office, her: Known): Promise<void> {
  const word = (place: string) => canaries.word(place)
  const send = (body: object) =>
    box.ok('POST', '/api/v1/sends', { token, body: { personId: her.id, purposeId, ...body } })
  await send({ body: word('sent by SMS'), channel: 'sms' })
  await send({ body: word('sent by mail'), subject: word('subject of a mail'), channel: 'mail' })
  await send({ body: word('kept in the inbox'), subject: word('subject in the inbox'), sensitivity: 'sensitive' })
  await received(outside, her.number, new RegExp(canaries.planted.get('sent by SMS') ?? ''))
  await received(outside, her.mail, new RegExp(canaries.planted.get('sent by mail') ?? ''))
  // One that no provider takes, and a human has to do.
  const lost = canaries.number('number that fails')
  const steps = [{ answer: 'refuse', code: 21211 }]
  await outside.simulator.ask('POST', '/simulator/scripts', { address: lost.e164, steps })
  const addresses = [{ kind: 'sms', value: lost.spelled, verified: true }]
  const { id } = await box.ok('POST', '/api/v1/people', { token, body: { name: word('name that fails'), addresses } })
  await box.ok('POST', `/api/v1/people/${id}/consents`, { token, body: { purposeId } })
  await send({ personId: id, body: word('sent in vain') })
  const { tasks } = await until('a task', async () => {
    const list = await box.ok('GET', '/api/v1/tasks?state=open', { token })
    return list.tasks.length > 0 ? list : undefined
  })
  const body = { note: `Wrote a letter. ${word('task note')}` }
  await box.ok('POST', `/api/v1/tasks/${tasks[0].id}/done`, { token, body })
}

/** Somebody whom nobody knows texts, with a picture; she is answered, with notes, and says STOP in her own words. */
async function plantTexts(office: Office): Promise<void> {
  const { box, canaries, clerk, outside } = office
  const word = (place: string) => canaries.word(place)
  const { e164: from } = canaries.number('number that texts')
  const text = (words: string, more: object = {}) =>
    outside.simulator.ask('POST', '/simulator/texts', { from, to: officeNumber, text: words, ...more })
  const media = [{ type: 'text/plain', base64: Buffer.from(word('file of a text')).toString('base64') }]
  await text(`Good morning ${word('text')}`, { media })
  const { roomId, notesRoomId, id } = await taken(office, 'sms')
  await box.send(clerk, notesRoomId, 'n1', { msgtype: 'm.text', body: word('note') })
  await box.send(clerk, roomId, 'n2', { msgtype: 'm.text', body: `!note ${word('note by command')}` })
  await box.send(clerk, roomId, 'n3', { msgtype: 'm.text', body: word('reply by SMS') })
  await received(outside, from, new RegExp(canaries.planted.get('reply by SMS') ?? ''))
  const { replies } = await box.ok('GET', '/api/v1/canned-replies', { token: clerk.token })
  const filled = `/api/v1/conversations/${id}/canned-replies/${replies[0].id}`
  await box.ok('GET', filled, { token: clerk.token })
  const before = (await receivedBy(outside, from)).length
  await text(`Please write no more, ${word('stop words')}. STOP`)
  await until('an answer to STOP', async () => ((await receivedBy(outside, from)).length > before ? true : undefined))
}

/** A mail with everything that a mail can have, answered by mail. */
async function plantMails(office: Office): Promise<void> {
  const { box, canaries, clerk, outside } = office
  const word = (place: string) => canaries.word(place)
  const address = `${word('address that mails')}@post.example`
  const transport = createTransport({ host: '127.0.0.1', port: outside.mailPort, ignoreTLS: true })
  await transport.sendMail({
    from: { name: `Leyla ${word('name in a mail')}`, address },
    to: mailbox,
    subject: `Größe ${word('mail subject')}`,
    text: `Guten Tag, ${word('mail words')} äöü`,
    html: `<p>Guten Tag, <b>${word('mail in HTML')}</b></p>`,
    messageId: `<${word('message id')}@post.example>`,
    headers: { 'X-Mailer': word('mail header') },
    attachments: [{ filename: `${word('attachment name')}.txt`, content: `${word('attachment')}\n`.repeat(3_000) }],
  })
  const { roomId } = await taken(office, 'mail')
  await box.send(clerk, roomId, 'm1', { msgtype: 'm.text', body: word('reply by mail') })
  await received(outside, address, new RegExp(canaries.planted.get('reply by mail') ?? ''))
  transport.close()
}

async function plantPages({ box, canaries, clerk, outside }: Office, her: Known): Promise<void> {
  const browser = new CitizenBrowser(() => `http://127.0.0.1:${box.port}`)
  await browser.open('/c/main')
  await browser.submit('/c/main/code', { address: `${canaries.word('unknown address')}@post.example` })
  await browser.open('/c/main')
  await browser.submit('/c/main/code', { address: `no address ${canaries.word('no address')}` })
  await browser.open('/c/main')
  await browser.submit('/c/main/code', { address: her.number })
  const code = canaries.code('code of the pages', await received(outside, her.number, /^\d{6} is/))
  await browser.submit('/c/main/enter', { code: code === '000000' ? '111111' : '000000' })
  await browser.submit('/c/main/enter', { code })
  if (browser.path !== '/c/main/choices') throw new Error(`The pages did not open: ${browser.text}`)
  await browser.submit('/c/main/choices', { w1: 'mail', language: 'de' })
  await browser.open('/c/main/messages')
  const action = /action="(\/c\/main\/messages\/[^"]+)"/.exec(browser.page)?.[1] ?? ''
  await browser.submit(action, { text: `My answer ${canaries.word('answer in the inbox')}` })
  const word = canaries.word('code word')
  await box.ok('PUT', `/api/v1/people/${her.id}/code-word`, { token: clerk.token, body: { word } })
  await browser.open('/c/main/prove')
  await browser.submit('/c/main/prove', { word: canaries.word('wrong code word') })
  await browser.submit('/c/main/prove', { word })
  if (!browser.page.includes(canaries.planted.get('kept in the inbox') ?? '')) throw new Error('The inbox is shut.')
  await browser.open('/c/main/word')
  await browser.submit('/c/main/word', { word: canaries.word('own word') })
  await browser.open(`/c/main/history?x=${canaries.word('query of a page')}`)
}

/** What is asked for and refused is written nowhere either. */
async function plantRefusals(
  { box, canaries, clerk: { token }, purposeId, outside }: Office,
  her: Known,
): Promise<void> {
  const word = (place: string) => canaries.word(place)
  const { e164 } = canaries.number('number in a refusal')
  const refused: [method: string, path: string, body: object][] = [
    ['POST', '/api/v1/people', { name: word('refused name'), addresses: [{ kind: 'sms', value: 'none' }] }],
    ['POST', '/api/v1/people', { name: 7, nickname: word('refused field') }],
    ['POST', '/api/v1/sends', { personId: her.id, purposeId, body: word('refused words'), channel: 'pigeon' }],
    ['POST', `/api/v1/people/${word('id')}/openings`, { reason: word('refused reason') }],
    ['POST', '/api/v1/canned-replies', { key: 'x', title: 'x', texts: { en: `{{ ${word('field')} }}` } }],
    ['GET', `/api/v1/people/${enc(e164)}/${word('path')}`, {}],
    ['POST', '/hooks/sms/inbound', { From: e164, Body: word('forged hook') }],
  ]
  for (const [method, path, body] of refused) {
    const answer = await box.ask(method, path, { token, ...(method === 'POST' && { body }) })
    if (answer.status < 400) throw new Error(`${method} ${path} was meant to be refused: ${answer.status}`)
  }
  const transport = createTransport({ host: '127.0.0.1', port: outside.mailPort, ignoreTLS: true })
  const mail = {
    from: `a@${word('domain')}.example`,
    to: `${word('unknown mailbox')}@else.example`,
    text: word('spam'),
  }
  await transport.sendMail(mail).catch(() => undefined)
  transport.close()
}
