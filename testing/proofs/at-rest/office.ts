import { setTimeout as wait } from 'node:timers/promises'
import type { Account, BlackBox } from '../black-box.ts'
import type { Canaries } from './canaries.ts'
import type { Outside } from './outside.ts'

const enc = encodeURIComponent
const patienceMs = 30_000

/** An agency, one clerk of it, and what it writes about. */
export type Office = {
  readonly box: BlackBox
  readonly canaries: Canaries
  readonly outside: Outside
  readonly clerk: Account
  readonly purposeId: string
}

type Shown = { readonly id: string; readonly roomId: string; readonly notesRoomId: string; readonly channel: string }

/** The open conversation of a kind of channel, which the clerk takes. */
export async function taken({ box, clerk: { token } }: Office, kind: string): Promise<Shown> {
  const one = await until(`a conversation by ${kind}`, async () => {
    const { conversations } = await box.ok('GET', '/api/v1/conversations?limit=100', { token })
    return (conversations as Shown[]).find(({ channel }) => channel === kind)
  })
  await box.ok('POST', `/api/v1/conversations/${one.id}/take`, { token, body: {} })
  return one
}

export async function receivedBy({ simulator }: Outside, address: string): Promise<string[]> {
  const answer = await simulator.ask('GET', `/simulator/received?address=${enc(address)}`)
  return answer.received.map(({ text }: { text: string }) => text)
}

export function received(outside: Outside, address: string, shape: RegExp): Promise<string> {
  return until(`what fits ${shape}`, async () =>
    (await receivedBy(outside, address)).findLast((one) => shape.test(one)),
  )
}

export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > untilMs) throw new Error(`There was never ${what}.`)
    await wait(20)
  }
}
