import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation, ReplyWays } from '#engagement/api.ts'
import { createDeskGuard } from '#engagement/index.ts'
import type { SendGuard } from '#messaging/api.ts'
import { systemClock } from '#platform/api.ts'
import { DeskOffice, deskChannels } from '#testing/desk-office.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let boss: TownPerson
let ada: TownPerson
let ben: TownPerson
let office: DeskOffice
let strict: SendGuard | undefined
beforeAll(async () => {
  town = await startTown({ channels: deskChannels, guards: [{ check: (...asked) => strict?.check(...asked) }] })
  boss = await town.person('boss', { role: 'owner' })
  ;[ada, ben] = await town.people('ada', 'ben')
  office = await DeskOffice.open(town, boss, 'main', [ada, ben])
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
/** A conversation with somebody who has a mail address too. */
async function taken(...by: TownPerson[]): Promise<Conversation> {
  const number = `+3630${1_000_000 + count++}`
  await office.knows(number, `citizen-${count}@home.example`)
  const conversation = await office.hears(number, 'A question')
  const [first, ...others] = by
  await first?.ok('POST', `/api/v1/conversations/${conversation.publicId}/take`, {})
  for (const other of others) await other.join(conversation.matrixRoomId)
  return conversation
}
const put = (who: TownPerson, { matrixRoomId }: Conversation, content: object, id = `m${count++}`) =>
  who.call('PUT', `${roomPath(matrixRoomId)}/send/m.room.message/${id}`, { body: content })
const text = (body: string, more: object = {}) => ({ msgtype: 'm.text', body, ...more })
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 5_000, interval: 20 })

/** What `@desk` answered to an event. */
async function answers(who: TownPerson, room: string, eventId: string): Promise<string[]> {
  const { chunk } = await who.messages(room)
  return chunk
    .filter(({ content }) => content['m.relates_to']?.['m.in_reply_to']?.event_id === eventId)
    .map(({ content }) => content.body)
}

/** What of the last events of somebody leaves, oldest first. */
async function leaving(conversation: Conversation, who: TownPerson) {
  const { service } = town.chancery.messaging
  const room = (await service.room(conversation.matrixRoomId))!
  const user = await town.chancery.identity.users.byMatrixId(who.id)
  const events = await service.saidBefore(room, user?.id ?? 0, undefined, 50)
  const all = await Promise.all(events.reverse().map((event) => office.desk.conversations.leaves(conversation, event)))
  return all.flatMap((one) => (one === undefined ? [] : [one]))
}

describe('what the staff writes', () => {
  it('leaves when it is a message with words or a file, and by no other way', async () => {
    const conversation = await taken(ada)
    const room = conversation.matrixRoomId
    const first = await ada.say(room, 'Words for her')
    const file = { msgtype: 'm.image', body: 'Our map', filename: 'map.png', url: 'mxc://town.example/a' }
    await put(ada, conversation, { ...file, info: { mimetype: 'image/png' } })
    await put(ada, conversation, { msgtype: 'm.notice', body: 'canary' })
    await put(ada, conversation, { msgtype: 'm.emote', body: 'canary' })
    await put(ada, conversation, { msgtype: 'org.example.unknown', body: 'canary' })
    await put(ada, conversation, text('  !canary'))
    await put(ada, conversation, text('* canary', { 'm.relates_to': { rel_type: 'm.replace', event_id: first } }))
    await ada.send(room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: first, key: '!' } })
    await ada.send(room, 'org.example.poll', { body: 'canary' })
    const removed = await ada.say(room, 'canary that was removed')
    await ada.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(removed)}/r1`, {})
    expect(await leaving(conversation, ada)).toEqual([
      { text: 'Words for her', file: undefined, override: undefined },
      {
        text: 'Our map',
        file: { url: 'mxc://town.example/a', name: 'map.png', type: 'image/png' },
        override: undefined,
      },
    ])
  })

  it('goes without what older clients repeat of her words', async () => {
    const conversation = await taken(ada)
    const relation = { 'm.relates_to': { 'm.in_reply_to': { event_id: '$x' } } }
    await put(ada, conversation, text('> <@c-1:town.example> A question\n\nAn answer', relation))
    await put(ada, conversation, text('> quoted on purpose'))
    expect((await leaving(conversation, ada)).map((one) => one.text)).toEqual(['An answer', '> quoted on purpose'])
  })

  it('is told to be changed or removed here only, once it may have been sent', async () => {
    const conversation = await taken(ada)
    const room = conversation.matrixRoomId
    const said = await ada.say(room, 'Come at 9')
    const edit = { 'm.relates_to': { rel_type: 'm.replace', event_id: said }, 'm.new_content': text('Come at 10') }
    const edited = (await put(ada, conversation, text('* Come at 10', edit))).json.event_id
    await eventually(() => answers(ada, room, edited)).toEqual([expect.stringContaining('cannot be changed')])
    await ada.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(said)}/r2`, {})
    const bodies = async () => (await ada.messages(room)).chunk.map(({ content }) => content.body)
    await eventually(bodies).toContainEqual(expect.stringContaining('cannot be taken back'))
  })
})

