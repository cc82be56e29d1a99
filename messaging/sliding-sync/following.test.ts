import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`f${++count}`)
const list = (more: object = {}) => ({ ranges: [[0, 19]], timeline_limit: 10, required_state: [], ...more })
const all = (more: object = {}) => ({ lists: { all: list(more) } })

it('tells what is unread anew after a rule or a receipt of the person, also of rooms that were out of the range', async () => {
  const [alice, bob] = [await person(), await person()]
  const [quiet, busy] = [
    await alice.createRoom({ preset: 'public_chat' }),
    await alice.createRoom({ preset: 'public_chat' }),
  ]
  for (const room of [quiet, busy]) await bob.join(room)
  const said = await alice.say(quiet, 'q')
  await alice.say(busy, 'b')
  const first = await bob.sliding(all())
  expect(first.rooms[quiet].notification_count).toBe(1)
  const mute = '/pushrules/global/override/mute'
  await bob.ok('PUT', mute, { actions: [], conditions: [] })
  const second = await bob.sliding(all({ ranges: [[0, 0]] }), { pos: first.pos })
  expect(Object.keys(second.rooms)).toEqual([busy])
  expect(second.rooms[busy]).toMatchObject({ notification_count: 0, limited: false, num_live: 0 })
  const third = await bob.sliding(all(), { pos: second.pos })
  expect(Object.keys(third.rooms)).toEqual([quiet])
  expect(third.rooms[quiet].notification_count).toBe(0)
  await bob.ok('DELETE', mute)
  const fourth = await bob.sliding(all(), { pos: third.pos })
  expect(fourth.rooms[quiet].notification_count).toBe(1)
  await bob.ok('POST', `${roomPath(quiet)}/receipt/m.read.private/${encodeURIComponent(said)}`, {})
  const fifth = await bob.sliding(all({ ranges: [[0, 0]] }), { pos: fourth.pos })
  expect(fifth.rooms).toEqual({})
  const sixth = await bob.sliding(all(), { pos: fifth.pos })
  expect(sixth.rooms[quiet].notification_count).toBe(0)
  expect((await bob.sliding(all(), { pos: sixth.pos })).rooms).toEqual({})
})

it('tells who changed while members were not loaded, when they are loaded lazily again', async () => {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  await bob.say(room, 'hello')
  const lazy = all({ required_state: [['m.room.member', '$LAZY']] })
  const first = await alice.sliding(lazy)
  const naming = (name: string) =>
    bob.ok('PUT', `/profile/${encodeURIComponent(bob.id)}/displayname`, { displayname: name })
  await naming('Robert')
  const second = await alice.sliding(all(), { pos: first.pos })
  expect(second.rooms[room].required_state).toBeUndefined()
  await alice.say(room, 'news')
  const third = await alice.sliding(all(), { pos: second.pos })
  const fourth = await alice.sliding(lazy, { pos: third.pos })
  expect(fourth.rooms[room].required_state).toMatchObject([{ state_key: bob.id, content: { displayname: 'Robert' } }])
  await naming('Rob')
  const fifth = await alice.sliding(lazy, { pos: fourth.pos })
  expect(fifth.rooms[room].required_state).toMatchObject([{ state_key: bob.id, content: { displayname: 'Rob' } }])
  expect((await alice.sliding(lazy, { pos: fifth.pos })).rooms).toEqual({})
})
