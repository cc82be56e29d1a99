import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const extension = 'io.element.msc4360.threads'
const path = '/_matrix/client/unstable/io.element.msc4360/thread_updates'
let count = 0
const person = () => town.person(`tu${++count}`)
const reply = (who: TownPerson, room: string, root: string) =>
  who.say(room, 'reply', { 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
const wish = (more: object = {}, timeline = 1) => ({
  lists: { all: { ranges: [[0, 9]], timeline_limit: timeline, required_state: [] } },
  extensions: { [extension]: { enabled: true, ...more } },
})
const updates = (answer: any, room: string) => Object.keys(answer.extensions[extension]?.updates?.[room] ?? {})

async function two(more: object = {}) {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat', ...more })
  await bob.join(room)
  const root = await alice.say(room, 'root')
  return { alice, bob, room, root }
}

describe('threads over sliding sync', () => {
  it('are told with their roots, the newest reply, and where to read what was missed', async () => {
    const { alice, bob, room, root } = await two()
    const replies = [await reply(alice, room, root), await reply(alice, room, root), await reply(alice, room, root)]
    const first = await bob.sliding(wish({ include_roots: true }))
    const told = first.extensions[extension].updates[room][root]
    expect(told.thread_root.event_id).toBe(root)
    expect(told.thread_root.unsigned['m.relations']['m.thread']).toMatchObject({
      count: 3,
      latest_event: { event_id: replies[2] },
    })
    const missed = await bob.ok(
      'GET',
      `/_matrix/client/v1${roomPath(room)}/relations/${encodeURIComponent(root)}?dir=b&from=${told.prev_batch}`,
    )
    expect(missed.chunk.map((event: any) => event.event_id)).toEqual([replies[1], replies[0]])
    const waiting = bob.sliding(wish({ include_roots: true }), { pos: first.pos, timeout: '20000' })
    await reply(alice, room, root)
    const then = await waiting
    expect(Object.keys(then.extensions[extension].updates[room][root])).toEqual(['thread_root'])
    expect((await bob.sliding(wish({ include_roots: true }), { pos: then.pos })).extensions[extension]).toBeUndefined()
  })

  it('are left out without their roots where the timeline tells all of it', async () => {
    const { alice, bob, room, root } = await two()
    const first = await bob.sliding(wish({}, 5))
    await reply(alice, room, root)
    const whole = await bob.sliding(wish({}, 5), { pos: first.pos })
    expect(whole.extensions[extension]).toBeUndefined()
    await reply(alice, room, root)
    await alice.say(room, 'more')
    const cut = await bob.sliding(wish({}, 1), { pos: whole.pos })
    expect(cut.extensions[extension].updates).toEqual({ [room]: { [root]: {} } })
    await alice.say(room, 'nothing of a thread')
    const quiet = await bob.sliding(wish({}, 1), { pos: cut.pos })
    expect(quiet.extensions[extension]).toBeUndefined()
    // What was said while the client did not ask is told when it asks again.
    const without = await bob.sliding({ ...wish(), extensions: {} }, { pos: quiet.pos })
    await reply(alice, room, root)
    await alice.say(room, 'more')
    const passed = await bob.sliding({ ...wish(), extensions: {} }, { pos: without.pos })
    expect(updates(await bob.sliding(wish(), { pos: passed.pos }), room)).toEqual([root])
  })

  it('come in pages when they are many, in all rooms, up to where the client was', async () => {
    const { alice, bob, room } = await two()
    const other = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(other)
    const first = await bob.sliding(wish({ include_roots: true }))
    const roots: string[] = []
    for (const where of [room, other, room, other, room]) {
      const root = await alice.say(where, 'root')
      await reply(alice, where, root)
      roots.unshift(root)
    }
    const answer = await bob.sliding(wish({ include_roots: true, limit: 2 }), { pos: first.pos })
    const found = [room, other].flatMap((where) => updates(answer, where))
    for (let from: string | undefined = answer.extensions[extension].prev_batch; from !== undefined; ) {
      const page: any = await bob.ok('GET', `${path}?dir=b&limit=2&from=${from}&to=${first.pos}`)
      for (const threads of Object.values<any>(page.chunk)) found.push(...Object.keys(threads))
      from = page.next_batch
    }
    expect(found.toSorted()).toEqual(roots.toSorted())
    expect((await bob.call('GET', `${path}?dir=b&from=x`)).json.errcode).toBe('M_INVALID_PARAM')
    expect((await bob.call('GET', `${path}?limit=2`)).status).toBe(400)
  })

  it('are told nobody who may not see them, and of no reply that is gone', async () => {
    const joined = [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }]
    const { alice, bob, room, root } = await two({ initial_state: joined })
    const eve = await person()
    await reply(alice, room, root)
    expect((await eve.ok('GET', `${path}?dir=b`)).chunk).toEqual({})
    await eve.join(room)
    await reply(alice, room, root)
    expect((await eve.ok('GET', `${path}?dir=b`)).chunk).toEqual({})
    const own = await eve.say(room, 'own root')
    const gone = await reply(alice, room, own)
    expect(Object.keys((await eve.ok('GET', `${path}?dir=b`)).chunk[room])).toEqual([own])
    expect(Object.keys((await bob.ok('GET', `${path}?dir=b`)).chunk[room]).toSorted()).toEqual([own, root].toSorted())
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(gone)}/x`, {})
    expect((await eve.ok('GET', `${path}?dir=b`)).chunk).toEqual({})
  })
})
