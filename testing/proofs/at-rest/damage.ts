import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import type { Account, BlackBox } from '../black-box.ts'

const enc = encodeURIComponent
const noteType = 'org.example.note'

/** What says that something cannot be read, in an answer or in the log. */
const saysSo = /altered|moved here|cannot be read|unreadable/i

/**
 * Alters ciphertexts behind the server's back, as somebody with the disk in hand could: moved to another row, and one bit
 * flipped. What was altered must be refused in words, and everything beside it must be as before. Returns what is wrong.
 */
export async function damageAndLook(box: BlackBox, admin: Account, other: Account): Promise<string[]> {
  const chat = await roomWithWords(box, admin)
  const titled = await roomWithWords(box, admin)
  const topicPath = `/_matrix/client/v3/rooms/${enc(titled.room)}/state/m.room.topic/`
  const { event_id: topic } = await box.ok('PUT', topicPath, { token: admin.token, body: { topic: 'a topic' } })
  for (const { userId, token } of [admin, other]) {
    for (const type of [noteType, `${noteType}.second`]) {
      await box.ok('PUT', notePath(userId, type), { token, body: { note: `${type} of ${userId}` } })
    }
  }
  const files = [await upload(box, admin, 'first file'), await upload(box, admin, 'second file')]
  const [moved, movedTo, flipped] = chat.said as [string, string, string]
  const database = await box.database()
  await moveEvents(database, moved, movedTo)
  await flipBit(database, 'event', 'matrix_id', flipped)
  await flipBit(database, 'event', 'matrix_id', topic)
  const accounts = await moveAccountData(database, [admin.userId, other.userId])
  await database.end()
  await box.stop()
  flipBitInFile(box.dataFolder, files[0] as Upload)
  // A new process has nothing in memory.
  await box.start()
  return [
    ...(accounts === 2 ? [] : [`only ${accounts} rows of account data were swapped`]),
    ...(await lookAtRoom(box, admin, {
      ...chat,
      title: 'room with altered messages',
      broken: [moved, movedTo, flipped],
    })),
    ...(await lookAtRoom(box, admin, { ...titled, title: 'room with an altered topic', broken: [topic] })),
    ...(await lookAtNotes(box, [admin, other])),
    ...(await lookAtFiles(box, admin, files as [Upload, Upload])),
    ...(saysSo.test(box.log) ? [] : ['the log says nothing of it']),
  ]
}

async function roomWithWords(box: BlackBox, account: Account): Promise<{ room: string; said: string[] }> {
  const room = await box.room(account)
  const said: string[] = []
  for (let n = 0; n < 8; n++)
    said.push(await box.send(account, room, `d${n}`, { msgtype: 'm.text', body: `word ${n}` }))
  return { room, said }
}

const notePath = (userId: string, type: string) => `/_matrix/client/v3/user/${enc(userId)}/account_data/${type}`

async function moveEvents(database: pg.Client, one: string, other: string): Promise<void> {
  const swap =
    'UPDATE event a SET sealed = b.sealed FROM event b WHERE a.matrix_id = ANY ($1) AND b.matrix_id = ANY ($1) AND a.id <> b.id'
  await database.query(swap, [[one, other]])
}

async function flipBit(database: pg.Client, table: string, column: string, id: string): Promise<void> {
  const middle = '8 * (length(sealed) / 2)'
  const flip = `UPDATE ${table} SET sealed = set_bit(sealed, ${middle}, 1 - get_bit(sealed, ${middle})) WHERE ${column} = $1`
  const { rowCount } = await database.query(flip, [id])
  if (rowCount !== 1) throw new Error(`There is no ${table} ${id} to alter.`)
}

async function moveAccountData(database: pg.Client, users: readonly string[]): Promise<number> {
  const swap = `UPDATE account_data a SET sealed = b.sealed
    FROM account_data b, users ua, users ub
    WHERE ua.id = a.user_id AND ub.id = b.user_id AND ua.matrix_id = ANY ($1) AND ub.matrix_id = ANY ($1)
      AND ua.id <> ub.id AND a.type = $2 AND b.type = $2 AND a.room_id IS NULL AND b.room_id IS NULL`
  return (await database.query(swap, [users, noteType])).rowCount ?? 0
}

type Upload = { readonly mediaId: string; readonly text: string }

async function upload(box: BlackBox, { token }: Account, name: string): Promise<Upload> {
  // Longer than one chunk of what is stored, and of a length that no other file has.
  const text = `${name}, `.repeat(9_000)
  const ask = { token, bytes: Buffer.from(text), contentType: 'text/plain' }
  const { content_uri } = await box.ok<{ content_uri: string }>('POST', '/_matrix/media/v3/upload', ask)
  return { mediaId: content_uri.slice('mxc://'.length), text }
}

