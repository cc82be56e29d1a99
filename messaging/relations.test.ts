import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`rel${++count}`)

async function two(): Promise<{ alice: TownPerson; bob: TownPerson; room: string }> {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  return { alice, bob, room }
}

const to = (rel_type: string, event_id: string, more: object = {}) => ({
  'm.relates_to': { rel_type, event_id, ...more },
})
const react = (who: TownPerson, room: string, target: string, key: string) =>
  who.send(room, 'm.reaction', to('m.annotation', target, { key }))
const edit = (who: TownPerson, room: string, target: string, body: string) =>
  who.say(room, `* ${body}`, { ...to('m.replace', target), 'm.new_content': { msgtype: 'm.text', body } })
const redact = (who: TownPerson, room: string, id: string) =>
  who.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(id)}/x${++count}`, {})
const related = (who: TownPerson, room: string, id: string, rest = '') =>
  who.ok('GET', `/_matrix/client/v1${roomPath(room)}/relations/${encodeURIComponent(id)}${rest}`)
const bundle = async (who: TownPerson, room: string, id: string) =>
  (await who.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(id)}`)).unsigned?.['m.relations'] ?? {}
const ids = (answer: { chunk: { event_id: string }[] }) => answer.chunk.map((event) => event.event_id)

describe('/relations', () => {
  it('tells all that refer to an event, by relation and type, in pages, in both directions', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'root')
    const all = [
      await react(bob, room, said, '👍'),
      await edit(alice, room, said, 'better'),
      await bob.say(room, 'reply', to('m.thread', said)),
      await bob.send(room, 'm.poll.response', to('m.reference', said)),
      await bob.send(room, 'org.own', to('org.own.relation', said)),
    ]
    expect(ids(await related(bob, room, said))).toEqual([...all].reverse())
    expect(ids(await related(bob, room, said, '?dir=f'))).toEqual(all)
    expect(ids(await related(bob, room, said, '/m.reference'))).toEqual([all[3]])
    expect(ids(await related(bob, room, said, '/m.annotation/m.reaction'))).toEqual([all[0]])
    expect(ids(await related(bob, room, said, '/m.annotation/m.other'))).toEqual([])
    expect(ids(await related(bob, room, said, '/org.own.relation'))).toEqual([all[4]])
    for (const dir of ['f', 'b']) {
      const seen: string[] = []
      let from = ''
      do {
        const page = await related(bob, room, said, `?dir=${dir}&limit=2${from && `&from=${from}`}`)
        expect(page.prev_batch !== undefined).toBe(from !== '')
        seen.push(...ids(page))
        from = page.next_batch
      } while (from !== undefined)
      expect(seen).toEqual(dir === 'f' ? all : [...all].reverse())
    }
  })

  it('takes tokens of /sync and /messages', async () => {
    const { alice, room } = await two()
    const said = await alice.say(room, 'root')
    const early = await react(alice, room, said, 'a')
    const { next_batch } = await alice.sync()
    const { start } = (await alice.messages(room)) as unknown as { start: string }
    const late = await react(alice, room, said, 'b')
    for (const token of [next_batch, start]) {
      expect(ids(await related(alice, room, said, `?from=${token}`))).toEqual([early])
      expect(ids(await related(alice, room, said, `?dir=f&from=${token}`))).toEqual([late])
      expect(ids(await related(alice, room, said, `?to=${token}`))).toEqual([late])
    }
  })

  it('goes on to what refers to what refers to it, and says how deep', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'root')
    const reply = await bob.say(room, 'reply', to('m.thread', said))
    const edited = await edit(bob, room, reply, 'reply, better')
    const reaction = await react(alice, room, reply, '❤')
    expect(ids(await related(alice, room, said))).toEqual([reply])
    const deep = await related(alice, room, said, '?recurse=true')
    expect(ids(deep)).toEqual([reaction, edited, reply])
    expect(deep.recursion_depth).toBe(3)
    expect(ids(await related(alice, room, said, '/m.annotation?recurse=true'))).toEqual([reaction])
    expect((await related(alice, room, said)).recursion_depth).toBeUndefined()
    // Chains end: the fourth step is not looked at.
    const chain = [said]
    for (let n = 0; n < 5; n++) chain.push(await alice.send(room, 'm.x', to('m.reference', chain.at(-1) ?? '')))
    const found = ids(await related(alice, room, said, '/m.reference?recurse=true&dir=f'))
    expect(found).toEqual(chain.slice(1, 4))
  })

  it('leaves out what was redacted, and refuses an event that is not there', async () => {
    const { alice, room } = await two()
    const said = await alice.say(room, 'root')
    const gone = await react(alice, room, said, 'x')
    await redact(alice, room, gone)
    expect(ids(await related(alice, room, said))).toEqual([])
    expect((await alice.call('GET', `/_matrix/client/v1${roomPath(room)}/relations/$nothing`)).status).toBe(404)
  })
})

