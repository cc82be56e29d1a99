import type { Target } from './line.ts'
import type { People, Person } from './people.ts'
import { Stopwatch, type Timed } from './timed.ts'

const messages = 3_000
const pageLength = 100
const text = 'The bridge at Harbour Street is closed until further notice; take the ring road and check the desk.'

/** Somebody scrolls up through a room, page by page. */
export async function measurePages(target: Target, people: People, show: (result: Timed) => void): Promise<Timed[]> {
  const [reader] = (await people.accounts(1)) as [Person]
  const [room] = (await people.rooms([reader])) as [string]
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`
  await people.each(Array.from({ length: messages }), async (_, call, n) => {
    const body = { msgtype: 'm.text', body: `${n}: ${text}` }
    await call({ method: 'PUT', path: `${path}/send/m.room.message/p${n}`, token: reader.token, body })
  })
  const watch = new Stopwatch(target)
  try {
    let from = ''
    for (let n = 0; n < messages / pageLength; n++) {
      const page = `${path}/messages?dir=b&limit=${pageLength}${from}`
      const body = await watch.measure({ method: 'GET', path: page, token: reader.token })
      from = `&from=${encodeURIComponent((JSON.parse(body.toString()) as { end: string }).end)}`
    }
  } finally {
    watch.close()
  }
  const result: Timed = { what: 'page', title: `a page of ${pageLength} messages`, ...watch.take(), bytes: watch.bytes }
  show(result)
  return [result]
}
