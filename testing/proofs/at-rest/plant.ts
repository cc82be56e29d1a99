import type { Account, BlackBox } from '../black-box.ts'
import type { Canaries } from './canaries.ts'

const enc = encodeURIComponent

export type Planted = {
  readonly room: string
  readonly messages: readonly string[]
  readonly topicEvent: string
  readonly mediaId: string
}

/** Writes a canary into everything that a person can write, over the public API. What is not offered is an error. */
export async function plant(box: BlackBox, canaries: Canaries, admin: Account, other: Account): Promise<Planted> {
  const word = (place: string) => canaries.word(place)
  const { token } = admin
  const put = (path: string, body: unknown) => box.ok('PUT', path, { token, body })
  const alias = word('alias')
  const room = await box.room(admin, {
    ...{ preset: 'private_chat', name: `x ${word('room name')}`, room_alias_name: alias, invite: [other.userId] },
    initial_state: [
      { type: 'org.example.first', state_key: word('initial state key'), content: { v: word('initial') } },
    ],
  })
  await box.join(other, room)
  const R = `/_matrix/client/v3/rooms/${enc(room)}`
  const messages = await plantMessages(box, canaries, admin, other, room)
  const { event_id: topicEvent } = await put(`${R}/state/m.room.topic/`, { topic: `${word('topic')} of the day` })
  await put(`${R}/state/org.example.thing/${word('state key')}`, { v: word('state content') })
  await put(`/_matrix/client/v3/directory/room/${enc(`#${word('second alias')}:localhost`)}`, { room_id: room })
  await plantAboutPeople(box, canaries, admin, other, room)
  const mediaId = await plantFiles(box, canaries, admin, room)
  return { room, messages, topicEvent, mediaId }
}

async function plantMessages(box: BlackBox, canaries: Canaries, admin: Account, other: Account, room: string) {
  const word = (place: string) => canaries.word(place)
  const { token } = admin
  const messages: string[] = []
  for (let n = 0; n < 20; n++) {
    const content = { msgtype: 'm.text', body: `hello ${word('message')} ${n}`, formatted_body: word('formatted') }
    messages.push(await box.send(n % 2 === 0 ? admin : other, room, `${canaries.tag}m${n}`, content))
  }
  const [first] = messages as [string]
  const R = `/_matrix/client/v3/rooms/${enc(room)}`
  const related: [type: string, content: unknown][] = [
    [
      'm.room.message',
      {
        ...{ msgtype: 'm.text', body: `* ${word('edit fallback')}`, 'm.new_content': { body: word('edit') } },
        'm.relates_to': { rel_type: 'm.replace', event_id: first },
      },
    ],
    ['m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: first, key: word('reaction') } }],
    [
      'm.room.message',
      { msgtype: 'm.text', body: word('thread'), 'm.relates_to': { rel_type: 'm.thread', event_id: first } },
    ],
    ['org.example.odd', { [word('content key')]: { deep: [word('deep')] } }],
  ]
  for (const [n, [type, body]] of related.entries()) {
    await box.ok('PUT', `${R}/send/${type}/${canaries.tag}r${n}`, { token, body })
  }
  const redacted = await box.send(admin, room, 'redacted', { msgtype: 'm.text', body: word('redacted message') })
  await box.ok('PUT', `${R}/redact/${enc(redacted)}/1`, { token, body: { reason: word('redaction reason') } })
  return messages
}

async function plantAboutPeople(box: BlackBox, canaries: Canaries, admin: Account, other: Account, room: string) {
  const word = (place: string) => canaries.word(place)
  const { token, userId } = admin
  const R = `/_matrix/client/v3/rooms/${enc(room)}`
  const U = `/_matrix/client/v3/user/${enc(userId)}`
  const put = (path: string, body: unknown) => box.ok('PUT', path, { token, body })
  const post = (path: string, body: unknown) => box.ok('POST', path, { token, body })
  await put(`/_matrix/client/v3/profile/${enc(userId)}/displayname`, { displayname: word('display name') })
  await put(`${U}/account_data/org.example.note`, { note: word('account data') })
  await put(`${U}/rooms/${enc(room)}/account_data/org.example.note`, { note: word('room account data') })
  await put(`${U}/rooms/${enc(room)}/tags/u.${word('tag')}`, { order: 0.5 })
  await post(`${U}/filter`, { room: { timeline: { types: [word('filter')] } } })
  await put(`/_matrix/client/v3/pushrules/global/content/${word('push rule')}`, {
    actions: ['notify'],
    pattern: word('push pattern'),
  })
  const { device_id } = await box.ok('GET', '/_matrix/client/v3/account/whoami', { token })
  await put(`/_matrix/client/v3/devices/${enc(device_id)}`, { display_name: word('device name') })
  const login = await box.ok('POST', '/_matrix/client/v3/login', {
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: userId },
      password: admin.password,
      initial_device_display_name: word('first device name'),
    },
  })
  await box.ok('POST', '/_matrix/client/v3/logout', { token: login.access_token, body: {} })
  await post('/api/v1/invitations', { display_name: word('invited name'), note: word('invitation note') })
  await post(`${R}/kick`, { user_id: other.userId, reason: word('kick reason') })
  await post(`${R}/invite`, { user_id: other.userId, reason: word('invite reason') })
  await box.join(other, room)
  await box.ask('GET', `/_matrix/client/v3/directory/room/${enc(`#${word('asked alias')}:localhost`)}`, { token })
  await box.ask('POST', '/_matrix/client/v3/user_directory/search', { token, body: { search_term: word('searched') } })
  await box.ask('POST', '/_matrix/client/v3/login', {
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: word('wrong user') },
      password: word('wrong password'),
    },
  })
}

async function plantFiles(box: BlackBox, canaries: Canaries, { token, ...rest }: Account, room: string) {
  const bytes = Buffer.from(`${canaries.word('file content')}\n`.repeat(5_000))
  const path = `/_matrix/media/v3/upload?filename=${canaries.word('file name')}.txt`
  const ask = { token, bytes, contentType: `text/plain; x=${canaries.word('content type')}` }
  const { content_uri } = await box.ok<{ content_uri: string }>('POST', path, ask)
  const content = { msgtype: 'm.file', body: canaries.word('file body'), url: content_uri }
  await box.send({ token, ...rest }, room, 'file', content)
  return content_uri.slice('mxc://'.length)
}
