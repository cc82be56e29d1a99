import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`s${++count}`)
const redact = (who: TownPerson, room: string, id: string) =>
  who.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id)}/x${++count}`, {})
const edit = (who: TownPerson, room: string, id: string, body: string) =>
  who.say(room, `* ${body}`, {
    'm.relates_to': { rel_type: 'm.replace', event_id: id },
    'm.new_content': { msgtype: 'm.text', body },
  })

async function search(who: TownPerson, term: string, more: object = {}, nextBatch?: string) {
  const query = nextBatch === undefined ? '' : `?next_batch=${nextBatch}`
  const body = { search_categories: { room_events: { search_term: term, order_by: 'recent', ...more } } }
  return (await who.ok('POST', `/search${query}`, body)).search_categories.room_events
}
const found = async (who: TownPerson, term: string, more: object = {}) =>
  (await search(who, term, more)).results.map((one: any) => one.result.event_id)

describe('/search', () => {
  it('finds messages, names and topics by their words, newest first, and at once', async () => {
    const alice = await person()
    const room = await alice.createRoom({ name: 'Harbour board', topic: 'Dredging of the harbour' })
    const other = await alice.createRoom()
    const one = await alice.say(room, 'The harbour is closed')
    const two = await alice.say(other, 'Harbour: open again, says the Board')
    expect((await found(alice, 'harbour')).slice(0, 2)).toEqual([two, one])
    expect(await found(alice, 'harbour')).toHaveLength(4)
    expect(await found(alice, 'HARBOUR board', { keys: ['content.body'] })).toEqual([two])
    expect(await found(alice, 'harbour', { keys: ['content.name'] })).toHaveLength(1)
    expect(await found(alice, 'harbour', { filter: { rooms: [other] } })).toEqual([two])
    expect(await found(alice, 'harbour', { filter: { not_rooms: [room] } })).toEqual([two])
    expect(await found(alice, 'harbour', { filter: { types: ['m.room.topic'] } })).toHaveLength(1)
    expect(await found(alice, 'harbour', { filter: { senders: ['@nobody:town.example'] } })).toEqual([])
    for (const nothing of ['', '…', 'harbours', 'harbour airport']) expect(await found(alice, nothing)).toEqual([])
    expect((await search(alice, 'harbour closed')).highlights.sort()).toEqual(['closed', 'harbour'])
  })

  it('finds nothing in rooms of others, nor what history hides, nor what came after one left', async () => {
    const [alice, bob, eve] = [await person(), await person(), await person()]
    const hidden = [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }]
    const room = await alice.createRoom({ preset: 'public_chat', initial_state: hidden })
    const secret = await alice.say(room, 'zirconium before')
    await bob.join(room)
    const shared = await alice.say(room, 'zirconium between')
    await edit(alice, room, shared, 'zirconium between, platinum')
    await bob.leave(room)
    const late = await alice.say(room, 'zirconium after')
    await edit(alice, room, shared, 'zirconium between, palladium')
    expect(await found(alice, 'zirconium')).toEqual([late, shared, secret])
    expect(await found(bob, 'zirconium')).toEqual([shared])
    expect(await found(bob, 'palladium')).toEqual([])
    expect(await found(eve, 'zirconium')).toEqual([])
    await bob.ok('POST', `${roomPath(room)}/forget`, {})
    expect(await found(bob, 'zirconium')).toEqual([])
  })

  it('does not tell by a count or a further page how often others said a word', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const early = await alice.say(room, 'other words')
    await alice.say(room, 'osmium')
    await bob.leave(room)
    await bob.say(await bob.createRoom(), 'osmium')
    const pages = () => Promise.all([1, 2].map((limit) => search(bob, 'osmium', { filter: { limit } })))
    const before = await pages()
    for (const body of ['osmium', 'osmium']) await alice.say(room, body)
    await edit(alice, room, early, 'osmium')
    expect(await pages()).toEqual(before)
    expect(before.map((page) => page.count)).toEqual([2, 2])
    expect((await search(alice, 'osmium', { filter: { limit: 1 } })).count).toBe(4)
  })

  it('follows edits and redactions', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const said = await alice.say(room, 'osprey')
    const edited = await edit(alice, room, said, 'kingfisher')
    expect(await found(alice, 'osprey')).toEqual([])
    expect(await found(alice, 'kingfisher')).toEqual([said])
    const [{ result }] = (await search(alice, 'kingfisher')).results
    expect(result.unsigned['m.relations']['m.replace'].event_id).toBe(edited)
    await redact(alice, room, edited)
    expect([await found(alice, 'osprey'), await found(alice, 'kingfisher')]).toEqual([[said], []])
    await redact(alice, room, said)
    expect(await found(alice, 'osprey')).toEqual([])
    const rows = await town.postgres.rows(
      'select 1 from message_words w join event e on e.id = w.event_id where e.matrix_id = $1',
      [said],
    )
    expect(rows).toEqual([])
  })

  it('indexes no room that is encrypted', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const before = await alice.say(room, 'wolfram')
    await alice.setState(room, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' })
    await alice.say(room, 'wolfram in clear')
    expect(await found(alice, 'wolfram')).toEqual([before])
  })

  it('pages by time and by rank, with a count, and ends', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const ids: string[] = []
    for (let n = 0; n < 25; n++)
      ids.push(await alice.say(room, `${'beech '.repeat(1 + (n % 5))}${'other words here '.repeat(3)}`))
    for (const order_by of ['recent', 'rank']) {
      const seen: any[] = []
      let from: string | undefined
      do {
        const page = await search(alice, 'beech', { order_by, filter: { limit: 10 } }, from)
        expect(page.count).toBeGreaterThanOrEqual(page.results.length)
        seen.push(...page.results)
        from = page.next_batch
      } while (from !== undefined)
      expect(seen).toHaveLength(25)
      expect(new Set(seen.map((one) => one.result.event_id))).toEqual(new Set(ids))
      if (order_by === 'recent') expect(seen.map((one) => one.result.event_id)).toEqual([...ids].reverse())
      else expect(seen.map((one) => one.rank)).toEqual(seen.map((one) => one.rank).toSorted((a, b) => b - a))
    }
    const call = (next: string) =>
      alice.call('POST', `/search?next_batch=${next}`, {
        body: { search_categories: { room_events: { search_term: 'beech' } } },
      })
    for (const wrong of ['nonsense', 'WyJyZWNlbnQiLDFd', 'e30']) expect((await call(wrong)).status).toBe(400)
  })

  it('groups by room and by sender, and goes on within a group', async () => {
    const [alice, bob] = [await person(), await person()]
    const rooms = [await alice.createRoom({ preset: 'public_chat' }), await alice.createRoom({ preset: 'public_chat' })]
    for (const room of rooms) await bob.join(room)
    const said: Record<string, string[]> = {}
    for (let n = 0; n < 12; n++) {
      const [who, room] = [n % 3 === 0 ? bob : alice, rooms[n % 2] ?? '']
      const id = await who.say(room, `larch ${n}`)
      for (const key of [room, who.id]) said[key] = [id, ...(said[key] ?? [])]
    }
    const groupings = { group_by: [{ key: 'room_id' }, { key: 'sender' }] }
    const page = await search(alice, 'larch', { groupings, filter: { limit: 5 } })
    expect(Object.keys(page.groups.room_id).sort()).toEqual([...rooms].sort())
    for (const [key, value] of [
      ['room_id', rooms[0] ?? ''],
      ['sender', alice.id],
    ] as const) {
      const seen = [...page.groups[key][value].results]
      let from: string | undefined = page.groups[key][value].next_batch
      while (from !== undefined) {
        const next: any = await search(alice, 'larch', { groupings, filter: { limit: 5 } }, from)
        seen.push(...next.results.map((one: any) => one.result.event_id))
        from = next.next_batch
      }
      expect(seen).toEqual(said[value])
    }
  })

  it('tells what stands round a result, who spoke in which name, and the state of the room', async () => {
    const alice = await person()
    const room = await alice.createRoom({ name: 'Arboretum' })
    const ids: string[] = []
    for (let n = 0; n < 9; n++) ids.push(await alice.say(room, n === 4 ? 'the rowan' : `${n}`))
    await alice.ok('PUT', `/profile/${encodeURIComponent(alice.id)}/displayname`, { displayname: 'Later name' })
    const event_context = { before_limit: 2, after_limit: 3, include_profile: true }
    const { results, state } = await search(alice, 'rowan', { event_context, include_state: true })
    const [{ context }] = results
    expect(context.events_before.map((event: any) => event.event_id)).toEqual([ids[3], ids[2]])
    expect(context.events_after.map((event: any) => event.event_id)).toEqual([ids[5], ids[6], ids[7]])
    expect(context.profile_info[alice.id].displayname).not.toBe('Later name')
    expect(state[room].find((event: any) => event.type === 'm.room.name').content.name).toBe('Arboretum')
    const before = await alice.messages(room, { from: context.start, limit: '1' })
    expect(before.chunk[0].event_id).toBe(ids[1])
  })

  it('goes on where it stopped after a restart, and leaves no word readable', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const said = await alice.say(room, 'sycamore')
    expect(await found(alice, 'sycamore')).toEqual([said])
    await town.restart()
    const again = await alice.say(room, 'sycamore again')
    expect(await found(alice, 'sycamore')).toEqual([again, said])
    const twin = await alice.createRoom()
    await alice.say(twin, 'sycamore')
    await found(alice, 'sycamore')
    const rows = await town.postgres.rows<{ words: number[] }>(
      `select words from message_words w join event e on e.id = w.event_id join room r on r.id = e.room_id
       where r.matrix_id = any($1::text[]) and e.matrix_id <> $2`,
      [[room, twin], again],
    )
    expect(rows).toHaveLength(2)
    expect(new Set(rows.map((row) => row.words[0])).size).toBe(2)
  })

  it('refuses what is no search', async () => {
    const alice = await person()
    const status = async (room_events: unknown) =>
      (await alice.call('POST', '/search', { body: { search_categories: { room_events } } })).status
    for (const wrong of [
      {},
      { search_term: 7 },
      { search_term: 'x', order_by: 'size' },
      { search_term: 'x', keys: ['content.x'] },
    ]) {
      expect(await status(wrong)).toBe(400)
    }
    expect((await alice.ok('POST', '/search', { search_categories: {} })).search_categories).toEqual({})
  })
})
