import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '#matrix/api.ts'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let node: TownNode
beforeAll(async () => {
  town = await startTown()
  node = await town.openNode()
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

let count = 0
const person = () => town.person(`u${++count}`)
const byThread = { filter: '{"room":{"timeline":{"unread_thread_notifications":true}}}' }
const counts = (notification_count: number, highlight_count: number) => ({ notification_count, highlight_count })

async function two(body: object = {}) {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat', ...body })
  await bob.join(room)
  return { alice, bob, room }
}

const inThread = (root: string) => ({ 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
const naming = (...people: TownPerson[]) => ({ 'm.mentions': { user_ids: people.map((one) => one.id) } })
const unread = async (who: TownPerson, room: string) => (await who.sync()).rooms?.join?.[room]?.unread_notifications
const read = (who: TownPerson, room: string, event: string, thread?: string, type = 'm.read') =>
  who.ok('POST', `${roomPath(room)}/receipt/${type}/${encodeURIComponent(event)}`, thread ? { thread_id: thread } : {})
const rule = (who: TownPerson, kind: string, id: string, body: JsonObject) =>
  who.ok('PUT', `/pushrules/global/${kind}/${encodeURIComponent(id)}`, body)

describe('what is unread', () => {
  it('is told by thread where the filter asks for it, and in one sum where not', async () => {
    const { alice, bob, room } = await two()
    const root = await alice.say(room, 'root')
    const reply = await alice.say(room, 'reply', inThread(root))
    await alice.say(room, 'second reply', { ...inThread(root), ...naming(bob) })
    expect(await unread(bob, room)).toEqual(counts(3, 1))
    const apart = async () => {
      const { rooms } = await bob.sync(undefined, byThread)
      return [rooms?.join?.[room]?.unread_notifications, rooms?.join?.[room]?.unread_thread_notifications]
    }
    expect(await apart()).toEqual([counts(1, 0), { [root]: counts(2, 1) }])
    await read(bob, room, reply, root)
    expect(await apart()).toEqual([counts(1, 0), { [root]: counts(1, 1) }])
    await read(bob, room, root, 'main', 'm.read.private')
    expect(await apart()).toEqual([counts(0, 0), { [root]: counts(1, 1) }])
    await read(bob, room, await alice.say(room, 'on'))
    expect(await apart()).toEqual([counts(0, 0), undefined])
  })

  it('does not become read by a new name or a reaction of one’s own, but by one’s own words', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'one')
    await bob.ok('PUT', `/profile/${encodeURIComponent(bob.id)}/displayname`, { displayname: 'Robert' })
    const relates = { rel_type: 'm.annotation', event_id: said, key: 'Seen' }
    await bob.send(room, 'm.reaction', { 'm.relates_to': relates })
    expect(await unread(bob, room)).toEqual(counts(1, 0))
    await bob.say(room, 'in a thread', inThread(said))
    expect(await unread(bob, room)).toEqual(counts(1, 0))
    await bob.say(room, 'here')
    expect(await unread(bob, room)).toEqual(counts(0, 0))
  })

  it('begins where the present stay began', async () => {
    const { alice, bob, room } = await two()
    await alice.say(room, 'one')
    await bob.leave(room)
    await alice.say(room, 'between', naming(bob))
    await bob.join(room)
    expect(await unread(bob, room)).toEqual(counts(0, 0))
    await alice.say(room, 'two')
    expect(await unread(bob, room)).toEqual(counts(1, 0))
  })

  it('follows the default rules: notices, edits and reactions are silent, whom they name is not', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'one')
    await alice.say(room, 'notice', { msgtype: 'm.notice', ...naming(bob) })
    await alice.say(room, 'edit', { 'm.relates_to': { rel_type: 'm.replace', event_id: said } })
    await alice.send(room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: said, key: 'x' } })
    expect(await unread(bob, room)).toEqual(counts(1, 0))
    await alice.say(room, 'edit', { 'm.relates_to': { rel_type: 'm.replace', event_id: said }, ...naming(bob) })
    await alice.send(room, 'org.example.custom', naming(bob, alice))
    expect(await unread(bob, room)).toEqual(counts(3, 2))
    await alice.say(room, 'all', { 'm.mentions': { room: true } })
    await bob.send(room, 'org.example.custom', { 'm.mentions': { room: true } })
    expect(await unread(bob, room)).toEqual(counts(4, 3))
    expect(await unread(alice, room)).toEqual(counts(0, 0))
    await alice.setState(room, 'm.room.tombstone', { body: 'moved', replacement_room: '!x:y' })
    expect(await unread(bob, room)).toEqual(counts(5, 4))
  })

  it('follows a person’s own rules, in every room and on every node', async () => {
    const { alice, bob, room } = await two()
    const there = node.as(bob)
    const both = async () => {
      const here = await unread(bob, room)
      await expect.poll(() => unread(there, room)).toEqual(here)
      return here
    }
    await alice.say(room, 'the dam holds')
    await alice.say(room, 'no word of it', naming(bob))
    expect(await both()).toEqual(counts(2, 1))
    await rule(bob, 'content', 'dam', { pattern: 'dam', actions: ['notify', { set_tweak: 'highlight' }] })
    expect(await both()).toEqual(counts(2, 2))
    await alice.say(room, 'Dam!')
    expect(await both()).toEqual(counts(3, 3))
    await rule(bob, 'room', room, { actions: [] })
    expect(await both()).toEqual(counts(3, 3))
    await bob.ok('DELETE', '/pushrules/global/content/dam')
    expect(await both()).toEqual(counts(1, 1))
    const conditions = [{ kind: 'event_match', key: 'room_id', pattern: room }]
    await rule(bob, 'override', 'mute', { actions: [], conditions })
    expect(await both()).toEqual(counts(0, 0))
    await bob.ok('DELETE', '/pushrules/global/override/mute')
    await bob.ok('DELETE', `/pushrules/global/room/${encodeURIComponent(room)}`)
    await rule(bob, 'sender', alice.id, { actions: [] })
    await alice.say(room, 'quiet')
    expect(await both()).toEqual(counts(1, 1))
  })

  it('is told of each room in which something waits when the person changes by what she is notified', async () => {
    const { alice, bob, room } = await two()
    const read = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(read)
    await alice.say(room, 'one')
    const first = await bob.sync()
    expect(first.rooms?.join?.[room]?.unread_notifications).toEqual(counts(1, 0))
    await rule(bob, 'override', 'mute', { actions: [], conditions: [] })
    const second = await bob.sync(first.next_batch)
    expect(Object.keys(second.rooms?.join ?? {})).toEqual([room])
    expect(second.rooms?.join?.[room]).toMatchObject({ unread_notifications: counts(0, 0), timeline: { events: [] } })
    await bob.ok('DELETE', '/pushrules/global/override/mute')
    const third = await bob.sync(second.next_batch)
    expect(third.rooms?.join?.[room]?.unread_notifications).toEqual(counts(1, 0))
    const ignored = { ignored_users: { [alice.id]: {} } }
    await bob.ok('PUT', `/user/${encodeURIComponent(bob.id)}/account_data/m.ignored_user_list`, ignored)
    const fourth = await bob.sync(third.next_batch)
    expect(fourth.rooms?.join?.[room]?.unread_notifications).toEqual(counts(0, 0))
  })

  it('is the same on a node that heard of everything later', async () => {
    const { alice, bob, room } = await two()
    const there = node.as(bob)
    await there.sync()
    const aliceThere = node.as(alice)
    const root = await aliceThere.say(room, 'one')
    for (let n = 0; n < 5; n++) await aliceThere.say(room, `${n}`, n % 2 ? inThread(root) : {})
    await expect.poll(() => unread(there, room)).toEqual(counts(6, 0))
    await read(bob, room, root)
    await expect.poll(() => unread(there, room)).toEqual(counts(5, 0))
    await expect.poll(() => unread(bob, room)).toEqual(counts(5, 0))
  })
})