describe('aggregation', () => {
  it('names the newest valid edit, and leaves the content as it was said', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'first')
    const good = await edit(alice, room, said, 'second')
    await edit(bob, room, said, 'by somebody else')
    await alice.send(room, 'm.other', { ...to('m.replace', said), 'm.new_content': { body: 'other type' } })
    await alice.say(room, 'without new content', to('m.replace', said))
    await edit(alice, room, good, 'edit of an edit')
    const event = await bob.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(said)}`)
    expect(event.content.body).toBe('first')
    expect(event.unsigned['m.relations']['m.replace'].event_id).toBe(good)
    expect(event.unsigned['m.relations']['m.replace'].content['m.new_content'].body).toBe('second')
    expect((await bundle(bob, room, good))['m.replace']).toBeUndefined()
    await redact(alice, room, good)
    expect(await bundle(bob, room, said)).toEqual({})
  })

  it('never edits state', async () => {
    const { alice, room } = await two()
    const topic = await alice.setState(room, 'm.room.topic', { topic: 'one' })
    await alice.send(room, 'm.room.topic', { ...to('m.replace', topic), 'm.new_content': { topic: 'two' } })
    expect(await bundle(alice, room, topic)).toEqual({})
  })

  it('counts a thread and shows its newest reply, as edited, everywhere', async () => {
    const { alice, bob, room } = await two()
    const carol = await person()
    await carol.join(room)
    const root = await alice.say(room, 'root')
    const early = await bob.say(room, 'one', to('m.thread', root))
    const late = await bob.say(room, 'two', to('m.thread', root))
    const edited = await edit(bob, room, late, 'two, better')
    const { 'm.thread': seen } = await bundle(bob, room, root)
    expect([seen.count, seen.current_user_participated, seen.latest_event.event_id]).toEqual([2, true, late])
    expect(seen.latest_event.unsigned['m.relations']['m.replace'].event_id).toBe(edited)
    expect((await bundle(carol, room, root))['m.thread'].current_user_participated).toBe(false)
    expect((await bundle(alice, room, root))['m.thread'].current_user_participated).toBe(false)
    const everywhere = [
      (await bob.messages(room)).chunk,
      [(await bob.ok('GET', `${roomPath(room)}/context/${encodeURIComponent(root)}`)).event],
      (await bob.sync(undefined, { filter: '{"room":{"timeline":{"limit":50}}}' })).rooms?.join?.[room]?.timeline
        .events,
      (await bob.ok('GET', `/_matrix/client/v1${roomPath(room)}/threads`)).chunk,
    ].map(
      (events: any) =>
        events.find((event: any) => event.event_id === root)?.unsigned?.['m.relations']['m.thread'].count,
    )
    expect(everywhere).toEqual([2, 2, 2, 2])
    await redact(bob, room, late)
    expect((await bundle(bob, room, root))['m.thread']).toMatchObject({ count: 1, latest_event: { event_id: early } })
    await redact(bob, room, early)
    expect((await bundle(bob, room, root))['m.thread']).toBeUndefined()
  })

  it('refuses a thread within a thread', async () => {
    const { alice, room } = await two()
    const root = await alice.say(room, 'root')
    const reply = await alice.say(room, 'reply', to('m.thread', root))
    const answer = await alice.call('PUT', `${roomPath(room)}/send/m.room.message/deep`, {
      body: { body: 'deeper', msgtype: 'm.text', ...to('m.thread', reply) },
    })
    expect([answer.status, answer.json.errcode]).toEqual([400, 'M_UNKNOWN'])
  })

  it('takes what refers to an event that nobody knows', async () => {
    const { alice, room } = await two()
    for (const relation of ['m.thread', 'm.replace', 'm.reference', 'm.annotation']) {
      await alice.say(room, 'lost', { ...to(relation, '$unknown', { key: 'x' }), 'm.new_content': {} })
    }
    expect((await alice.messages(room)).chunk.filter((event) => event.content.body === 'lost')).toHaveLength(4)
    expect((await alice.ok('GET', `/_matrix/client/v1${roomPath(room)}/threads`)).chunk).toEqual([])
  })
})

describe('/threads', () => {
  it('lists threads by their newest reply, in pages, all or those that one took part in', async () => {
    const { alice, bob, room } = await two()
    const roots: string[] = []
    for (let n = 0; n < 5; n++) roots.push(await alice.say(room, `root ${n}`))
    for (const n of [3, 1, 4, 0, 2, 3]) {
      await (n === 4 ? bob : alice).say(room, `reply to ${n}`, to('m.thread', roots[n] ?? ''))
    }
    const path = `/_matrix/client/v1${roomPath(room)}/threads`
    const expected = [3, 2, 0, 4, 1].map((n) => roots[n])
    const seen: string[] = []
    let from: string | undefined
    do {
      const page = await bob.ok('GET', `${path}?limit=2${from === undefined ? '' : `&from=${from}`}`)
      seen.push(...ids(page))
      from = page.next_batch
    } while (from !== undefined)
    expect(seen).toEqual(expected)
    expect(ids(await bob.ok('GET', `${path}?include=participated`))).toEqual([roots[4]])
  })

  it('lists them by the newest reply that stands, and that the reader may see', async () => {
    const { alice, bob, room } = await two()
    const path = `/_matrix/client/v1${roomPath(room)}/threads`
    const list = async (who: TownPerson, query = '') => ids(await who.ok('GET', path + query))
    const roots: string[] = []
    for (let n = 0; n < 3; n++) roots.push(await alice.say(room, `root ${n}`))
    const [a = '', b = '', c = ''] = roots
    const reply = (root: string) => alice.say(room, 'reply', to('m.thread', root))
    await reply(a)
    await reply(b)
    const again = await reply(a)
    expect(await list(bob)).toEqual([a, b])
    await redact(alice, room, again)
    expect(await list(bob)).toEqual([b, a])
    const only = await reply(c)
    await redact(alice, room, only)
    expect(await list(bob)).toEqual([b, a])
    await bob.leave(room)
    await reply(c)
    await reply(a)
    expect(await list(alice)).toEqual([a, c, b])
    expect(await list(bob)).toEqual([b, a])
    const first = await bob.ok('GET', `${path}?limit=1`)
    expect(await list(bob, `?limit=1&from=${first.next_batch}`)).toEqual([a])
    expect(await list(bob, '?include=participated')).toEqual([])
    expect(await list(alice, '?include=participated')).toEqual([a, c, b])
  })
})

describe('reactions', () => {
  const duplicate = (who: TownPerson, room: string, target: string, key: string, type = 'm.reaction') =>
    who.call('PUT', `${roomPath(room)}/send/${type}/d${++count}`, { body: to('m.annotation', target, { key }) })

  it('are made once with the same key, also when two arrive at the same moment, until they are removed', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'x')
    const answers = await Promise.all(Array.from({ length: 6 }, () => duplicate(bob, room, said, '👍')))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400, 400, 400, 400, 400])
    const refused = answers.filter((answer) => answer.status === 400)
    expect(new Set(refused.map((answer) => answer.json.errcode))).toEqual(new Set(['M_DUPLICATE_ANNOTATION']))
    for (const [who, key, type] of [
      [alice, '👍'],
      [bob, '👎'],
      [bob, '👍', 'm.other'],
    ] as const) {
      expect((await duplicate(who, room, said, key, type)).status).toBe(200)
    }
    expect(ids(await related(alice, room, said))).toHaveLength(4)
    const [stands] = answers.filter((answer) => answer.status === 200)
    await redact(bob, room, stands?.json.event_id)
    expect((await duplicate(bob, room, said, '👍')).status).toBe(200)
    expect((await duplicate(bob, room, said, '👍')).status).toBe(400)
  })

  it('keep their id when the same transaction is repeated', async () => {
    const { alice, room } = await two()
    const said = await alice.say(room, 'x')
    const send = () => alice.send(room, 'm.reaction', to('m.annotation', said, { key: 'k' }), 'once')
    const first = await send()
    expect(await send()).toBe(first)
    await town.restart()
    expect(await send()).toBe(first)
  })
})
