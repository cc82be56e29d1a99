import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { seededRandom } from '#testing/seeded-random.ts'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'
import { trimToDevice } from '../store/to-device.ts'

let town: Town
let count = 0
const person = () => town.person(`p${++count}`)
const username = (who: TownPerson) => who.id.slice(1, who.id.indexOf(':'))
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const send = (from: TownPerson, messages: object, transaction = `x${++count}`, type = 'org.example.note') =>
  from.ok('PUT', `/sendToDevice/${type}/${transaction}`, { messages })
const tell = (from: TownPerson, to: TownPerson, n: unknown) => send(from, { [to.id]: { [to.deviceId]: { n } } })
const told = (answer: { to_device?: { events: any[] } }) =>
  (answer.to_device?.events ?? []).map(({ content }) => content.n)

describe('a message to a device', () => {
  it('comes whole to the devices that it names, in the order sent, and to no other', async () => {
    const [alice, bob] = [await person(), await person()]
    const tablet = await town.signIn(username(bob))
    await tell(alice, bob, 1)
    await send(alice, { [bob.id]: { '*': { n: 2 } } })
    await send(alice, {
      [bob.id]: { '*': { n: 'others' }, [bob.deviceId]: { n: 3 } },
      '@nobody:town.example': { A: {} },
    })
    await send(alice, { [bob.id]: { NOSUCHDEVICE: { n: 4 } }, '@x:elsewhere.example': { '*': {} } })
    const answer = await bob.sync()
    expect(answer.to_device?.events[0]).toEqual({ type: 'org.example.note', sender: alice.id, content: { n: 1 } })
    expect(told(answer)).toEqual([1, 2, 3])
    expect(told(await tablet.sync())).toEqual([2, 'others'])
    expect((await alice.sync()).to_device).toBeUndefined()
  })

  it('is repeated for a repeated token, and never after the token that followed it came back', async () => {
    const [alice, bob] = [await person(), await person()]
    const first = (await bob.sync()).next_batch
    await tell(alice, bob, 1)
    const second = (await bob.sync(first)).next_batch
    expect(told(await bob.sync(first))).toEqual([1])
    await town.restart()
    expect(told(await bob.sync(first))).toEqual([1])
    expect(told(await bob.sync())).toEqual([1])
    await tell(alice, bob, 2)
    expect(told(await bob.sync(second))).toEqual([2])
    expect(told(await bob.sync(first))).toEqual([2])
    expect(told(await bob.sync(second, { full_state: 'true' }))).toEqual([2])
    expect(told(await bob.sync())).toEqual([2])
  })

  it('is sent once for a transaction id, which is one of the device and the type', async () => {
    const [alice, bob] = [await person(), await person()]
    const since = (await bob.sync()).next_batch
    const messages = (n: number) => ({ [bob.id]: { [bob.deviceId]: { n } } })
    await Promise.all([1, 1, 1].map((n) => send(alice, messages(n), 'same')))
    await send(alice, messages(2), 'same')
    await send(alice, messages(3), 'same', 'org.example.other')
    await send(await town.signIn(username(alice)), messages(4), 'same')
    expect(told(await bob.sync(since))).toEqual([1, 3, 4])
  })

  it('wakes the device that waits', async () => {
    const [alice, bob] = [await person(), await person()]
    const since = (await bob.sync()).next_batch
    const waiting = bob.sync(since, { timeout: '20000' })
    await expect.poll(() => town.chancery.messaging.waitingPeople()).toBeGreaterThan(0)
    await tell(alice, bob, 'now')
    expect(told(await waiting)).toEqual(['now'])
  })

  it('comes in parts when many wait, each of which follows at once', async () => {
    const [alice, bob] = [await person(), await person()]
    const since = (await bob.sync()).next_batch
    for (let n = 0; n < 2 * limits.toDeviceAnswerMax + 1; n++) await tell(alice, bob, n)
    const room = await bob.createRoom()
    const first = await bob.sync(since)
    const second = await bob.sync(first.next_batch, { timeout: '20000' })
    const again = await bob.sync(first.next_batch, { timeout: '20000' })
    const third = await bob.sync(second.next_batch, { timeout: '20000' })
    expect([first, second, third].map((answer) => told(answer).length)).toEqual([100, 100, 1])
    expect(told(again)).toEqual(told(second))
    expect([first, second, third].flatMap(told)).toEqual(Array.from({ length: 201 }, (_, n) => n))
    expect(first.rooms?.join?.[room]).toBeDefined()
    expect(second.rooms).toBeUndefined()
    expect(await bob.messages(room, { from: first.next_batch })).toMatchObject({ chunk: expect.any(Array) })
  })

  it('is cut by weight too, and one that is too heavy is refused', async () => {
    const [alice, bob] = [await person(), await person()]
    const since = (await bob.sync()).next_batch
    const heavy = 'x'.repeat(60_000)
    for (let n = 0; n < 20; n++) {
      await send(alice, { [bob.id]: { [bob.deviceId]: { n, heavy } } })
    }
    await tell(alice, bob, 20)
    const first = await bob.sync(since)
    const second = await bob.sync(first.next_batch, { timeout: '20000' })
    expect(told(first).length).toBeLessThan(20)
    expect([...told(first), ...told(second)]).toEqual(Array.from({ length: 21 }, (_, n) => n))
    const path = '/sendToDevice/org.example.note/heavy'
    const body = { messages: { [bob.id]: { [bob.deviceId]: { heavy: 'x'.repeat(70_000) } } } }
    expect((await alice.call('PUT', path, { body })).json.errcode).toBe('M_TOO_LARGE')
  })

  it('dies with the device', async () => {
    const [alice, bob] = [await person(), await person()]
    const tablet = await town.signIn(username(bob))
    await tell(alice, tablet, 1)
    await tell(alice, bob, 2)
    await tablet.ok('POST', '/logout', {})
    expect(await town.postgres.rows('select 1 from to_device where device_id = $1', [tablet.deviceId])).toEqual([])
    expect(told(await bob.sync())).toEqual([2])
    await tell(alice, tablet, 3)
    const again = await bob.ok('POST', '/login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: bob.id },
      password: townPassword,
      device_id: tablet.deviceId,
    })
    const answer = await bob.call('GET', '/sync', { headers: { authorization: `Bearer ${again.access_token}` } })
    expect(answer.json.to_device).toBeUndefined()
  })

  it('must be an object for a device of a person', async () => {
    const alice = await person()
    for (const messages of [undefined, 1, { [alice.id]: 1 }, { [alice.id]: { [alice.deviceId]: 'text' } }]) {
      const answer = await alice.call('PUT', '/sendToDevice/org.example.note/bad', { body: { messages } })
      expect([answer.status, answer.json.errcode]).toEqual([400, 'M_BAD_JSON'])
    }
  })

  it('lies sealed, and one that was altered or moved holds no other up', async () => {
    const [alice, bob] = [await person(), await person()]
    for (const n of ['a secret', 'another', 'a third']) await tell(alice, bob, n)
    const rows = await town.postgres.rows<{ position: number; sealed: Buffer }>(
      'select position, sealed from to_device where device_id = $1 order by position',
      [bob.deviceId],
    )
    expect(rows.map((row) => row.sealed.includes('secret'))).toEqual([false, false, false])
    await town.postgres.run('update to_device set sealed = $2 where position = $1', [
      rows[1]?.position,
      Buffer.alloc(99),
    ])
    expect(told(await bob.sync())).toEqual(['a secret', 'a third'])
  })

  it('leaves a device that never comes back with the newest', async () => {
    const [alice, bob, cyd] = [await person(), await person(), await person()]
    for (let n = 0; n < 5; n++) await tell(alice, bob, n)
    await tell(alice, cyd, 'only')
    await trimToDevice(town.postgres, 3)
    expect(told(await bob.sync())).toEqual([2, 3, 4])
    expect(told(await cyd.sync())).toEqual(['only'])
  })
})

