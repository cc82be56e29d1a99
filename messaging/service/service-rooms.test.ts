import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Subject } from '#access/api.ts'
import type { ServiceRooms } from '#messaging/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let clara: TownPerson
let service: ServiceRooms
let office: Subject
let clerk: Subject
beforeAll(async () => {
  town = await startTown()
  clara = await town.person('clara')
  service = town.chancery.messaging.service
  office = await service.user('_office')
  const user = await town.chancery.identity.users.byMatrixId(clara.id)
  clerk = await service.person(user?.id ?? 0)
})
afterAll(() => town[Symbol.asyncDispose]())

const words = (body: string) => ({ type: 'm.room.message', content: { msgtype: 'm.text', body } })

/** A room of the server's with a citizen and a clerk in it. */
async function roomWith(citizenName: string): Promise<{ room: string; citizen: Subject }> {
  const { matrixId: room } = await service.make(office, {
    room_version: '12',
    creation_content: { 'm.federate': false },
  })
  const citizen = await service.user(citizenName)
  await service.bring(office, room, citizen, { displayname: 'Maria Kov\u00e1cs' })
  await service.bring(office, room, clerk)
  return { room, citizen }
}

describe('a user whom nobody signs in as', () => {
  it('has a name in the room that she was brought into, and nowhere else', async () => {
    const { room, citizen } = await roomWith('c-maria')
    const { joined } = await clara.ok('GET', `${roomPath(room)}/joined_members`)
    expect(joined[citizen.matrixId]).toEqual({ display_name: 'Maria Kov\u00e1cs' })
    expect((await clara.call('GET', `/profile/${encodeURIComponent(citizen.matrixId)}`)).json).toEqual({})
    const found = await clara.ok('POST', '/user_directory/search', { search_term: 'Kov\u00e1cs' })
    expect(found.results).toEqual([])
    const byId = await clara.ok('POST', '/user_directory/search', { search_term: 'c-maria' })
    expect(byId.results).toEqual([])
  })

  it('is invited by nobody by hand, and nobody takes such a name', async () => {
    const citizen = await service.user('c-otto')
    const own = await clara.createRoom()
    for (const id of [citizen.matrixId, office.matrixId]) {
      const invited = await clara.call('POST', `${roomPath(own)}/invite`, { body: { user_id: id } })
      expect([id, invited.status]).toEqual([id, 404])
      const made = await clara.call('POST', '/createRoom', { body: { invite: [id] } })
      expect([id, made.status]).toEqual([id, 404])
    }
    await expect(town.person('c-otto')).rejects.toThrow('kept for the system')
    await expect(town.person('desk')).rejects.toThrow('kept for the system')
  })
})

describe('what the server does in a room', () => {
  it('is said once under one key, on two nodes at the same moment too', async () => {
    const { room, citizen } = await roomWith('c-once')
    await using node = await town.openNode()
    const there = node.chancery.messaging.service
    const said = await Promise.all(
      [service, there, service, there].map((one) => one.send(citizen, room, { ...words('Once'), key: 'inbound 1' })),
    )
    expect(new Set(said).size).toBe(1)
    const later = await service.send(citizen, room, { ...words('Twice'), key: 'inbound 2', saidMs: 1_700_000_000_000 })
    const { chunk } = await clara.messages(room)
    const messages = chunk.filter((event) => event.type === 'm.room.message')
    expect(messages.map((event) => [event.event_id, event.content.body, event.sender])).toEqual([
      [later, 'Twice', citizen.matrixId],
      [said[0], 'Once', citizen.matrixId],
    ])
    expect(messages[0].origin_server_ts).toBe(1_700_000_000_000)
  })

  it('changes state only while what it was decided on holds', async () => {
    const { room } = await roomWith('c-state')
    const state = (leader: string, whileHeld: string | null) =>
      service.set(office, room, { type: 'chancery.assignment', content: { leader }, whileHeld })
    const first = await state('a', null)
    expect(await state('b', null)).toBeUndefined()
    const second = await state('b', first?.eventId ?? '')
    expect(second).toBeDefined()
    expect(await state('b', first?.eventId ?? '')).toEqual(second)
  })

  it('takes somebody out of the room and shuts what she could read there', async () => {
    const { room, citizen } = await roomWith('c-gone')
    await service.send(citizen, room, words('canary in a cage'))
    const path = `${roomPath(room)}/messages?dir=b`
    expect((await clara.call('GET', path)).text).toContain('canary')
    await service.remove(office, room, clerk, { reason: 'elsewhere' })
    expect((await clara.call('GET', path)).text).toContain('canary')
    await service.remove(office, room, clerk, { reason: 'elsewhere', forgets: true })
    expect((await clara.call('GET', path)).status).toBe(403)
    expect(JSON.stringify(await clara.sync(undefined, { filter: '{"room":{"include_leave":true}}' }))).not.toContain(
      'canary',
    )
  })

  it('reads, tells of files, and finds what was said before', async () => {
    const { room, citizen } = await roomWith('c-reader')
    const first = await clara.say(room, 'one')
    const since = (await clara.sync()).next_batch
    await service.read(citizen, room, first)
    const { rooms } = await clara.sync(since)
    const [receipt] = rooms?.join?.[room]?.ephemeral.events ?? []
    expect(receipt.content[first]['m.read']).toHaveProperty(citizen.matrixId)
    const words = Buffer.from('plain words')
    const url = await service.upload(citizen, room, { name: 'a.txt', type: 'text/plain', bytes: words })
    const file = await clara.call('GET', `/_matrix/client/v1/media/download/${url.slice('mxc://'.length)}`)
    expect(file.text).toBe('plain words')
    const stranger = await town.person('stranger-to-files', { role: 'owner' })
    for (const way of ['download', 'thumbnail']) {
      const asked = `/_matrix/client/v1/media/${way}/${url.slice('mxc://'.length)}?width=9&height=9`
      expect([way, (await stranger.call('GET', asked)).status]).toEqual([way, 404])
    }
    expect(await service.download(url, 11)).toEqual({ type: 'text/plain', bytes: Buffer.from('plain words') })
    expect(await service.download(url, 10)).toBeUndefined()
    expect(await service.download(`${url}x`, 11)).toBeUndefined()
    await clara.say(room, 'two')
    const view = (await service.room(room))!
    const event = await service.event(view, await clara.say(room, 'three'))
    const bodies = async (before: typeof event, limit: number) =>
      (await service.saidBefore(view, clerk.userId, before, limit)).map(({ content }) => content.body)
    expect(await bodies(event, 1)).toEqual(['two'])
    expect(await bodies(undefined, 5)).toEqual(['three', 'two', 'one'])
    const page = await service.messages([view.id], { limit: 2 })
    expect(page.map(({ content }) => content.body)).toEqual(['three', 'two'])
    const rest = await service.messages([view.id], { limit: 9, before: page[1]?.matrixId })
    expect(rest.map(({ content }) => content.body)).toEqual(['one'])
  })
})
