/** Ciphertext that was moved to another row, or altered, on the disk. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let alice: TownPerson
beforeAll(async () => {
  town = await startTown()
  alice = await town.person('alice')
})
afterAll(() => town[Symbol.asyncDispose]())

const flip = `update event set sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)`

describe('a damaged event', () => {
  it('is shown as unreadable, and everything round it as ever', async () => {
    const room = await alice.createRoom()
    const [first, second, third] = [
      await alice.say(room, 'one'),
      await alice.say(room, 'two'),
      await alice.say(room, 'three'),
    ]
    await town.postgres.run(`${flip} where matrix_id = $1`, [second])
    await town.restart()
    const { chunk } = await alice.messages(room, { limit: '3' })
    expect(chunk.map((event) => event.event_id)).toEqual([third, second, first])
    expect(chunk.map((event) => event.content.body)).toEqual(['three', undefined, 'one'])
    expect(chunk[1].unsigned).toEqual({ 'chancery.unreadable': true })
    await alice.say(room, 'four')
  })

  it('moved to the row of another event is found out', async () => {
    const room = await alice.createRoom()
    const [first, second] = [await alice.say(room, 'yes, do it'), await alice.say(room, 'no, wait')]
    await town.postgres.run(
      'update event set sealed = (select sealed from event where matrix_id = $1) where matrix_id = $2',
      [first, second],
    )
    await town.restart()
    const event = await alice.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(second)}`)
    expect([event.content, event.unsigned]).toEqual([{}, { 'chancery.unreadable': true }])
  })
})

describe('damaged state', () => {
  it('that is only shown is left out', async () => {
    const room = await alice.createRoom({ name: 'A name' })
    await town.postgres.run(
      `${flip} where type = 'm.room.name' and room_id = (select id from room where matrix_id = $1)`,
      [room],
    )
    await town.restart()
    await alice.say(room, 'still here')
    expect((await alice.call('GET', `${roomPath(room)}/state/m.room.name/`)).status).toBe(404)
  })

  it('that decides who may do what shuts the room in words, and no other', async () => {
    const [room, other] = [await alice.createRoom(), await alice.createRoom()]
    await town.postgres.run(
      `${flip} where type = 'm.room.power_levels' and room_id = (select id from room where matrix_id = $1)`,
      [room],
    )
    await town.restart()
    const refused = await alice.call('PUT', `${roomPath(room)}/send/m.room.message/x`, { body: { body: 'x' } })
    expect(refused.json).toMatchObject({ errcode: 'CHANCERY_UNREADABLE' })
    await alice.say(other, 'fine')
    expect(Object.keys((await alice.sync()).rooms?.join ?? {})).toContain(other)
  })
})

describe('damaged account data', () => {
  it('is refused in words, and the rest of a first sync comes', async () => {
    const path = `/user/${encodeURIComponent(alice.id)}/account_data`
    await alice.ok('PUT', `${path}/org.example.one`, { n: 1 })
    await alice.ok('PUT', `${path}/org.example.two`, { n: 2 })
    await town.postgres.run(
      `update account_data set sealed = (select sealed from account_data where type = 'org.example.one')
       where type = 'org.example.two'`,
    )
    expect((await alice.call('GET', `${path}/org.example.two`)).json).toMatchObject({ errcode: 'CHANCERY_UNREADABLE' })
    const types = (await alice.sync()).account_data?.events.map((event) => event.type)
    expect(types).toContain('org.example.one')
    expect(types).not.toContain('org.example.two')
  })
})
