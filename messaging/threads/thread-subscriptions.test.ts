import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const extension = 'io.element.msc4308.thread_subscriptions'
const listPath = '/_matrix/client/unstable/io.element.msc4308/thread_subscriptions'
let count = 0
const person = () => town.person(`ts${++count}`)
const pathOf = (room: string, root: string) =>
  `/_matrix/client/unstable/io.element.msc4306${roomPath(room)}/thread/${encodeURIComponent(root)}/subscription`
const subscribe = (who: TownPerson, room: string, root: string, automatic?: string) =>
  who.call('PUT', pathOf(room, root), { body: automatic === undefined ? {} : { automatic } })
const unsubscribe = (who: TownPerson, room: string, root: string) => who.call('DELETE', pathOf(room, root))
const state = async (who: TownPerson, room: string, root: string) => {
  const { status, json } = await who.call('GET', pathOf(room, root))
  return status === 200 ? json.automatic : status
}
const reply = (who: TownPerson, room: string, root: string, more: object = {}) =>
  who.say(room, 'reply', { 'm.relates_to': { rel_type: 'm.thread', event_id: root }, ...more })
const wish = (limit?: number) => ({
  lists: { all: { ranges: [[0, 9]], timeline_limit: 1, required_state: [] } },
  extensions: { [extension]: { enabled: true, ...(limit !== undefined && { limit }) } },
})

async function two() {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  const root = await alice.say(room, 'root')
  return { alice, bob, room, root }
}

describe('a subscription to a thread', () => {
  it('is offered, made by hand or by an app, and ended', async () => {
    const { alice, bob, room, root } = await two()
    const { unstable_features: features } = await bob.ok('GET', '/_matrix/client/versions')
    expect([features['org.matrix.msc4306'], features['org.matrix.msc4308']]).toEqual([true, true])
    const first = await reply(alice, room, root)
    expect(await state(bob, room, root)).toBe(404)
    expect((await unsubscribe(bob, room, root)).status).toBe(200)
    expect((await subscribe(bob, room, root, first)).status).toBe(200)
    expect(await state(bob, room, root)).toBe(true)
    await subscribe(bob, room, root)
    expect(await state(bob, room, root)).toBe(false)
    await subscribe(bob, room, root, first)
    expect(await state(bob, room, root)).toBe(false)
    expect((await unsubscribe(bob, room, root)).status).toBe(200)
    expect(await state(bob, room, root)).toBe(404)
    const late = await subscribe(bob, room, root, first)
    expect([late.status, late.json.errcode]).toEqual([409, 'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION'])
    expect((await subscribe(bob, room, root, await reply(alice, room, root))).status).toBe(200)
    expect(await state(bob, room, root)).toBe(true)
    expect(await state(alice, room, root)).toBe(404)
  })

  it('is refused for what is no such thread, or is not to be seen', async () => {
    const { alice, bob, room, root } = await two()
    const elsewhere = await alice.say(room, 'no reply')
    const wrong = await subscribe(bob, room, root, elsewhere)
    expect([wrong.status, wrong.json.errcode]).toEqual([400, 'IO.ELEMENT.MSC4306.M_NOT_IN_THREAD'])
    const eve = await person()
    for (const act of [
      subscribe,
      unsubscribe,
      (...at: [TownPerson, string, string]) => eve.call('GET', pathOf(at[1], at[2])),
    ]) {
      expect((await act(bob, room, '$unknown')).json.errcode).toBe('M_NOT_FOUND')
      expect((await act(eve, room, root)).json.errcode).toBe('M_NOT_FOUND')
    }
    await bob.leave(room)
    expect((await subscribe(bob, room, await alice.say(room, 'unseen'))).status).toBe(404)
  })

  it('comes over sliding sync as it changes, to whoever waits too, and older ones in pages', async () => {
    const { alice, bob, room } = await two()
    const roots: string[] = []
    for (let n = 0; n < 5; n += 1) roots.push(await alice.say(room, `root ${n}`))
    for (const root of roots) await subscribe(bob, room, root)
    const first = await bob.sliding(wish(2))
    const { subscribed, unsubscribed, prev_batch: more } = first.extensions[extension]
    expect([Object.keys(subscribed[room]), unsubscribed]).toEqual([[roots[4], roots[3]], undefined])
    const found = new Set(Object.keys(subscribed[room]))
    for (let from: string | undefined = more; from !== undefined; ) {
      const page: any = await bob.ok('GET', `${listPath}?dir=b&limit=2&from=${from}`)
      for (const root of Object.keys(page.subscribed[room])) found.add(root)
      from = page.end
    }
    expect([...found].toSorted()).toEqual(roots.toSorted())
    const waiting = bob.sliding(wish(2), { pos: first.pos, timeout: '20000' })
    await unsubscribe(bob, room, roots[0] ?? '')
    const then = await waiting
    const told = then.extensions[extension]
    expect(told).toEqual({ unsubscribed: { [room]: { [roots[0] ?? '']: { bump_stamp: expect.any(Number) } } } })
    expect(told.unsubscribed[room][roots[0] ?? ''].bump_stamp).toBeGreaterThan(
      subscribed[room][roots[4] ?? ''].bump_stamp,
    )
    expect((await bob.sliding(wish(2), { pos: then.pos })).extensions[extension]).toBeUndefined()
    // What changed while the client did not ask is told when it asks again.
    const without = await bob.sliding({ ...wish(), extensions: {} }, { pos: then.pos })
    await subscribe(bob, room, roots[0] ?? '')
    const passed = await bob.sliding({ ...wish(), extensions: {} }, { pos: without.pos })
    const again = await bob.sliding(wish(), { pos: passed.pos })
    expect(Object.keys(again.extensions[extension].subscribed[room])).toEqual([roots[0]])
    expect(await bob.ok('GET', `${listPath}?dir=b&to=${passed.pos}`)).toEqual({})
    expect((await bob.call('GET', `${listPath}?dir=f`)).status).toBe(400)
    expect((await bob.call('GET', `${listPath}?dir=b&from=x`)).json.errcode).toBe('M_INVALID_PARAM')
  })
})

