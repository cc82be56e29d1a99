import { randomBytes } from 'node:crypto'
import type { Target } from './line.ts'
import type { Call, People, Person } from './people.ts'
import { Stopwatch, type Timed } from './timed.ts'

const repeats = 5
const filter = encodeURIComponent(
  JSON.stringify({ room: { timeline: { limit: 10 }, state: { lazy_load_members: true } } }),
)
const initialSync = `/_matrix/client/v3/sync?timeout=0&filter=${filter}`
const slidingSync = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=0'

/** What a client shows first: twenty rooms with their names and newest messages. */
const shown = {
  ranges: [[0, 19]],
  timeline_limit: 1,
  required_state: [
    ['m.room.name', ''],
    ['m.room.avatar', ''],
    ['m.room.encryption', ''],
  ],
}

/** An account in many rooms signs in: over sliding sync, and over /sync. */
export async function measureManyRooms(
  target: Target,
  people: People,
  count: number,
  show: (result: Timed) => void,
): Promise<Timed[]> {
  const [me, other] = (await people.accounts(2)) as [Person, Person]
  await people.each(Array.from({ length: count }), (_, call, n) => makeRoom(call, n, n % 2 === 0 ? me : other, me))
  const watch = new Stopwatch(target)
  const results: Timed[] = []
  const add = (what: Timed['what'], title: string) => {
    const result = { what, title: `${title}, ${count.toLocaleString('en')} rooms`, ...watch.take(), bytes: watch.bytes }
    results.push(result)
    show(result)
  }
  const slide = () => {
    const body = { conn_id: randomBytes(4).toString('hex'), lists: { all: shown }, extensions: {} }
    return watch.measure({ method: 'POST', path: slidingSync, token: me.token, body })
  }
  try {
    await slide()
    add('slidingFirst', 'first sliding sync')
    for (let n = 0; n < repeats; n++) await slide()
    add('slidingAgain', 'sliding sync again, as another client')
    for (let n = 0; n < repeats; n++) await watch.measure({ method: 'GET', path: initialSync, token: me.token })
    add('initialSync', 'initial /sync')
  } finally {
    watch.close()
  }
  return results
}

async function makeRoom(call: Call, n: number, maker: Person, me: Person): Promise<void> {
  const room = { preset: 'public_chat', name: `Room ${n}` }
  const made = await call({ method: 'POST', path: '/_matrix/client/v3/createRoom', token: maker.token, body: room })
  const path = encodeURIComponent((made as { room_id: string }).room_id)
  if (maker !== me) await call({ method: 'POST', path: `/_matrix/client/v3/join/${path}`, token: me.token, body: {} })
  const message = { msgtype: 'm.text', body: 'The ferry leaves at seven.' }
  const send = `/_matrix/client/v3/rooms/${path}/send/m.room.message/first`
  await call({ method: 'PUT', path: send, token: maker.token, body: message })
}
