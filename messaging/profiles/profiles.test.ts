import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`pr${++count}`)
const enc = encodeURIComponent
const search = async (who: Awaited<ReturnType<typeof person>>, term: string): Promise<string[]> =>
  (await who.ok('POST', '/user_directory/search', { search_term: term, limit: 50 })).results.map(
    (one: any) => one.user_id,
  )

describe('profiles', () => {
  it('hold fields of any name with dots, on the stable and the unstable path', async () => {
    const alice = await person()
    const unstable = `/_matrix/client/unstable/uk.tcpip.msc4133/profile/${enc(alice.id)}`
    await alice.ok('PUT', `/profile/${enc(alice.id)}/m.tz`, { 'm.tz': 'Europe/Berlin' })
    await alice.ok('PUT', `${unstable}/u.pronouns`, { 'u.pronouns': [{ language: 'en', summary: 'she' }] })
    expect(await alice.ok('GET', `/profile/${enc(alice.id)}`)).toEqual({
      displayname: `Pr${count}`,
      'm.tz': 'Europe/Berlin',
      'u.pronouns': [{ language: 'en', summary: 'she' }],
    })
    expect(await alice.ok('GET', `${unstable}/m.tz`)).toEqual({ 'm.tz': 'Europe/Berlin' })
    await alice.ok('DELETE', `${unstable}/m.tz`)
    expect((await alice.call('GET', `/profile/${enc(alice.id)}/m.tz`)).status).toBe(404)
    const { unstable_features } = (await alice.call('GET', '/_matrix/client/versions')).json
    expect(unstable_features['uk.tcpip.msc4133']).toBe(true)
  })

  it('that were altered on the disk hide nobody else, and can be set anew', async () => {
    const [alice, bob] = [await person(), await person()]
    const rows = await town.database.postgres.run(
      `update profile set sealed = '\\x00' where user_id = (select id from users where matrix_id = $1)`,
      [bob.id],
    )
    expect(rows).toBe(1)
    await town.restart()
    expect(await search(alice, 'pr')).toContain(bob.id)
    expect(await search(bob, 'Pr')).toContain(alice.id)
    await bob.ok('PUT', `/profile/${enc(bob.id)}/displayname`, { displayname: 'Again here' })
    expect(await search(alice, 'again')).toEqual([bob.id])
  })

  it('that change on one node are known on the other', async () => {
    const [alice, bob] = [await person(), await person()]
    const node = await town.openNode()
    onTestFinished(() => node[Symbol.asyncDispose]())
    const elsewhere = node.as(alice)
    expect((await elsewhere.ok('GET', `/profile/${enc(bob.id)}`)).displayname).toBe(`Pr${count}`)
    expect(await search(elsewhere, `pr${count}`)).toContain(bob.id)
    await Promise.all([
      bob.ok('PUT', `/profile/${enc(bob.id)}/displayname`, { displayname: 'Robert the Second' }),
      node.as(bob).ok('PUT', `/profile/${enc(bob.id)}/m.tz`, { 'm.tz': 'Asia/Tokyo' }),
    ])
    const expected = { displayname: 'Robert the Second', 'm.tz': 'Asia/Tokyo' }
    await expect.poll(() => elsewhere.ok('GET', `/profile/${enc(bob.id)}`)).toEqual(expected)
    await expect.poll(() => alice.ok('GET', `/profile/${enc(bob.id)}`)).toEqual(expected)
    expect(await search(elsewhere, 'robert second')).toEqual([bob.id])
  })

  it('of a name reach the memberships of joined rooms', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    await alice.ok('PUT', `/profile/${enc(alice.id)}/displayname`, { displayname: 'New name' })
    const path = `${roomPath(room)}/state/m.room.member/${enc(alice.id)}`
    expect((await alice.ok('GET', path)).displayname).toBe('New name')
  })
})

describe('searching for people', () => {
  it('finds who shares a room or is in a public one, where that is the rule', async () => {
    await using other = await startTown({ peopleSearch: 'acquainted' })
    const [alice, bob, carol, dora] = await other.people('alice', 'bob', 'carol', 'dora')
    const room = await alice.createRoom({ invite: [bob.id] })
    expect(await search(alice, '')).toEqual([])
    await bob.join(room)
    expect(await search(alice, '')).toEqual([bob.id])
    const listed = await carol.createRoom({ visibility: 'public' })
    expect(await search(alice, '')).toEqual([bob.id, carol.id])
    expect(await search(dora, '')).toEqual([carol.id])
    await carol.leave(listed)
    expect(await search(alice, '')).toEqual([bob.id])
  })
})
