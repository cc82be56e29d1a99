import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let node: TownNode
let unhandled = 0
const onUnhandled = () => {
  unhandled += 1
}
beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled)
  town = await startTown()
  node = await town.openNode()
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toBe(0)
})

let count = 0
const person = () => town.person(`n${++count}`)
const wide = { filter: '{"room":{"timeline":{"limit":1000}}}' }
const bodies = (events: any[]) => events.map((event) => event.content.body).filter((body) => body !== undefined)

/** Follows until nothing new comes; the bodies in the order told. */
async function follow(who: TownPerson, room: string, since: string, until: number): Promise<string[]> {
  const told: string[] = []
  for (let n = 0; n < 200 && told.length < until; n++) {
    const answer = await who.sync(since, { ...wide, timeout: '1000' })
    since = answer.next_batch
    const part = answer.rooms?.join?.[room]
    expect(part?.timeline.limited ?? false).toBe(false)
    told.push(...bodies(part?.timeline.events ?? []))
  }
  return told
}

describe('two nodes on one database', () => {
  it('show who is typing on the other, by both kinds of sync, to those who wait and those who come', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const there = node.as(bob)
    const type = (typing: boolean) =>
      alice.ok('PUT', `${roomPath(room)}/typing/${encodeURIComponent(alice.id)}`, { typing, timeout: 60_000 })
    const typists = (answer: any) => answer.rooms?.join?.[room]?.ephemeral?.events[0]?.content.user_ids
    const { next_batch: since } = await there.sync()
    const waiting = there.sync(since, { timeout: '20000' })
    await type(true)
    const told = await waiting
    expect(typists(told)).toEqual([alice.id])
    expect(typists(await there.sync(undefined))).toEqual([alice.id])
    const lists = { all: { ranges: [[0, 9]], timeline_limit: 1, required_state: [] } }
    const sliding = await there.sliding({ lists, extensions: { typing: { enabled: true } } })
    expect(sliding.extensions.typing.rooms[room].content.user_ids).toEqual([alice.id])
    const waitingOn = there.sync(told.next_batch, { timeout: '20000' })
    await type(false)
    expect(typists(await waitingOn)).toEqual([])
  })

  it('lose, double and reorder nothing, and show each other everything once', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const [here, there] = [alice, node.as(bob)]
    const since = (await here.sync()).next_batch
    const followers = [follow(here, room, since, 120), follow(node.as(alice), room, since, 120)]
    await Promise.all(
      [here, there].flatMap((who, w) =>
        Array.from({ length: 3 }, async (_, s) => {
          for (let n = 0; n < 20; n++) await who.say(room, `${w}${s} ${n}`)
        }),
      ),
    )
    const all = bodies((await here.messages(room, { limit: '1000' })).chunk).reverse()
    expect(new Set(all).size).toBe(120)
    expect(all).toHaveLength(120)
    for (const sender of ['00', '01', '02', '10', '11', '12']) {
      const own = all.filter((body) => body.startsWith(sender))
      expect(own).toEqual(Array.from({ length: 20 }, (_, n) => `${sender} ${n}`))
    }
    for (const told of await Promise.all(followers)) expect(told).toEqual(all)
    expect(bodies((await there.messages(room, { limit: '1000' })).chunk).reverse()).toEqual(all)
  })

  it('take one transaction id once, whichever of them it reaches', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const other = node.as(alice)
    for (let n = 0; n < 10; n++) {
      const sends = [alice, other, alice, other].map((who) => who.send(room, 'm.x', { n }, `once ${n}`))
      expect(new Set(await Promise.all(sends)).size).toBe(1)
    }
    expect((await alice.messages(room)).chunk.filter((event) => event.type === 'm.x')).toHaveLength(10)
  })

  it('take a reaction once, whichever of them it reaches', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const said = await alice.say(room, 'x')
    const other = node.as(alice)
    for (let n = 0; n < 10; n++) {
      const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: said, key: `${n}` } }
      const answers = await Promise.all(
        [alice, other, alice, other].map((who, w) =>
          who.call('PUT', `${roomPath(room)}/send/m.reaction/r${n}-${w}`, { body: content }),
        ),
      )
      expect(answers.map((answer) => answer.json.errcode ?? 'taken').sort()).toEqual([
        'M_DUPLICATE_ANNOTATION',
        'M_DUPLICATE_ANNOTATION',
        'M_DUPLICATE_ANNOTATION',
        'taken',
      ])
    }
  })

  it('keep their rooms in step: names, members, bans and what was removed', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const [aliceThere, bobThere] = [node.as(alice), node.as(bob)]
    const said = await alice.say(room, 'a slip of the tongue')
    const { next_batch } = await bobThere.sync()
    await bobThere.messages(room)
    await alice.setState(room, 'm.room.name', { name: 'First' })
    await aliceThere.setState(room, 'm.room.topic', { topic: 'Second' })
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(said)}/r`, {})
    await bobThere.sync(next_batch, { timeout: '3000' })
    await expect.poll(async () => JSON.stringify(await bobThere.messages(room))).not.toContain('a slip')
    await expect.poll(async () => JSON.stringify(await bobThere.sync())).not.toContain('a slip')
    await alice.ok('POST', `${roomPath(room)}/ban`, { user_id: bob.id })
    await expect
      .poll(async () => (await bobThere.call('PUT', `${roomPath(room)}/send/m.x/z`, { body: {} })).status)
      .toBe(403)
  })

  it('take tokens of one another at once', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const other = node.as(alice)
    let since = (await alice.sync()).next_batch
    const told: string[] = []
    for (let n = 0; n < 20; n++) {
      await (n % 3 === 0 ? alice : other).send(room, 'm.room.message', { body: `${n}` }, `token ${n}`)
      const answer = await (n % 2 === 0 ? alice : other).sync(since, wide)
      since = answer.next_batch
      told.push(...bodies(answer.rooms?.join?.[room]?.timeline.events ?? []))
    }
    await expect
      .poll(async () => {
        const answer = await alice.sync(since, wide)
        since = answer.next_batch
        told.push(...bodies(answer.rooms?.join?.[room]?.timeline.events ?? []))
        return told
      })
      .toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
  })
})

describe('a connection that is killed', () => {
  it('loses and doubles nothing that was acknowledged', async () => {
    const alice = await person()
    const rooms = [await alice.createRoom(), await alice.createRoom()]
    const acknowledged = new Map<string, string>()
    let over = false
    const killer = (async () => {
      while (!over) {
        await town.database.postgres.rows(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and query like '%append_events%' and pid <> pg_backend_pid()`,
        )
        await new Promise((resolve) => setTimeout(resolve, 40))
      }
    })()
    await Promise.all(
      Array.from({ length: 6 }, async (_, s) => {
        for (let n = 0; n < 25; n++) {
          const body = `${s} ${n}`
          for (;;) {
            const path = `${roomPath(rooms[s % 2] ?? '')}/send/m.room.message/k${s}-${n}`
            const answer = await alice.call('PUT', path, { body: { body } })
            if (answer.status === 200) {
              acknowledged.set(body, answer.json.event_id)
              break
            }
          }
        }
      }),
    )
    over = true
    await killer
    const chunks = await Promise.all(rooms.map((room) => alice.messages(room, { limit: '1000' })))
    const stored = chunks.flatMap(({ chunk }) => chunk).filter((event) => event.content.body !== undefined)
    expect(stored).toHaveLength(150)
    expect(new Map(stored.map((event) => [event.content.body, event.event_id]))).toEqual(acknowledged)
  })
})

it('two nodes make rooms of one maker in the same millisecond', async () => {
  const clock = new FakeClock()
  await using stopped = await startTown({ clock })
  const alice = await stopped.person('alice')
  await using other = await stopped.openNode()
  const made = [await alice.createRoom(), await other.as(alice).createRoom()]
  expect(new Set(made).size).toBe(2)
})
