import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createOutbound } from '#platform/index.ts'
import { createLogger } from '#platform/telemetry/create-logger.ts'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { type PushGateway, startPushGateway } from '#testing/push-gateway.ts'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

const canary = /canary/i
const number = '+4915200099001'
const mail = 'leyla@post.example'
const officeNumber = '+4930111222'
const mailbox = 'desk@city.example'
const enc = encodeURIComponent
const until = <T>(look: () => Promise<T> | T) => vi.waitFor(look, { interval: 20, timeout: 20_000 })

let gateway: PushGateway
let simulator: TestSimulator
let town: Town
let ada: TownPerson
let ben: TownPerson
let person: string
const log: string[] = []

beforeAll(async () => {
  gateway = await startPushGateway()
  simulator = await startTestSimulator()
  const channels = [await simulator.number('sms', officeNumber), simulator.mailChannel('post', mailbox)]
  const clock = { nowMs: () => Date.now() }
  town = await startTown({
    channels,
    pushContent: true,
    rateLimits: false,
    outboundOrigins: [gateway.origin],
    outbound: createOutbound({ allowedOrigins: [gateway.origin] }),
    logger: createLogger({ level: 'debug', isTerminal: false, clock, write: (line) => log.push(line) }),
  })
  simulator.reach(town)
  await simulator.reachMail(town.chancery.channels, 'post')
  ada = await town.person('ada', { role: 'owner' })
  ben = await town.person('ben')
  for (const who of [ada, ben]) await ada.ok('PUT', `/api/v1/agencies/main/staff/${enc(who.id)}`)
  const addresses = [
    { kind: 'sms', value: number, verified: true },
    { kind: 'mail', value: mail, verified: true },
  ]
  person = (await ada.ok('POST', '/api/v1/people', { name: 'Leyla', addresses })).id
  for (const who of [ada, ben]) {
    const pusher = {
      kind: 'http',
      app_id: 'app',
      app_display_name: 'App',
      device_display_name: 'Telephone',
      lang: 'en',
    }
    await who.ok('POST', '/pushers/set', { ...pusher, pushkey: who.id, data: { url: gateway.url } })
  }
}, 60_000)
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await simulator[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

type Shown = { id: string; roomId: string; notesRoomId: string; channel: string }

/** The conversation by a kind of channel, which both take part in. */
async function conversationBy(kind: string): Promise<Shown> {
  const one = await until(async () => {
    const { conversations } = await ada.ok('GET', '/api/v1/conversations')
    const found = conversations.find(({ channel }: Shown) => channel === kind)
    if (found === undefined) throw new Error(`no conversation by ${kind}`)
    return found as Shown
  })
  await ada.ok('POST', `/api/v1/conversations/${one.id}/take`, {})
  for (const room of [one.roomId, one.notesRoomId]) await ben.join(room)
  return one
}

/** Notes in every form that a client has for words, each with a canary. */
async function writeNotes({ roomId, notesRoomId }: Shown): Promise<void> {
  const notes = roomPath(notesRoomId)
  const first = await ada.say(notesRoomId, 'canary of the first note')
  const said = (await ada.messages(roomId)).chunk.find(({ type }) => type === 'm.room.message')?.event_id
  const put = (content: object) => ada.send(notesRoomId, 'm.room.message', content as never)
  await put({ msgtype: 'm.text', body: `@ben canary mention`, 'm.mentions': { user_ids: [ben.id], room: true } })
  await put({ msgtype: 'm.text', body: 'canary to be sent', 'chancery.send': { channel: 'sms', confirm: true } })
  await put({ msgtype: 'm.text', body: 'canary answer', 'm.relates_to': { 'm.in_reply_to': { event_id: said } } })
  await put({ msgtype: 'm.text', body: 'canary thread', 'm.relates_to': { rel_type: 'm.thread', event_id: first } })
  await put({ msgtype: 'm.emote', body: 'canary emote' })
  await put({
    ...{ msgtype: 'm.text', body: '* canary edit', 'm.new_content': { msgtype: 'm.text', body: 'canary edited' } },
    'm.relates_to': { rel_type: 'm.replace', event_id: first },
  })
  await ada.send(notesRoomId, 'm.reaction', {
    'm.relates_to': { rel_type: 'm.annotation', event_id: first, key: 'canary' },
  })
  const upload = { raw: 'canary file', headers: { 'content-type': 'text/plain' } }
  const { content_uri: url } = (await ada.call('POST', '/_matrix/media/v3/upload?filename=canary.txt', upload)).json
  await put({ msgtype: 'm.file', body: 'canary.txt', filename: 'canary.txt', url })
  const gone = await ada.say(notesRoomId, 'canary taken back')
  await ada.ok('PUT', `${notes}/redact/${enc(gone)}/r1`, { reason: 'canary reason' })
  await ada.say(roomId, '!note canary by command')
  // Refused, and told to nobody.
  await ada.call('PUT', `${notes}/state/m.room.topic/`, { body: { topic: 'canary topic' } })
  await ada.call('PUT', `${notes}/send/m.room.encrypted/e1`, { body: { ciphertext: 'canary' } })
}

it('no note leaves, in whatever form, by any way out', { timeout: 60_000 }, async () => {
  await simulator.text(number, officeNumber, 'By telephone')
  await simulator.mail(mail, mailbox, 'By mail', { subject: 'Bins' })
  for (const kind of ['sms', 'mail']) {
    const conversation = await conversationBy(kind)
    await writeNotes(conversation)
    await ada.say(conversation.roomId, `An answer by ${kind}`, { 'chancery.send': { confirm: true } })
    const handOver = { to: ben.id, note: 'canary hand-over' }
    await ada.call('POST', `/api/v1/conversations/${conversation.id}/hand-over`, { body: handOver })
  }
  // What follows them goes, so they had their turn.
  await until(() => expect(simulator.received(number).join()).toContain('An answer by sms'))
  await until(() => expect(simulator.received(mail).join()).toContain('An answer by mail'))
  const { pushReader } = town.chancery.messaging
  await pushReader.reached(await town.chancery.log.reachNewest())
  await until(async () => expect(await town.postgres.rows('select 1 from push_waiting')).toEqual([]))

  const exported = await ada.ok('GET', `/api/v1/people/${person}/export`)
  expect(JSON.stringify(exported)).toContain('An answer by sms')
  const her = new CitizenBrowser(() => town.url)
  await her.open('/c/main')
  await her.submit('/c/main/code', { address: number })
  await until(() => expect(simulator.received(number).at(-1)).toMatch(/^\d{6} is/))
  await her.submit('/c/main/enter', { code: /\d{6}/.exec(simulator.received(number).at(-1) ?? '')?.[0] ?? '' })
  const pages: string[] = []
  for (const page of ['choices', 'messages', 'history', 'data', 'prove', 'accessibility', 'privacy']) {
    pages.push(await her.open(`/c/main/${page}`))
  }
  const stranger = await town.person('stranger')
  const outside = await Promise.all(
    ['/publicRooms', '/versions', '/capabilities', '/api/v1/installation', '/metrics'].map((path) =>
      fetch(town.url + (path.startsWith('/api') || path === '/metrics' ? path : `/_matrix/client/v3${path}`)).then(
        (one) => one.text(),
      ),
    ),
  )
  const ways: Record<string, unknown> = {
    'provider and mail': simulator.simulator.world.facts,
    'push gateway': gateway.told,
    'her data': exported,
    'her pages': pages,
    'public endpoints': outside,
    'sync of others': await stranger.sync(),
    'found by others': await stranger.ok('POST', '/search', {
      search_categories: { room_events: { search_term: 'note' } },
    }),
    'channels as administrators see them': await ada.ok('GET', '/api/v1/channels'),
    sends: await town.postgres.rows('select * from attempt'),
    log: log,
  }
  expect(gateway.told.length).toBeGreaterThan(10)
  expect(log.length).toBeGreaterThan(0)
  for (const [way, told] of Object.entries(ways)) {
    expect([way, JSON.stringify(told)]).toEqual([way, expect.not.stringMatching(canary)])
  }
  // Of conversations a gateway is told ids, though the configuration lets it see words of other rooms.
  expect(gateway.told.filter((one) => 'content' in one || 'room_name' in one)).toEqual([])
})