/**
 * Clients lose answers, ask twice, forget their token and come back; senders send in bursts. Whatever happens, what a
 * client has taken in is what was sent, in order, each once.
 */
describe('the law of messages to devices', () => {
  const histories = Number(process.env.CHANCERY_HISTORIES ?? 3)
  it.each(Array.from({ length: histories }, (_, n) => n + Number(process.env.CHANCERY_HISTORY_SEED ?? 1)))(
    'holds in history %i',
    { timeout: 60_000 },
    async (seed) => {
      const random = seededRandom(seed)
      const below = (n: number) => random.bytes(4).readUInt32LE() % n
      const [alice, bob] = [await person(), await person()]
      const sent: number[] = []
      const taken: number[] = []
      let since = (await bob.sync()).next_batch
      let repeated: { since: string; told: number[] } | undefined
      for (let step = 0; step < 40; step++) {
        const act = below(10)
        if (act < 4) {
          const burst = below(8) === 0 ? 120 : 1 + below(3)
          for (let n = 0; n < burst; n++) {
            sent.push(sent.length)
            await tell(alice, bob, sent.length - 1)
          }
        } else if (act < 5) {
          await alice.createRoom({ invite: [bob.id] })
        } else if (act === 9 && below(5) === 0) {
          await town.restart()
        } else {
          const answer = await bob.sync(since, { timeout: String(below(2) * 30) })
          const part = told(answer)
          // A repeated token is told again what it was told before, and perhaps more.
          if (repeated?.since === since) expect(part.slice(0, repeated.told.length)).toEqual(repeated.told)
          repeated = { since, told: part }
          if (below(3) === 0) continue
          taken.push(...part)
          since = answer.next_batch
        }
      }
      for (let n = 0; n < 50 && taken.length < sent.length; n++) {
        const answer = await bob.sync(since)
        taken.push(...told(answer))
        since = answer.next_batch
      }
      expect(taken).toEqual(sent)
      await bob.sync(since)
      expect(told(await bob.sync())).toEqual([])
    },
  )
})
