/** Two servers on one database: what is said on one is told by the other, once and in order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import { TownDevice } from '#testing/town-keys.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let node: TownNode
let count = 0
const person = () => town.person(`n${++count}`)
beforeAll(async () => {
  town = await startTown()
  node = await town.openNode()
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

const told = (answer: { to_device?: { events: any[] } }) =>
  (answer.to_device?.events ?? []).map(({ content }) => content.n)
const tell = (from: TownPerson, to: TownPerson, n: string, transaction = n) =>
  from.ok('PUT', `/sendToDevice/org.example.note/${transaction}`, { messages: { [to.id]: { [to.deviceId]: { n } } } })

describe('encryption on two nodes', () => {
  it('tells a device every message once, in order, whichever nodes it is sent and read on', async () => {
    const [alice, bob] = [await person(), await person()]
    const [senders, readers] = [
      [alice, node.as(alice)],
      [bob, node.as(bob)],
    ]
    let since = (await bob.sync()).next_batch
    const sending = Promise.all(
      senders.map(async (from, s) => {
        for (let n = 0; n < 60; n++) {
          // Sent again on the other node, as a client does whose answer was lost.
          await tell(from, bob, `${s} ${n}`)
          if (n % 10 === 0) await tell(senders[1 - s]!, bob, `${s} ${n}`)
        }
      }),
    )
    const found: string[] = []
    for (let turn = 0; turn < 500 && found.length < 120; turn++) {
      const reader = readers[turn % 2]!
      const answer = await reader.sync(since, { timeout: '1000' })
      // Every third answer is lost.
      if (turn % 3 === 2) continue
      found.push(...told(answer))
      since = answer.next_batch
    }
    await sending
    for (const s of [0, 1]) {
      const own = found.filter((n) => n.startsWith(`${s} `))
      expect(own).toEqual(Array.from({ length: 60 }, (_, n) => `${s} ${n}`))
    }
    await readers[1]!.sync(since)
    expect(told(await readers[0]!.sync())).toEqual([])
  })

  it('tells of changed devices on the node where they did not change, and gives the newest keys there', async () => {
    const [alice, bob] = [await person(), await person()]
    const there = node.as(bob)
    await there.join(await alice.createRoom({ preset: 'public_chat' }))
    const since = (await there.sync()).next_batch
    const waiting = there.sync(since, { timeout: '20000' })
    const device = new TownDevice(alice)
    await device.upload({ device_keys: device.keys, one_time_keys: device.oneTimeKeys(20) })
    expect((await waiting).device_lists).toEqual({ changed: [alice.id], left: [] })
    const { device_keys } = await there.ok('POST', '/keys/query', { device_keys: { [alice.id]: [] } })
    expect(device_keys[alice.id][alice.deviceId]).toMatchObject(device.keys)
    const wish = { one_time_keys: { [alice.id]: { [alice.deviceId]: 'signed_curve25519' } } }
    const claims = await Promise.all(
      Array.from({ length: 24 }, (_, n) => (n % 2 === 0 ? bob : there).ok('POST', '/keys/claim', wish)),
    )
    const given = claims.flatMap((claim) => Object.keys(claim.one_time_keys[alice.id]?.[alice.deviceId] ?? {}))
    expect([given.length, new Set(given).size]).toEqual([20, 20])
    expect((await node.as(alice).sync()).device_one_time_keys_count).toEqual({ signed_curve25519: 0 })
  })
})