it('leaves out what was redacted, mentions and threads too, for those who count along and those who come anew', async () => {
  const { alice, bob, room } = await two()
  const root = await alice.say(room, 'root')
  const said = [
    await alice.say(room, 'one', naming(bob)),
    await alice.say(room, 'two'),
    await alice.say(room, 'reply', { ...inThread(root), ...naming(bob) }),
    await alice.say(room, 'reply', inThread(root)),
  ]
  const unread = async (who: TownPerson, since?: string) => {
    const answer = await who.sync(since, byThread)
    const told: any = answer.rooms?.join?.[room]
    return { since: answer.next_batch, main: told.unread_notifications, threads: told.unread_thread_notifications }
  }
  const before = await unread(bob)
  expect([before.main, before.threads]).toEqual([counts(3, 1), { [root]: counts(2, 1) }])
  for (const id of [said[0], said[2]]) {
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id ?? '')}/r${id}`, {})
  }
  for (const after of [await unread(bob, before.since), await unread(bob), await unread(node.as(bob))]) {
    expect([after.main, after.threads]).toEqual([counts(2, 0), { [root]: counts(1, 0) }])
  }
  // Redacted once more, it is not left out twice.
  await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(said[0] ?? '')}/again`, {})
  expect((await unread(bob)).main).toEqual(counts(2, 0))
})
