import { setTimeout as wait } from 'node:timers/promises'
import { Line, requestBytes } from '#bench/line.ts'
import { memoryOf } from '#bench/memory.ts'
import { type Account, BlackBox } from './black-box.ts'
import type { Proof } from './proof.ts'

const connectionsUsual = 10_000
const boundKb = 25
const people = 100
/** Sockets that are opened at one moment; more would overflow the queue of those that nobody has accepted yet. */
const atOnce = 200
/** The server gives back what the opening needed. */
const quietMs = 15_000

export const idle: Proof = {
  law: `Each of ten thousand clients that wait in /sync on one process costs less than ${boundKb} KB.`,
  async run({ count, show }) {
    const connections = count ?? connectionsUsual
    const box = await BlackBox.make(['--password-hashing', 'cheap'])
    try {
      await box.start()
      const accounts = await everybody(box)
      await wait(quietMs)
      const before = memoryOf(box.pid)?.serverMb ?? Number.NaN
      const answers = await waitingLines(box, accounts, connections)
      await wait(quietMs)
      const during = memoryOf(box.pid)?.serverMb ?? Number.NaN
      const open = answers.filter(({ isAnswered }) => !isAnswered).length
      show(`${open} of ${connections} connections wait; the server has ${before} MB without and ${during} MB with them`)
      const eachKb = ((during - before) * 1024) / connections
      return {
        holds: open === connections && eachKb < boundKb,
        count: connections,
        figure: `${eachKb.toFixed(1)} KB a waiting connection (below ${boundKb})`,
        details: [],
      }
    } finally {
      await box.stop()
      await box.dispose()
    }
  },
}

/** People who share a room, as they do at work. */
async function everybody(box: BlackBox): Promise<Account[]> {
  const host = await box.account()
  const room = await box.room(host)
  const accounts: Account[] = []
  for (let n = 0; n < people; n++) {
    const account = await box.account()
    await box.join(account, room)
    accounts.push(account)
  }
  return accounts
}

type Waiting = { isAnswered: boolean }

async function waitingLines(box: BlackBox, accounts: readonly Account[], count: number): Promise<Waiting[]> {
  const target = { url: new URL(`http://127.0.0.1:${box.port}`) }
  const requests = await Promise.all(
    accounts.map(async ({ token }) => {
      const { next_batch } = await box.ok('GET', '/_matrix/client/v3/sync', { token })
      return requestBytes(target, {
        method: 'GET',
        path: `/_matrix/client/v3/sync?since=${next_batch}&timeout=60000`,
        token,
      })
    }),
  )
  const lines: Waiting[] = []
  for (let n = 0; n < count; n++) {
    const line: Waiting = { isAnswered: false }
    lines.push(line)
    const over = () => {
      line.isAnswered = true
    }
    new Line(target).request(requests[n % requests.length] as string).then(over, over)
    if (n % atOnce === atOnce - 1) await wait(50)
  }
  return lines
}
