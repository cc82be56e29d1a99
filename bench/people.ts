import { createHmac, randomBytes } from 'node:crypto'
import { Line, type RequestParts, requestBytes, type Target } from './line.ts'

export type Person = { readonly userId: string; readonly token: string }

/** How many requests prepare a measurement at once: enough to be quick, too few to overload a small server. */
const width = 8

/** Makes the accounts and rooms that a measurement needs, over the public API. */
export class People {
  readonly #target: Target
  readonly #secret: string
  readonly #tag = randomBytes(4).toString('hex')
  readonly #lines: Line[]
  #made = 0

  constructor(target: Target, secret: string) {
    this.#target = target
    this.#secret = secret
    this.#lines = Array.from({ length: width }, () => new Line(target))
  }

  close(): void {
    for (const line of this.#lines) line.close()
  }

  /** Runs `work` for every item, several at once, each on a line that it has to itself. */
  async each<T, R>(items: readonly T[], work: (item: T, call: Call, n: number) => Promise<R>): Promise<R[]> {
    const results: R[] = []
    let next = 0
    await Promise.all(
      this.#lines.map(async (line) => {
        const call: Call = (parts) => callOn(line, this.#target, parts)
        for (let at = next++; at < items.length; at = next++) {
          results[at] = await work(items[at] as T, call, at)
        }
      }),
    )
    return results
  }

  /** The customary way to make accounts for automation. */
  accounts(count: number): Promise<Person[]> {
    return this.each(Array.from({ length: count }), async (_, call) => {
      const path = '/_synapse/admin/v1/register'
      const { nonce } = (await call({ method: 'GET', path })) as { nonce: string }
      const username = `bench-${this.#tag}-${this.#made++}`
      const password = `Bench-${this.#tag}-correct-horse`
      const mac = createHmac('sha1', this.#secret)
        .update([nonce, username, password, 'notadmin'].join('\0'))
        .digest('hex')
      const body = { nonce, username, password, mac, admin: false }
      const made = (await call({ method: 'POST', path, body })) as { user_id: string; access_token: string }
      return { userId: made.user_id, token: made.access_token }
    })
  }

  rooms(owners: readonly Person[]): Promise<string[]> {
    return this.each(owners, async ({ token }, call) => {
      const body = { preset: 'public_chat' }
      const answer = await call({ method: 'POST', path: '/_matrix/client/v3/createRoom', token, body })
      return (answer as { room_id: string }).room_id
    })
  }

  async join(pairs: readonly (readonly [Person, string])[]): Promise<void> {
    await this.each(pairs, async ([{ token }, roomId], call) => {
      const path = `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`
      await call({ method: 'POST', path, token, body: {} })
    })
  }
}

export type Call = (parts: RequestParts) => Promise<unknown>

async function callOn(line: Line, target: Target, parts: RequestParts): Promise<unknown> {
  const { status, body } = await line.request(requestBytes(target, parts))
  if (status >= 300) {
    throw new Error(
      `${parts.method} ${parts.path.slice(0, 90)} was answered ${status}: ${body.toString().slice(0, 200)}`,
    )
  }
  return JSON.parse(body.toString())
}

/** A request that sends one message; what changes from one to the next is only the transaction id. */
export function sendRequest(
  target: Target,
  { token }: Person,
  roomId: string,
): (transaction: string, body: string) => string {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/`
  return (transaction, body) =>
    requestBytes(target, { method: 'PUT', path: path + transaction, token, body: { msgtype: 'm.text', body } })
}
