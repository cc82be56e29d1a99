import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation } from '#engagement/api.ts'
import { DeskOffice, deskChannels } from '#testing/desk-office.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let boss: TownPerson
let ada: TownPerson
let ben: TownPerson
let otto: TownPerson
let office: DeskOffice
let conversation: Conversation
let wordEvent: string
let noteEvent: string
const canary = /canary|362099/i

beforeAll(async () => {
  town = await startTown({ channels: deskChannels })
  boss = await town.person('boss', { role: 'owner' })
  ;[ada, ben, otto] = await town.people('ada', 'ben', 'otto')
  office = await DeskOffice.open(town, boss, 'main', [ada, ben])
  await DeskOffice.open(town, boss, 'other', [otto])
  conversation = await office.hears('+36209999999', 'canary of hers')
  await ada.ok('POST', `/api/v1/conversations/${conversation.publicId}/take`, {})
  noteEvent = await ada.say(conversation.matrixNotesRoomId, 'canary in the notes')
  await ada.say(conversation.matrixRoomId, 'canary of ours')
  wordEvent = (await ada.messages(conversation.matrixRoomId)).chunk.at(-1)?.event_id
})
afterAll(() => town[Symbol.asyncDispose]())

/** A path of a route that means the conversation wherever it can mean something. */
function pathOf(path: string, [room, event]: readonly [string, string]): string {
  const meant: Record<string, string> = {
    roomId: room,
    roomIdOrAlias: room,
    eventId: event,
    id: conversation.publicId,
    userId: conversation.citizen.matrixId,
    eventType: 'm.room.message',
    stateKey: conversation.citizen.matrixId,
    key: 'main',
  }
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(meant[name] ?? 'x'))
}

describe('what a citizen says to one agency', () => {
  it('reaches nobody who does not work for it, by any route', async () => {
    const places = [
      [conversation.matrixRoomId, wordEvent],
      [conversation.matrixNotesRoomId, noteEvent],
    ] as const
    for (const who of [otto, boss]) {
      for (const route of town.http.routes()) {
        const path = [route.path].flat()[0] ?? ''
        if (/log-?out|deactivate|delete_devices|staff|sync$/i.test(path)) continue
        for (const place of places) {
          const asks = route.method === 'GET' || route.method === 'DELETE' ? {} : { raw: '{}' }
          const answer = await who.call(route.method, pathOf(path, place), asks)
          expect([route.operation, answer.text]).toEqual([route.operation, expect.not.stringMatching(canary)])
        }
      }
      expect(JSON.stringify(await who.sync())).not.toMatch(canary)
      const lists = { all: { ranges: [[0, 50]], timeline_limit: 20, required_state: [['*', '*']] } }
      expect(JSON.stringify(await who.sliding({ lists }))).not.toMatch(canary)
      const found = await who.ok('POST', '/search', {
        search_categories: { room_events: { search_term: 'canary', filter: { rooms: [conversation.matrixRoomId] } } },
      })
      expect(found.search_categories.room_events).toMatchObject({ count: 0, results: [] })
      const queue = (await office.desk.queues.ofAgency(office.agencyId))[0]!
      for (const room of [queue.matrixRoomId, conversation.matrixRoomId, conversation.matrixNotesRoomId]) {
        const space = `/_matrix/client/v1/rooms/${encodeURIComponent(room)}/hierarchy`
        expect([
          (await who.call('GET', space)).status,
          (await who.call('POST', `/join/${room}`, { body: {} })).status,
        ]).toEqual([403, 403])
      }
      expect((await who.ok('GET', '/api/v1/conversations')).conversations).toEqual([])
      for (const verb of ['take', 'close', 'wait', 'open']) {
        const path = `/api/v1/conversations/${conversation.publicId}/${verb}`
        expect((await who.call('POST', path, { body: {} })).status).toBe(404)
      }
    }
  })

  it('is found by who works for it and works on it', async () => {
    await expect
      .poll(async () => {
        const wish = { search_categories: { room_events: { search_term: 'canary' } } }
        return (await ada.ok('POST', '/search', wish)).search_categories.room_events.count
      })
      .toBe(3)
  })

  it('cannot be shown to others by inviting them', async () => {
    for (const room of [conversation.matrixRoomId, conversation.matrixNotesRoomId]) {
      const invited = await ada.call('POST', `${roomPath(room)}/invite`, { body: { user_id: otto.id } })
      expect([invited.status, invited.json.error]).toEqual([
        403,
        expect.stringContaining('does not work for this agency'),
      ])
      const put = `${roomPath(room)}/state/m.room.member/${encodeURIComponent(otto.id)}`
      expect((await ada.call('PUT', put, { body: { membership: 'invite' } })).status).toBe(403)
    }
    const space = (await office.desk.queues.ofAgency(office.agencyId))[0]!.matrixRoomId
    expect((await ada.call('POST', `${roomPath(space)}/invite`, { body: { user_id: otto.id } })).status).toBe(403)
    const settings = [
      ['m.room.join_rules', { join_rule: 'public' }],
      ['m.room.history_visibility', { history_visibility: 'world_readable' }],
      ['m.room.guest_access', { guest_access: 'can_join' }],
      ['m.room.power_levels', { users_default: 100 }],
      ['chancery.assignment', { user_id: ben.id }],
      ['chancery.conversation', { state: 'closed' }],
    ] as const
    for (const [type, content] of settings) {
      const state = `${roomPath(conversation.matrixRoomId)}/state/${type}/`
      expect([type, (await ada.call('PUT', state, { body: content })).status]).toEqual([type, 403])
    }
    const listed = `/directory/list/room/${encodeURIComponent(conversation.matrixRoomId)}`
    expect((await ada.call('PUT', listed, { body: { visibility: 'public' } })).status).toBe(403)
  })

  it('is shut to who works for it no more, also what she could read before', async () => {
    const earlier = await office.hears('+36209999998', 'canary of last week')
    await ben.join(earlier.matrixRoomId)
    await ben.ok('POST', `/api/v1/conversations/${earlier.publicId}/close`, {})
    expect(JSON.stringify(await ben.messages(earlier.matrixRoomId))).toMatch(canary)
    await ben.join(conversation.matrixRoomId)
    await office.dismiss(ben)
    for (const room of [earlier.matrixRoomId, conversation.matrixRoomId]) {
      await expect.poll(async () => (await ben.call('GET', `${roomPath(room)}/messages?dir=b`)).status).toBe(403)
      expect((await ben.call('POST', `/join/${room}`, { body: {} })).status).toBe(403)
    }
    expect(JSON.stringify(await ben.sync(undefined, { filter: '{"room":{"include_leave":true}}' }))).not.toMatch(canary)
    await office.hire(ben)
    const space = (await office.desk.queues.ofAgency(office.agencyId))[0]!.matrixRoomId
    await expect.poll(async () => Object.keys((await ben.sync()).rooms?.join ?? {})).toContain(space)
  })
})