/** The stored file is known by its size: that of its content and a little more. */
function flipBitInFile(folder: string, { text }: Upload): void {
  const file = readdirSync(join(folder, 'blobs'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, 'blobs', name))
    .find((path) => {
      const stat = statSync(path)
      return stat.isFile() && stat.size >= text.length && stat.size < text.length + 300
    })
  if (file === undefined) throw new Error('The stored file was not found.')
  const bytes = readFileSync(file)
  const place = Math.floor(bytes.length / 4)
  bytes[place] = (bytes[place] as number) ^ 1
  writeFileSync(file, bytes)
}

type RoomSight = { title: string; room: string; said: readonly string[]; broken: readonly string[] }
type SeenEvent = { event_id: string; content: { body?: string; topic?: string }; unsigned?: object }

async function lookAtRoom(box: BlackBox, { token }: Account, sight: RoomSight): Promise<string[]> {
  const { title, room, said, broken } = sight
  const wrong: string[] = []
  const R = `/_matrix/client/v3/rooms/${enc(room)}`
  const page = await box.ask('GET', `${R}/messages?dir=b&limit=100`, { token })
  const chunk = page.status === 200 ? page.json<{ chunk: SeenEvent[] }>().chunk : []
  const find = (id: string) => chunk.find((event) => event.event_id === id)
  for (const [n, id] of said.entries()) {
    if (broken.includes(id) || find(id)?.content.body === `word ${n}`) continue
    wrong.push(`an unharmed message cannot be read (${page.status})`)
  }
  for (const id of broken) {
    const seen = find(id)
    if (seen !== undefined && (seen.content.body !== undefined || seen.content.topic !== undefined)) {
      wrong.push(`an altered event is shown with words: ${JSON.stringify(seen.content)}`)
    }
    if (seen !== undefined && !saysSo.test(JSON.stringify(seen.unsigned ?? {})))
      wrong.push('an altered event says nothing')
    const alone = await box.ask('GET', `${R}/event/${enc(id)}`, { token })
    if (!saysSo.test(alone.body.toString())) wrong.push(`an altered event, asked alone, says: ${alone.body.toString()}`)
  }
  for (const path of [`${R}/state`, `${R}/members`]) {
    const answer = await box.ask('GET', path, { token })
    if (answer.status !== 200) wrong.push(`${path.slice(R.length)} is answered ${answer.status}`)
  }
  const content = { msgtype: 'm.text', body: 'on' }
  const still = await box.ask('PUT', `${R}/send/m.room.message/still`, { token, body: content })
  if (still.status !== 200) wrong.push(`it takes no message any more: ${still.status}`)
  return wrong.map((text) => `${title}: ${text}`)
}

async function lookAtNotes(box: BlackBox, accounts: readonly Account[]): Promise<string[]> {
  const wrong: string[] = []
  for (const [n, { userId, token }] of accounts.entries()) {
    const name = n === 0 ? 'who is in the altered rooms too' : 'who only has moved account data'
    const moved = await box.ask('GET', notePath(userId, noteType), { token })
    if (moved.status === 200 || !saysSo.test(moved.body.toString())) {
      wrong.push(`moved account data is answered ${moved.status} ${moved.body.toString().slice(0, 120)}`)
    }
    const intact = await box.ask('GET', notePath(userId, `${noteType}.second`), { token })
    if (intact.json<{ note?: string }>().note !== `${noteType}.second of ${userId}`)
      wrong.push('unharmed account data is gone')
    const sync = await box.ask('GET', '/_matrix/client/v3/sync?timeout=0', { token })
    if (sync.status !== 200) wrong.push(`sync of ${name} is answered ${sync.status}`)
  }
  return wrong
}

async function lookAtFiles(box: BlackBox, { token }: Account, [altered, intact]: [Upload, Upload]): Promise<string[]> {
  const wrong: string[] = []
  const get = ({ mediaId }: Upload) => box.ask('GET', `/_matrix/client/v1/media/download/${mediaId}`, { token })
  // A download that is cut off is no answer either.
  const first = await get(altered).catch(() => undefined)
  if (first?.status === 200) wrong.push(`an altered file is answered 200 with ${first.body.length} bytes`)
  if (first !== undefined && first.status !== 200 && !saysSo.test(first.body.toString())) {
    wrong.push(`an altered file is answered ${first.status} ${first.body.toString().slice(0, 120)}`)
  }
  const second = await get(intact)
  if (second.body.toString() !== intact.text)
    wrong.push(`an unharmed file is answered ${second.status} ${second.body.toString('utf8', 0, 120)}`)
  return wrong
}
