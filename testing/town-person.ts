import type { JsonObject } from '#matrix/api.ts'

export type Answer = { readonly status: number; readonly json: any; readonly text: string; readonly headers: Headers }

export type Ask = {
  readonly body?: unknown
  readonly raw?: string | Buffer
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

type Timeline = { events: JsonObject[]; limited: boolean; prev_batch: string }
export type SyncAnswer = {
  next_batch: string
  account_data?: { events: JsonObject[] }
  to_device?: { events: JsonObject[] }
  device_lists?: { changed: string[]; left: string[] }
  device_one_time_keys_count?: { [algorithm: string]: number }
  device_unused_fallback_key_types?: string[]
  rooms?: {
    join?: { [roomId: string]: { timeline: Timeline; state: { events: JsonObject[] } } & { [key: string]: any } }
    invite?: { [roomId: string]: any }
    leave?: { [roomId: string]: any }
    knock?: { [roomId: string]: any }
  }
}

/** Somebody of the town on one device, who speaks HTTP. */
export class TownPerson {
  readonly id: string
  readonly deviceId: string
  readonly token: string
  readonly #url: () => string
  #count = 0

  constructor(url: () => string, signedIn: { user_id: string; device_id: string; access_token: string }) {
    this.#url = url
    this.id = signedIn.user_id
    this.deviceId = signedIn.device_id
    this.token = signedIn.access_token
  }

  static async signIn(url: () => string, user: string, password: string): Promise<TownPerson> {
    const answer = await ask(`${url()}/_matrix/client/v3/login`, 'POST', undefined, {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password },
    })
    if (answer.status !== 200) throw new Error(`sign-in of ${user} answered ${answer.status} ${answer.text}`)
    return new TownPerson(url, answer.json)
  }

  /** `path` is whole, or begins behind `/_matrix/client/v3`. */
  call(method: string, path: string, request: Ask = {}): Promise<Answer> {
    const whole = /^\/(_matrix|_synapse|api)\//.test(path) ? path : `/_matrix/client/v3${path}`
    return ask(this.#url() + whole, method, this.token, request)
  }

  /** Like `call`, and throws unless it went well. */
  async ok(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.call(method, path, body === undefined ? {} : { body })
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status} ${answer.text}`)
    return answer.json
  }

  async createRoom(body: object = {}): Promise<string> {
    return (await this.ok('POST', '/createRoom', body)).room_id
  }

  join(roomIdOrAlias: string): Promise<unknown> {
    return this.ok('POST', `/join/${encodeURIComponent(roomIdOrAlias)}`, {})
  }

  leave(room: string): Promise<unknown> {
    return this.ok('POST', `${roomPath(room)}/leave`, {})
  }

  /** The id of the message. */
  say(room: string, body: string, more: JsonObject = {}): Promise<string> {
    return this.send(room, 'm.room.message', { msgtype: 'm.text', body, ...more })
  }

  async send(room: string, type: string, content: JsonObject, transaction = `t${this.#count++}`): Promise<string> {
    const path = `${roomPath(room)}/send/${encodeURIComponent(type)}/${encodeURIComponent(transaction)}`
    return (await this.ok('PUT', path, content)).event_id
  }

  async setState(room: string, type: string, content: JsonObject, stateKey = ''): Promise<string> {
    const path = `${roomPath(room)}/state/${encodeURIComponent(type)}/${encodeURIComponent(stateKey)}`
    return (await this.ok('PUT', path, content)).event_id
  }

  sync(since?: string, query: Record<string, string> = {}): Promise<SyncAnswer> {
    const parameters = new URLSearchParams({ ...(since === undefined ? {} : { since }), ...query })
    return this.ok('GET', `/sync?${parameters}`)
  }

  /** Sliding sync as clients speak it today: `pos` and `timeout` stand in the address. */
  sliding(body: object, query: { pos?: string; timeout?: string } = {}): Promise<any> {
    const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
    return this.ok('POST', `${path}?${new URLSearchParams(query)}`, body)
  }

  /** Newest first. */
  async messages(room: string, query: Record<string, string> = {}): Promise<{ chunk: any[]; end?: string }> {
    return this.ok('GET', `${roomPath(room)}/messages?${new URLSearchParams({ dir: 'b', limit: '100', ...query })}`)
  }
}

export function roomPath(room: string): string {
  return `/rooms/${encodeURIComponent(room)}`
}

async function ask(url: string, method: string, token: string | undefined, request: Ask): Promise<Answer> {
  const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  })
  const text = await response.text()
  return { status: response.status, json: parsed(text), text, headers: response.headers }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