describe('a room of the desk', () => {
  it('is not encrypted from end to end', async () => {
    const room = roomPath(conversation.matrixRoomId)
    const algorithm = { algorithm: 'm.megolm.v1.aes-sha2' }
    const on = await ada.call('PUT', `${room}/state/m.room.encryption/`, { body: algorithm })
    const sent = await ada.call('PUT', `${room}/send/m.room.encrypted/e1`, { body: { ...algorithm, ciphertext: 'x' } })
    for (const { status, json } of [on, sent]) {
      expect([status, json.error]).toEqual([403, expect.stringContaining('not encrypted from end to end')])
    }
  })

  it('for notes has no citizen in it, whoever wants it, and is no conversation for those who send', async () => {
    const { service } = town.chancery.messaging
    const [desk, citizen] = [await service.user('desk'), await service.person(conversation.citizen.userId)]
    const notes = conversation.matrixNotesRoomId
    const invited = await ada.call('POST', `${roomPath(notes)}/invite`, { body: { user_id: citizen.matrixId } })
    expect(invited.status).toBe(404)
    await expect(service.invite(desk, notes, citizen)).rejects.toThrow('her own conversation only')
    await expect(service.bring(desk, notes, citizen)).rejects.toThrow('her own conversation only')
    await expect(service.join(citizen, notes)).rejects.toThrow()
    const { conversations } = office.desk
    expect(await conversations.byRoom(conversation.notesRoomId)).toBeUndefined()
    expect(await conversations.byRoom(conversation.roomId)).toMatchObject({ id: conversation.id })
    const view = (await service.room(notes))!
    const event = (await service.event(view, noteEvent))!
    expect(await conversations.leaves(conversation, event)).toBeUndefined()
  })

  it('keeps a citizen out of the conversations of others', async () => {
    const { service } = town.chancery.messaging
    const other = await office.hears('+36209999997', 'Hello')
    const desk = await service.user('desk')
    const citizen = await service.person(conversation.citizen.userId)
    await expect(service.bring(desk, other.matrixRoomId, citizen)).rejects.toThrow('her own conversation only')
  })
})
