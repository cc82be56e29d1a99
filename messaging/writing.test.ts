import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`w${++count}`)

describe('writing', () => {
  it('takes a burst of more than a block of event ids', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const ids = await Promise.all(Array.from({ length: 300 }, (_, n) => alice.say(room, `burst ${n}`)))
    expect(new Set(ids).size).toBe(300)
  })

  it('keeps U+0000 in content, and fails nobody over a relation that the database cannot hold', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const poison = (relatesTo: object) =>
      bob.call('PUT', `${roomPath(room)}/send/m.room.message/p${count++}`, { body: { 'm.relates_to': relatesTo } })
    const answers = await Promise.all([
      poison({ rel_type: 'm.\u0000', event_id: '$x' }),
      poison({ rel_type: 'm.reference', event_id: '$\u0000' }),
      ...Array.from({ length: 8 }, (_, n) => alice.say(room, `beside ${n} \u0000`)),
    ])
    expect(answers.slice(0, 2).map((answer) => (answer as { status: number }).status)).toEqual([200, 200])
    const { chunk } = await alice.messages(room)
    expect(chunk.filter((event) => event.content.body?.endsWith('\u0000'))).toHaveLength(8)
  })

  it('makes no room of a wish that is refused, and frees its address', async () => {
    const alice = await person()
    const wish = { room_alias_name: `taken${count}` }
    const refused = [
      { ...wish, initial_state: [{ type: 'm.room.member', state_key: alice.id, content: {} }] },
      { ...wish, power_level_content_override: { users: { [alice.id]: 100 } } },
      { ...wish, room_version: '11', power_level_content_override: { users: {} } },
      { ...wish, creation_content: { x: 1.5 } },
      { ...wish, creation_content: { additional_creators: 'x' } },
      { ...wish, initial_state: [{ type: 'm.x', content: { x: 2 ** 60 } }] },
      { ...wish, invite: ['@nobody:town.example'] },
      { ...wish, room_version: '99' },
      { ...wish, room_version: '__proto__' },
    ]
    for (const body of refused) {
      const answer = await alice.call('POST', '/createRoom', { body })
      expect([answer.status >= 400 && answer.status < 500, JSON.stringify(body)]).toEqual([true, JSON.stringify(body)])
    }
    await alice.createRoom(wish)
  })

  it('makes a room for somebody who invites herself too', async () => {
    const alice = await person()
    const room = await alice.createRoom({ invite: [alice.id] })
    expect((await alice.ok('GET', `${roomPath(room)}/joined_members`)).joined).toHaveProperty([alice.id])
  })

  it('gives every member a name in the list of the joined, if an empty one', async () => {
    const alice = await person()
    await alice.ok('PUT', `/profile/${encodeURIComponent(alice.id)}/displayname`, { displayname: null })
    const room = await alice.createRoom()
    const { joined } = await alice.ok('GET', `${roomPath(room)}/joined_members`)
    expect(joined).toEqual({ [alice.id]: { display_name: '' } })
  })

  for (const version of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']) {
    it(`works in rooms of version ${version}`, async () => {
      const [alice, bob, carol] = [await person(), await person(), await person()]
      for (const preset of ['private_chat', 'trusted_private_chat', 'public_chat']) {
        const room = await alice.createRoom({ room_version: version, preset, invite: [bob.id], name: 'A room' })
        await bob.join(room)
        const said = await bob.say(room, 'hello')
        await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(said)}/r`, { reason: 'x' })
        await alice.ok('POST', `${roomPath(room)}/invite`, { user_id: carol.id })
        await carol.join(room)
        await alice.ok('POST', `${roomPath(room)}/kick`, { user_id: carol.id })
        await alice.ok('POST', `${roomPath(room)}/ban`, { user_id: carol.id })
        expect((await carol.call('POST', `/join/${encodeURIComponent(room)}`, { body: {} })).status).toBe(403)
        await alice.ok('POST', `${roomPath(room)}/unban`, { user_id: carol.id })
        if (Number(version) < 7) continue
        await alice.setState(room, 'm.room.join_rules', { join_rule: 'knock' })
        await carol.ok('POST', `/knock/${encodeURIComponent(room)}`, {})
        await alice.ok('POST', `${roomPath(room)}/invite`, { user_id: carol.id })
        await carol.join(room)
        await carol.leave(room)
        if (Number(version) < 8) continue
        await alice.setState(room, 'm.room.join_rules', { join_rule: 'restricted', allow: [] })
        expect((await carol.call('POST', `/join/${encodeURIComponent(room)}`, { body: {} })).status).toBe(403)
      }
    })
  }

  it('lets nobody join for another, name the room in his place, or undo its creation', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat', room_version: '10' })
    const state = (type: string, key: string) => `${roomPath(room)}/state/${type}/${encodeURIComponent(key)}`
    const join = { body: { membership: 'join' } }
    expect((await alice.call('PUT', state('m.room.member', bob.id), join)).status).toBe(403)
    await bob.join(room)
    expect((await bob.call('PUT', state('m.room.member', alice.id), { body: { membership: 'ban' } })).status).toBe(403)
    expect((await bob.call('PUT', state('m.room.name', ''), { body: { name: 'mine' } })).status).toBe(403)
    expect((await bob.call('PUT', state('m.x', alice.id), { body: {} })).status).toBe(403)
    const create = (await alice.ok('GET', `${roomPath(room)}/state`)).find((e: any) => e.type === 'm.room.create')
    const path = `${roomPath(room)}/redact/${encodeURIComponent(create.event_id)}/r`
    expect((await alice.call('PUT', path, { body: {} })).status).toBe(403)
    const said = await bob.say(room, 'first')
    const redact = (id: string) => alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id)}/r`, {})
    const { event_id: redaction } = await redact(said)
    await redact(redaction)
    const event = await alice.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(said)}`)
    expect(event.content).toEqual({})
  })

  it('takes redacted words out of the event that came after, too', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const first = await alice.setState(room, 'm.room.topic', { topic: 'a secret topic' })
    const second = await alice.setState(room, 'm.room.topic', { topic: 'harmless' })
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(first)}/r`, {})
    const look = async () => {
      expect((await alice.messages(room)).chunk.find((event) => event.event_id === second).content.topic).toBe(
        'harmless',
      )
      expect(JSON.stringify(await alice.messages(room))).not.toContain('a secret topic')
      expect(JSON.stringify(await alice.sync())).not.toContain('a secret topic')
    }
    await look()
    await town.restart()
    await look()
  })

  it('highlights the whole room only for those who may call it', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    await bob.say(room, 'all!', { 'm.mentions': { room: true } })
    await bob.say(room, 'all!', { 'm.mentions': { user_ids: ['@room'] } })
    const unread = async (who: typeof alice) => (await who.sync()).rooms?.join?.[room]?.unread_notifications
    expect(await unread(alice)).toEqual({ notification_count: 2, highlight_count: 0 })
    await alice.say(room, 'all!', { 'm.mentions': { room: true } })
    expect((await unread(bob)).highlight_count).toBe(1)
  })
})

