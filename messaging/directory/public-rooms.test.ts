import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const enc = encodeURIComponent

describe('the directory of rooms', () => {
  it('orders by members, pages both ways, filters by type, and follows what changes', async () => {
    const [alice, bob, carol] = await town.people('alice', 'bob', 'carol')
    const publicRoom = (more: object) => alice.createRoom({ visibility: 'public', ...more })
    const small = await publicRoom({ name: 'Small', topic: 'Plans of the ministry' })
    const large = await publicRoom({ name: 'Large', room_alias_name: 'grand' })
    const space = await publicRoom({ name: 'Space', creation_content: { type: 'm.space' } })
    await Promise.all([bob.join(large), carol.join(large), bob.join(space)])
    const query = (body: object) => bob.ok('POST', '/publicRooms', body)
    const names = async (body: object): Promise<string[]> => (await query(body)).chunk.map((room: any) => room.name)

    expect(await names({})).toEqual(['Large', 'Space', 'Small'])
    const first = await query({ limit: 2 })
    expect(first).toMatchObject({ total_room_count_estimate: 3 })
    expect(first).not.toHaveProperty('prev_batch')
    const second = await query({ limit: 2, since: first.next_batch })
    expect(second.chunk.map((room: any) => room.room_id)).toEqual([small])
    expect(second).not.toHaveProperty('next_batch')
    expect(await query({ limit: 2, since: second.prev_batch })).toEqual(first)

    expect(await names({ filter: { room_types: ['m.space'] } })).toEqual(['Space'])
    expect(await names({ filter: { room_types: [null] } })).toEqual(['Large', 'Small'])
    expect(await names({ filter: { room_types: [null, 'm.space'] } })).toEqual(['Large', 'Space', 'Small'])
    expect(await names({ filter: { generic_search_term: 'MINISTRY' } })).toEqual(['Small'])
    expect(await names({ filter: { generic_search_term: 'grand' } })).toEqual(['Large'])
    expect(await names({ third_party_instance_id: 'irc-1' })).toEqual([])
    expect(await names({ include_all_networks: true })).toHaveLength(3)
    const both = { include_all_networks: true, third_party_instance_id: 'irc-1' }
    expect((await bob.call('POST', '/publicRooms', { body: both })).json.errcode).toBe('M_INVALID_PARAM')

    await town.restart()
    expect(await names({})).toEqual(['Large', 'Space', 'Small'])
    const renamed = await alice.setState(small, 'm.room.name', { name: 'Tiny' })
    await Promise.all([bob.leave(large), carol.leave(large)])
    expect(await names({})).toEqual(['Space', 'Tiny', 'Large'])
    expect((await query({})).chunk[2]).toMatchObject({ room_id: large, num_joined_members: 1, join_rule: 'public' })
    await alice.ok('PUT', `${roomPath(small)}/redact/${enc(renamed)}/r`, {})
    expect(await names({})).toEqual(['Space', undefined, 'Large'])
    await alice.ok('PUT', `/directory/list/room/${enc(space)}`, { visibility: 'private' })
    expect(await names({ filter: { generic_search_term: 'space' } })).toEqual([])
  })
})
