/** A push gateway as its specification has it, which keeps what it is told and answers as a test wants it to. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject } from '#matrix/api.ts'

/** What a gateway does with the next request: takes it, rejects the push key, fails, or says nothing at all. */
export type GatewayMood = 'take' | 'reject' | 'fail' | 'silence'

export interface PushGateway extends AsyncDisposable {
  readonly origin: string
  readonly url: string
  /** Notifications that came, in order, those that were not taken included. */
  readonly told: JsonObject[]
  mood: GatewayMood
  /** Notifications about an event, by its id. */
  events(): string[]
}

export async function startPushGateway(): Promise<PushGateway> {
  const told: JsonObject[] = []
  const state: { mood: GatewayMood } = { mood: 'take' }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { notification } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      told.push(notification)
      answer(response, state.mood, notification)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/_matrix/push/v1/notify`,
    told,
    get mood() {
      return state.mood
    },
    set mood(mood) {
      state.mood = mood
    },
    events: () => told.flatMap(({ event_id }) => (event_id === undefined ? [] : [String(event_id)])),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(response: ServerResponse, mood: GatewayMood, notification: JsonObject): void {
  if (mood === 'silence') return
  const devices = notification.devices as { pushkey: string }[]
  const rejected = mood === 'reject' ? devices.map((device) => device.pushkey) : []
  response.writeHead(mood === 'fail' ? 500 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ rejected }))
}
