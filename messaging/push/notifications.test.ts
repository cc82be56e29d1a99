import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const list = (who: TownPerson, query: Record<string, string> = {}) =>
  who.ok('GET', `/notifications?${new URLSearchParams(query)}`)
const bodies = (answer: any) => answer.notifications.map((one: any) => one.event.content.body)

describe('the list of notifications', () => {
  it('holds what notified, from every room, the newest first, with what was read', async () => {
    const [alice, bob] = await town.people('alice', 'bob')
    const rooms = [await alice.createRoom({ preset: 'public_chat' }), await alice.createRoom({ preset: 'public_chat' })]
    const [one = '', two = ''] = rooms
    await alice.say(one, 'before')
    for (const room of rooms) await bob.join(room)
    const first = await alice.say(one, 'first', { 'm.mentions': { user_ids: [bob.id] } })
    await alice.say(two, 'second')
    await alice.say(two, 'notice', { msgtype: 'm.notice' })
    await bob.say(await bob.createRoom(), 'own')
    const answer = await list(bob)
    expect(bodies(answer)).toEqual(['second', 'first'])
    expect(answer.next_token).toBeUndefined()
    expect(answer.notifications[1]).toMatchObject({ room_id: one, read: false, event: { event_id: first } })
    expect(answer.notifications[1].actions).toContain('notify')
    expect(bodies(await list(bob, { only: 'highlight' }))).toEqual(['first'])
    await bob.ok('POST', `${roomPath(one)}/receipt/m.read/${encodeURIComponent(first)}`, {})
    expect((await list(bob)).notifications.map((each: any) => each.read)).toEqual([false, true])
  })

  it('is paged through without a gap', async () => {
    const [alice, bob] = await town.people('carol', 'dave')
    const rooms = [await alice.createRoom({ preset: 'public_chat' }), await alice.createRoom({ preset: 'public_chat' })]
    for (const room of rooms) await bob.join(room)
    const said: string[] = []
    for (let n = 0; n < 50; n++) said.unshift(`${n}`)
    for (let n = 0; n < 50; n++) await alice.say(rooms[n % 5 === 0 ? 0 : 1] ?? '', `${n}`)
    const told: string[] = []
    let from: string | undefined
    do {
      const answer: any = await list(bob, { limit: '7', ...(from === undefined ? {} : { from }) })
      expect(answer.notifications.length).toBeLessThanOrEqual(7)
      told.push(...bodies(answer))
      from = answer.next_token
    } while (from !== undefined)
    expect(told).toEqual(said)
    expect((await bob.call('GET', '/notifications?from=nowhere')).json.errcode).toBe('M_INVALID_PARAM')
  })
})
