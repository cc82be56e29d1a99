import { createTransport } from 'nodemailer'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { type Office, received, receivedBy, taken, until } from '../at-rest/office.ts'
import { mailbox, officeNumber } from '../at-rest/outside.ts'

const enc = encodeURIComponent
/** Until a human has to do what no channel did. */
const deadlineMs = 2_000

/** One citizen: her record, and where she is reached. */
export type Her = {
  readonly id: string
  /** A record that was merged into it. */
  readonly absorbed: string
  readonly number: string
  readonly otherNumber: string
  readonly mail: string
}

/** Everything that one citizen and an agency can have to do with each other, until she says STOP. What is hers is a canary. */
export async function liveALife(office: Office): Promise<Her> {
  const her = await becomeKnown(office)
  await hear(office, her)
  await write(office, her)
  await look(office, her)
  await askInVain(office, her)
  await stop(office, her)
  return her
}

async function becomeKnown({ box, canaries, clerk: { token }, purposeId, outside }: Office): Promise<Her> {
  const word = (place: string) => canaries.word(place)
  const post = (path: string, body: unknown, key?: string) =>
    box.ok('POST', `/api/v1/${path}`, { token, body, ...(key !== undefined && { key }) })
  const number = canaries.number('number')
  const mail = `${word('mail address')}@post.example`
  const body = {
    name: `Maryam ${word('name')}`,
    otherNames: [word('other name')],
    addresses: [
      { kind: 'sms', value: number.spelled, verified: true },
      { kind: 'mail', value: mail },
    ],
  }
  const { id } = await post('people', body, word('idempotency key'))
  const second = canaries.number('second number')
  const other = { name: word('merged name'), addresses: [{ kind: 'sms', value: second.spelled }] }
  const { id: absorbed } = await post('people', other)
  await post(`people/${id}/merge`, { absorb: absorbed })
  await post(`people/${id}/openings`, { reason: `Because ${word('opening reason')}` })
  await box.ok('PUT', `/api/v1/people/${id}/code-word`, { token, body: { word: word('code word') } })
  await post(`people/${id}/consents`, { purposeId, act: 'request', proof: { note: word('consent proof') } })
  const shown = await box.ok('GET', `/api/v1/people/${id}`, { token })
  const { id: addressId } = shown.addresses.find(({ kind }: { kind: string }) => kind === 'mail')
  await post(`people/${id}/addresses/${addressId}/code`, { purposeId })
  const code = canaries.code('consent code', await received(outside, mail, /\b\d{6}\b/))
  await post(`people/${id}/addresses/${addressId}/confirm`, { code })
  return { id, absorbed, number: number.e164, otherNumber: second.e164, mail }
}

async function hear(office: Office, { number, mail }: Her): Promise<void> {
  const { box, canaries, clerk, outside } = office
  const word = (place: string) => canaries.word(place)
  const media = [{ type: 'text/plain', base64: Buffer.from(word('file of a text')).toString('base64') }]
  const text = { from: number, to: officeNumber, text: `Good morning ${word('text')}`, media }
  await outside.simulator.ask('POST', '/simulator/texts', text)
  const { roomId, notesRoomId } = await taken(office, 'sms')
  await box.send(clerk, notesRoomId, 'n1', { msgtype: 'm.text', body: word('note') })
  await box.send(clerk, roomId, 'n2', { msgtype: 'm.text', body: `!note ${word('note by command')}` })
  await box.send(clerk, roomId, 'n3', { msgtype: 'm.text', body: word('reply by SMS') })
  await received(outside, number, new RegExp(canaries.planted.get('reply by SMS') ?? ''))
  const transport = createTransport({ host: '127.0.0.1', port: outside.mailPort, ignoreTLS: true })
  await transport.sendMail({
    from: { name: word('name in a mail'), address: mail },
    to: mailbox,
    subject: word('mail subject'),
    text: word('mail words'),
    attachments: [{ filename: `${word('attachment name')}.txt`, content: `${word('attachment')}\n`.repeat(3_000) }],
  })
  transport.close()
  const { roomId: mailRoom } = await taken(office, 'mail')
  const upload = `/_matrix/media/v3/upload?filename=${word('file name')}.txt`
  const bytes = Buffer.from(word('file for her'))
  const { content_uri: url } = await box.ok('POST', upload, { token: clerk.token, bytes, contentType: 'text/plain' })
  await box.send(clerk, mailRoom, 'm1', { msgtype: 'm.file', body: 'file.txt', url })
  await box.send(clerk, mailRoom, 'm2', { msgtype: 'm.text', body: word('reply by mail') })
  await received(outside, mail, new RegExp(canaries.planted.get('reply by mail') ?? ''))
}