describe('a line that begins with !', () => {
  it('chooses the channel of the next message of whoever wrote it', async () => {
    const conversation = await taken(ada, ben)
    const command = (await put(ada, conversation, text('!by mail'))).json.event_id
    await eventually(() => answers(ada, conversation.matrixRoomId, command)).toEqual([
      'Your next message goes by e-mail.',
    ])
    await put(ben, conversation, text('Of Ben'))
    await put(ada, conversation, text('By mail', { 'chancery.send': { confirm: true } }))
    await put(ada, conversation, text('As usual'))
    await put(ada, conversation, text('By SMS', { 'chancery.send': { channel: 'sms' } }))
    expect((await leaving(conversation, ada)).map((one) => [one.text, one.override])).toEqual([
      ['By mail', 'mail'],
      ['As usual', undefined],
      ['By SMS', 'sms'],
    ])
    expect((await leaving(conversation, ben)).map((one) => one.override)).toEqual([undefined])
  })

  it('waits, notes, explains and closes', async () => {
    const conversation = await taken(ada)
    const room = conversation.matrixRoomId
    const state = async () => (await ada.ok('GET', `/api/v1/conversations/${conversation.publicId}`)).state
    const unknown = (await put(ada, conversation, text('!canary'))).json.event_id
    await eventually(() => answers(ada, room, unknown)).toEqual([expect.stringMatching(/^This was not sent/)])
    await put(ada, conversation, text('!note She sounded worried'))
    const notes = async () => (await ada.messages(conversation.matrixNotesRoomId)).chunk
    await eventually(notes).toContainEqual(
      expect.objectContaining({ sender: ada.id, content: text('She sounded worried') }),
    )
    await put(ada, conversation, text('!wait'))
    await eventually(state).toBe('waiting')
    await put(ada, conversation, text('!close'))
    await eventually(state).toBe('closed')
    expect(await leaving(conversation, ada)).toEqual([])
  })
})

describe('a message that must not be sent', () => {
  const no: ReplyWays = {
    async forReply(_, override) {
      if (override === 'mail') {
        return {
          isOpen: true,
          addressId: 1,
          channelId: 'mail',
          kind: 'mail',
          form: 'words',
          reason: 'You chose e-mail.',
        }
      }
      const nextBest = await this.forReply(_, 'mail')
      const message = 'She has written STOP. It can go by e-mail.'
      return { isOpen: false, code: 'stopped', message, ...(nextBest.isOpen && { nextBest }) }
    },
  }

  it('is refused with the reason and the next best way, and stays in no room', async () => {
    const conversation = await taken(ada)
    strict = createDeskGuard({
      db: town.postgres,
      agencies: town.chancery.engagement.agencies,
      ways: no,
      clock: systemClock,
      serverName: 'town.example',
    })
    try {
      const refused = await put(ada, conversation, text('Hello'))
      expect([refused.status, refused.json]).toEqual([
        403,
        {
          errcode: 'M_FORBIDDEN',
          reason: 'stopped',
          error: 'This was not sent. She has written STOP. It can go by e-mail.',
          next_best: { channel: 'mail', reason: 'You chose e-mail.' },
        },
      ])
      expect((await put(ada, conversation, text('!by mail'))).status).toBe(200)
      expect((await put(ada, conversation, text('Hello by mail'))).status).toBe(200)
      expect((await put(ada, conversation, text('And again'))).status).toBe(403)
      const chosen = { 'chancery.send': { channel: 'mail' } }
      expect((await put(ada, conversation, text('Chosen', chosen))).status).toBe(200)
      // A note is no message to her.
      await ada.say(conversation.matrixNotesRoomId, 'Among us')
      const said = (await ada.messages(conversation.matrixRoomId)).chunk.map(({ content }) => content.body)
      expect(said).not.toContain('And again')
    } finally {
      strict = undefined
    }
  })
})

describe('two who answer the same question', () => {
  it('are told of each other: in a plain app the second sends again, and that counts', async () => {
    const conversation = await taken(ada, ben)
    const answer = await ada.say(conversation.matrixRoomId, 'At 9')
    const asked = await put(ben, conversation, text('At 10'), 'same')
    expect([asked.status, asked.json]).toEqual([
      403,
      expect.objectContaining({ errcode: 'M_FORBIDDEN', reason: 'answered', event_id: answer, user_id: ada.id }),
    ])
    expect((await put(ben, conversation, text('At 10'), 'same')).status).toBe(200)
    // Whoever said the last word goes on, and a new question of hers begins anew.
    expect((await put(ben, conversation, text('Or at 11'))).status).toBe(200)
    await office.hears((await nameOf(conversation)) ?? '', 'Which of the two?')
    expect((await put(ada, conversation, text('At 9'))).status).toBe(200)
  })

  it('are told by what a client says was seen, and asked while a colleague is writing', async () => {
    const conversation = await taken(ada, ben)
    const room = conversation.matrixRoomId
    const question = (await ben.messages(room)).chunk.find(({ content }) => content.body === 'A question')?.event_id
    const seen = (id: string, more: object = {}) => ({ 'chancery.send': { seen: id, ...more } })
    const answer = (await put(ada, conversation, text('At 9', seen(question)))).json.event_id
    expect((await put(ben, conversation, text('At 10', seen(question)))).status).toBe(403)
    // Once more is no consent for a client that can ask.
    expect((await put(ben, conversation, text('At 10', seen(question)))).status).toBe(403)
    expect((await put(ben, conversation, text('At 10', seen(question, { confirm: true })))).status).toBe(200)
    expect((await put(ben, conversation, text('Yes, 9', seen(answer)))).status).toBe(200)
    await ada.ok('PUT', `${roomPath(room)}/typing/${encodeURIComponent(ada.id)}`, { typing: true, timeout: 20_000 })
    const writing = await put(ben, conversation, text('And', seen(answer)))
    expect([writing.status, writing.json.reason, writing.json.user_id]).toEqual([403, 'writing', ada.id])
    expect((await put(ben, conversation, text('And', seen(answer, { confirm: true })))).status).toBe(200)
  })
})

async function nameOf({ publicId }: Conversation): Promise<string | undefined> {
  return (await ada.ok('GET', `/api/v1/conversations/${publicId}`)).name
}