describe('push rules of threads', () => {
  const rules = '/pushrules/global'
  const kind = 'io.element.msc4306.postcontent'
  const turn = (who: TownPerson, name: string, enabled: boolean) =>
    who.ok('PUT', `${rules}/${kind}/.io.element.msc4306.rule.${name}/enabled`, { enabled })
  const unread = async (who: TownPerson, room: string) => {
    const { next_batch: since, rooms } = await who.sync(undefined, { filter: threads })
    const told: any = rooms?.join?.[room]
    const inThreads = Object.values<any>(told.unread_thread_notifications ?? {})
    return { since, counts: [told.unread_notifications, ...inThreads].map((count) => count.notification_count) }
  }
  const threads = JSON.stringify({ room: { timeline: { unread_thread_notifications: true, limit: 1 } } })

  it('are the server’s own, off at first, and can be turned on', async () => {
    const { bob } = await two()
    const { global } = await bob.ok('GET', '/pushrules/')
    expect(global.postcontent.map((rule: any) => [rule.rule_id, rule.enabled, rule.conditions[0].subscribed])).toEqual([
      ['.io.element.msc4306.rule.unsubscribed_thread', false, false],
      ['.io.element.msc4306.rule.subscribed_thread', false, true],
    ])
    await turn(bob, 'subscribed_thread', true)
    expect((await bob.ok('GET', `${rules}/postcontent/.io.element.msc4306.rule.subscribed_thread`)).enabled).toBe(true)
    const own = await bob.call('PUT', `${rules}/${kind}/mine`, { body: { actions: [], conditions: [] } })
    expect([own.status, own.json.errcode]).toEqual([400, 'M_INVALID_PARAM'])
  })

  it('count a message for those who subscribed, mention or not, and tell when that changes', async () => {
    const { alice, bob, room, root } = await two()
    const receipt = await alice.say(room, 'read up to here')
    await bob.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(receipt)}`, {})
    await reply(alice, room, root)
    expect((await unread(bob, room)).counts).toEqual([0, 1])
    await turn(bob, 'unsubscribed_thread', true)
    await turn(bob, 'subscribed_thread', true)
    expect((await unread(bob, room)).counts).toEqual([0])
    await reply(alice, room, root, { 'm.mentions': { user_ids: [bob.id] } })
    const { since, counts } = await unread(bob, room)
    expect(counts).toEqual([0, 1])
    await subscribe(bob, room, root)
    const told = (await bob.sync(since, { filter: threads })).rooms?.join?.[room] as any
    expect(told.unread_thread_notifications[root]).toEqual({ notification_count: 2, highlight_count: 1 })
    await bob.ok('PUT', `${rules}/room/${encodeURIComponent(room)}`, { actions: [] })
    await reply(alice, room, root)
    await alice.say(room, 'not in the thread')
    expect((await unread(bob, room)).counts).toEqual([0, 3])
  })
})