async function write({ box, canaries, clerk: { token }, purposeId, outside }: Office, her: Her): Promise<void> {
  const word = (place: string) => canaries.word(place)
  const send = (body: object) =>
    box.ok('POST', '/api/v1/sends', { token, body: { personId: her.id, purposeId, ...body } })
  await send({ body: word('sent by SMS'), channel: 'sms' })
  await send({ body: word('sent by mail'), subject: word('subject'), channel: 'mail' })
  await send({ body: word('kept in the inbox'), sensitivity: 'sensitive' })
  await received(outside, her.number, new RegExp(canaries.planted.get('sent by SMS') ?? ''))
  await received(outside, her.mail, new RegExp(canaries.planted.get('sent by mail') ?? ''))
}

async function look({ box, canaries, outside }: Office, her: Her): Promise<void> {
  const browser = new CitizenBrowser(() => `http://127.0.0.1:${box.port}`)
  await browser.open('/c/main')
  await browser.submit('/c/main/code', { address: her.number })
  const code = canaries.code('code of the pages', await received(outside, her.number, /^\d{6} is/))
  await browser.submit('/c/main/enter', { code })
  await browser.submit('/c/main/choices', { w1: 'mail', language: 'de' })
  await browser.open('/c/main/messages')
  const action = /action="(\/c\/main\/messages\/[^"]+)"/.exec(browser.page)?.[1] ?? ''
  await browser.submit(action, { text: `My answer ${canaries.word('answer in the inbox')}` })
}

/** The law wants a proof that she got it, none comes in time, and a human does something else. */
async function askInVain({ box, canaries, clerk: { token }, outside }: Office, her: Her): Promise<void> {
  const purpose = { key: 'fees', title: 'Fees', basis: 'legal-duty', wordings: { en: 'You have to pay.' } }
  const { id: purposeId } = await box.ok('POST', '/api/v1/purposes', { token, body: purpose })
  const script = (steps: object[]) =>
    outside.simulator.ask('POST', '/simulator/scripts', { address: her.number, steps })
  await script([{ end: 'never' }])
  const wish = { personId: her.id, purposeId, channel: 'sms', deadlineMs: Date.now() + deadlineMs }
  await box.ok('POST', '/api/v1/sends', { token, body: { ...wish, body: canaries.word('sent in vain') } })
  const id = await until('a task', async () => {
    const { tasks } = await box.ok('GET', '/api/v1/tasks?state=open', { token })
    return tasks[0]?.id as string | undefined
  })
  await box.ok('POST', `/api/v1/tasks/${id}/done`, { token, body: { note: canaries.word('task note') } })
  await script([])
}

async function stop({ box, clerk: { token }, outside }: Office, { id, number }: Her): Promise<void> {
  const before = (await receivedBy(outside, number)).length
  await outside.simulator.ask('POST', '/simulator/texts', { from: number, to: officeNumber, text: 'STOP ALL' })
  await until('an answer to STOP', async () => {
    const { events } = await box.ok('GET', `/api/v1/people/${id}/consents`, { token })
    const isStopped = events.some(({ act }: { act: string }) => act === 'stop')
    return isStopped && (await receivedBy(outside, number)).length > before ? true : undefined
  })
}

/** The office that she has to do with. Nothing of it is hers. */
export async function openOffice({ box, clerk: { token, userId } }: Omit<Office, 'purposeId'>): Promise<string> {
  await box.ok('PUT', `/api/v1/agencies/main/staff/${enc(userId)}`, { token })
  await box.ok('PATCH', '/api/v1/agencies/main', { token, body: { country: 'DE', language: 'en' } })
  const body = { key: 'bins', title: 'Bins', basis: 'consent', wordings: { en: 'We write to you about bins.' } }
  return (await box.ok('POST', '/api/v1/purposes', { token, body })).id
}
