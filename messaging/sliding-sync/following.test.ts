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
