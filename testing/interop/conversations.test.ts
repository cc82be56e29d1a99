import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '../town.ts'
import type { InteropClient } from './client.ts'
import { converse, pairs } from './conversations.ts'
import { jsSdk, jsSdkSliding } from './js-sdk.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const ofNpm = pairs
  .filter((pair) => pair.every((kind) => kind === jsSdk || kind === jsSdkSliding))
  .map((kinds) => ({ kinds, names: kinds.map(({ name }) => name).join(' and ') }))

it('has what to let talk', () => expect(ofNpm.length).toBe(3))

it.each(ofNpm)('$names talk, encrypted', { timeout: 120_000 }, async ({ kinds }) => {
  const clients: InteropClient[] = []
  try {
    for (const kind of kinds) {
      const client = (await kind.prepare(''))()
      clients.push(client)
      const name = `p${Math.floor(performance.now() * 1_000).toString(36)}`
      await town.person(name)
      await client.signIn(town.url, name, townPassword)
    }
    const [first, second] = clients as [InteropClient, InteropClient]
    await converse(first, second, true)
  } finally {
    for (const client of clients) await client.stop()
  }
})
