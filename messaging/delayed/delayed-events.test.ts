import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
const clock = new FakeClock()
beforeAll(async () => {
  town = await startTown({ clock })
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`d${++count}`)
const delay = 'org.matrix.msc4140.delay'
const path = '/_matrix/client/unstable/org.matrix.msc4140/delayed_events'

async function say(
  who: TownPerson,
  room: string,
  body: string,
  ms: number,
  transaction = `t${++count}`,
): Promise<string> {
  const answer = await who.ok('PUT', `${roomPath(room)}/send/m.room.message/${transaction}?${delay}=${ms}`, {
    msgtype: 'm.text',
    body,
  })
  expect(Object.keys(answer)).toEqual(['delay_id'])
  return answer.delay_id
}
const set = async (who: TownPerson, room: string, topic: string, ms: number): Promise<string> =>
  (await who.ok('PUT', `${roomPath(room)}/state/m.room.topic/?${delay}=${ms}`, { topic })).delay_id
const act = (who: TownPerson, id: string, action: string) => who.call('POST', `${path}/${id}/${action}`, { body: {} })
const list = (who: TownPerson) => who.ok('GET', path)
const bodies = async (who: TownPerson, room: string) =>
  (await who.messages(room)).chunk.map((event) => event.content.body ?? event.content.topic).filter(Boolean)

/** The server looks at its own pace; the clock stands still while it does. */
const until = (look: () => Promise<unknown>) =>
  expect.poll(
    async () => {
      await clock.advance(1)
      return look()
    },
    { timeout: 10_000 },
  )

describe('delayed events', () => {
  it('are offered, sent when their time has come, once, and told of', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    expect((await alice.ok('GET', '/_matrix/client/versions')).unstable_features['org.matrix.msc4140']).toBe(true)
    const id = await say(alice, room, 'later', 60_000, 'same')
    expect(await say(alice, room, 'later', 60_000, 'same')).toBe(id)
    const { scheduled, finalised } = await list(alice)
    expect(scheduled).toEqual([
      {
        delay_id: id,
        room_id: room,
        type: 'm.room.message',
        delay: 60_000,
        running_since: expect.any(Number),
        content: { msgtype: 'm.text', body: 'later' },
      },
    ])
    expect(finalised).toEqual([])
    await clock.advance(59_000)
    expect(await bodies(alice, room)).toEqual([])
    await clock.advance(1_000)
    await until(() => bodies(alice, room)).toEqual(['later'])
    await until(async () => (await list(alice)).scheduled).toEqual([])
    const [end] = (await list(alice)).finalised
    const [event] = (await alice.messages(room)).chunk
    expect(end).toMatchObject({
      outcome: 'send',
      reason: 'delay',
      event_id: event.event_id,
      delayed_event: { delay_id: id },
    })
    expect((await alice.ok('GET', `${path}/${id}`)).outcome).toBe('send')
  })

  it('are put off, cancelled and sent at once; nobody else can, and what is over is over', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom()
    const [one, two, three] = [
      await say(alice, room, 'one', 1_000),
      await set(alice, room, 'two', 1_000),
      await say(alice, room, 'three', 1_000),
    ]
    await clock.advance(900)
    expect((await act(alice, one, 'restart')).status).toBe(200)
    expect((await act(alice, two, 'cancel')).status).toBe(200)
    expect((await act(alice, two, 'cancel')).status).toBe(200)
    expect((await alice.call('POST', `${path}/${three}`, { body: { action: 'send' } })).status).toBe(200)
    expect(await bodies(alice, room)).toEqual(['three'])
    for (const action of ['restart', 'cancel', 'send']) expect((await act(bob, one, action)).status).toBe(404)
    expect((await bob.call('GET', `${path}/${one}`)).status).toBe(404)
    expect((await act(alice, two, 'restart')).status).toBe(404)
    expect((await act(alice, two, 'send')).status).toBe(404)
    expect((await act(alice, three, 'send')).status).toBe(200)
    expect((await act(alice, one, 'jump')).json.errcode).toBe('M_INVALID_PARAM')
    expect((await alice.call('POST', `${path}/${one}`, { body: {} })).json.errcode).toBe('M_MISSING_PARAM')
    await clock.advance(900)
    expect(await bodies(alice, room)).toEqual(['three'])
    await clock.advance(200)
    await until(() => bodies(alice, room)).toEqual(['one', 'three'])
  })

  it('survive a restart of the server, and lie sealed', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    await say(alice, room, 'unforgotten', 5_000)
    const rows = await town.postgres.rows<{ sealed: Buffer }>(
      'select sealed from delayed_event where finished_ts is null',
    )
    expect(rows.some(({ sealed }) => sealed.includes('unforgotten'))).toBe(false)
    await town.restart()
    await clock.advance(5_000)
    await until(() => bodies(alice, room)).toEqual(['unforgotten'])
  })

  it('are taken over from a server that died, and make no second event when it had sent already', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const id = await say(alice, room, 'once', 1_000)
    await clock.advance(1_000)
    await until(() => bodies(alice, room)).toEqual(['once'])
    await until(async () => (await list(alice)).scheduled).toEqual([])
    await town.postgres.run(
      'update delayed_event set finished_ts = null, outcome = null, leased_until_ts = $2 where id = $1',
      [id, clock.nowMs() + 30_000],
    )
    expect((await act(alice, id, 'cancel')).status).toBe(404)
    await clock.advance(31_000)
    await until(async () => (await list(alice)).scheduled).toEqual([])
    expect(await bodies(alice, room)).toEqual(['once'])
  })

  it('that set state give way to what somebody else set meanwhile, and not to their own sender', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'trusted_private_chat', invite: [bob.id] })
    await bob.join(room)
    const id = await set(alice, room, 'gone', 10_000)
    await alice.setState(room, 'm.room.topic', { topic: 'here' })
    expect((await list(alice)).scheduled).toHaveLength(1)
    await bob.setState(room, 'm.room.topic', { topic: "bob's" })
    expect((await list(alice)).scheduled).toEqual([])
    expect(await alice.ok('GET', `${path}/${id}`)).toMatchObject({ outcome: 'cancel', reason: 'state' })
    await set(alice, room, 'own', 1_000)
    await alice.setState(room, 'm.room.topic', { topic: 'own, earlier' })
    await clock.advance(1_000)
    await until(() => bodies(alice, room)).toEqual(['own', 'own, earlier', "bob's", 'here'])
  })

  it('are refused when they are due to somebody who may not, and beyond the limits', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    expect((await bob.call('PUT', `${roomPath(room)}/send/m.x/1?${delay}=5`, { body: {} })).status).toBe(403)
    await bob.join(room)
    const id = await say(bob, room, 'too late', 1_000)
    await bob.leave(room)
    await clock.advance(1_000)
    await until(async () => (await list(bob)).finalised[0]).toMatchObject({
      outcome: 'cancel',
      reason: 'error',
      error: { errcode: 'M_FORBIDDEN' },
      delayed_event: { delay_id: id },
    })
    const month = 31 * 24 * 3_600_000
    const long = await alice.call('PUT', `${roomPath(room)}/send/m.x/2?${delay}=${month}`, { body: {} })
    expect([long.status, long.json.errcode, long.json['org.matrix.msc4140.errcode']]).toEqual([
      400,
      'M_UNKNOWN',
      'M_MAX_DELAY_EXCEEDED',
    ])
    expect(long.json['org.matrix.msc4140.max_delay']).toBeGreaterThan(0)
    expect((await alice.call('PUT', `${roomPath(room)}/send/m.x/3?${delay}=-1`, { body: {} })).status).toBe(400)
    for (let n = 0; n < 100; n++) await say(alice, room, `${n}`, month / 10)
    const many = await alice.call('PUT', `${roomPath(room)}/send/m.x/4?${delay}=5`, { body: {} })
    expect(many.json['org.matrix.msc4140.errcode']).toBe('M_MAX_DELAYED_EVENTS_EXCEEDED')
  })

  it('are no more than the limit when many are asked for at once, and what is over is told in pages', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const ask = (n: number) => alice.call('PUT', `${roomPath(room)}/send/m.x/p${n}?${delay}=60000`, { body: {} })
    const answers = await Promise.all(Array.from({ length: 130 }, (_, n) => ask(n)))
    const ids = answers.flatMap((answer) => (answer.status === 200 ? [answer.json.delay_id] : []))
    expect(ids).toHaveLength(100)
    expect((await list(alice)).scheduled).toHaveLength(100)
    for (const id of ids) await act(alice, id, 'cancel')
    const more = await say(alice, room, 'more', 60_000)
    await clock.advance(1)
    await act(alice, more, 'cancel')
    const first = await list(alice)
    expect(first.finalised).toHaveLength(100)
    const second = await alice.ok('GET', `${path}?from=${first.next_batch}`)
    expect(Object.keys(second)).toEqual(['finalised'])
    const told = [...first.finalised, ...second.finalised].map((one) => one.delayed_event.delay_id)
    expect(told.toSorted()).toEqual([...ids, more].toSorted())
    expect(told[0]).toBe(more)
    expect((await alice.call('GET', `${path}?from=nothing`)).json.errcode).toBe('M_INVALID_PARAM')
  })
})