describe('redactions at the same moment', () => {
  it('bring nothing back: neither the event nor what stood before it', async () => {
    const alice = await town.person('redacts')
    for (let n = 0; n < 8; n += 1) {
      const room = await alice.createRoom()
      const ids: string[] = []
      for (const topic of ['secret one', 'secret two', 'secret three']) {
        ids.push(await alice.setState(room, 'm.room.topic', { topic }))
      }
      const redact = (id: string) => alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id)}/r${n}`, {})
      await Promise.all((n % 2 === 0 ? ids : ids.toReversed()).map(redact))
      const told = async () => JSON.stringify(await alice.messages(room, { limit: '100' }))
      expect(await told()).not.toContain('secret')
      if (n > 5) await town.restart()
      expect(await told()).not.toContain('secret')
    }
  })

  it('of a redaction take its reason out of what it had removed', async () => {
    const alice = await town.person('redacts-twice')
    for (const room_version of ['10', '12']) {
      const room = await alice.createRoom({ room_version })
      const redact = async (id: string, body: object) =>
        (await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id)}/t${count++}`, body)).event_id
      const said = await alice.say(room, 'words')
      const first = await redact(said, { reason: 'slander' })
      await redact(first, {})
      const told = async () => (await alice.messages(room, { limit: '100' })).chunk
      const inMemory = await told()
      await town.restart()
      expect(await told()).toEqual(inMemory)
      expect(JSON.stringify(inMemory)).not.toContain('slander')
      const because = inMemory.find((event) => event.event_id === said)?.unsigned?.redacted_because
      expect(because).toMatchObject({ event_id: first, type: 'm.room.redaction' })
    }
  })

  it('leave nothing in state that is set meanwhile', async () => {
    const alice = await town.person('redacts-while')
    for (let n = 0; n < 8; n += 1) {
      const room = await alice.createRoom()
      const id = await alice.setState(room, 'm.room.topic', { topic: 'secret' })
      const redact = () => alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id)}/r${n}`, {})
      const set = () => alice.setState(room, 'm.room.topic', { topic: 'next' })
      await Promise.all(n % 2 === 0 ? [redact(), set()] : [set(), redact()])
      expect(JSON.stringify(await alice.messages(room, { limit: '100' }))).not.toContain('secret')
    }
  })
})

it('keeps an encrypted room encrypted when its encryption is redacted', async () => {
  const alice = await person()
  const room = await alice.createRoom()
  const id = await alice.setState(room, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' })
  const path = `${roomPath(room)}/redact/${encodeURIComponent(id)}/r`
  expect((await alice.call('PUT', path, { body: {} })).status).toBe(403)
})

it('looks up no more addresses of a room than a room has', async () => {
  const alice = await person()
  const room = await alice.createRoom()
  const alt_aliases = Array.from({ length: 101 }, (_, n) => `#a${n}:town.example`)
  const path = `${roomPath(room)}/state/m.room.canonical_alias`
  expect((await alice.call('PUT', path, { body: { alt_aliases } })).json.errcode).toBe('M_INVALID_PARAM')
})
