import { afterAll, beforeAll, expect, it } from 'vitest'
import { DeskOffice, deskChannels } from '#testing/desk-office.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let ada: TownPerson
let ben: TownPerson
let office: DeskOffice
beforeAll(async () => {
  town = await startTown({ channels: deskChannels })
  const boss = await town.person('boss', { role: 'owner' })
  ;[ada, ben] = await town.people('ada', 'ben')
  office = await DeskOffice.open(town, boss, 'main', [ada, ben])
})
afterAll(() => town[Symbol.asyncDispose]())

const subjectOf = (addressId: number) => ({ agencyId: office.agencyId, personIds: [], addressIds: [addressId] })

it('an export holds what she and the staff said, and nothing of the notes', async () => {
  const conversation = await office.hears('+36301000001', 'A question')
  await ada.ok('POST', `/api/v1/conversations/${conversation.publicId}/take`, {})
  await ada.say(conversation.matrixRoomId, 'An answer')
  await ada.say(conversation.matrixRoomId, '!note canary')
  await ada.say(conversation.matrixNotesRoomId, 'canary')
  await office.desk.conversations.notice(conversation, { key: 'x', text: 'canary' })
  const exported = await office.desk.data.export(subjectOf(conversation.addressId))
  expect(exported).toEqual([
    {
      id: conversation.publicId,
      channel: 'sms',
      state: 'open',
      openedMs: conversation.openedMs,
      messages: [
        { from: 'you', atMs: expect.any(Number), text: 'A question' },
        { from: 'us', atMs: expect.any(Number), text: 'An answer' },
      ],
    },
  ])
})

it('an erasure leaves nothing to read, for nobody and on no node, and a new word begins anew', async () => {
  const conversation = await office.hears('+36301000002', 'albatross of hers')
  const { matrixRoomId: room, matrixNotesRoomId: notes } = conversation
  const path = `/api/v1/conversations/${conversation.publicId}`
  await ben.ok('POST', `${path}/take`, {})
  await ben.ok('POST', `${path}/hand-over`, { to: ada.id })
  await ada.ok('POST', `${path}/take`, {})
  await ada.say(notes, 'albatross in the notes')
  const upload = '/_matrix/media/v3/upload?filename=albatross.txt'
  const sent = await ada.call('POST', upload, { raw: 'albatross', headers: { 'content-type': 'text/plain' } })
  await ada.send(room, 'm.room.message', { msgtype: 'm.file', body: 'albatross.txt', url: sent.json.content_uri })
  await using node = await town.openNode()
  const there = node.as(ada)
  expect(JSON.stringify(await there.messages(room))).toContain('albatross')

  const { data } = office.desk
  const remainders = await data.erase(subjectOf(conversation.addressId))
  expect(remainders.map(({ what, why }) => [what.length > 0, why.length > 0])).toEqual([[true, true]])
  expect(await data.erase(subjectOf(conversation.addressId))).toEqual([])
  for (const who of [ada, ben, there]) {
    for (const place of [room, notes]) {
      for (const ask of ['messages?dir=b', 'state', 'members', `event/${encodeURIComponent('$x')}`]) {
        const answer = await who.call('GET', `${roomPath(place)}/${ask}`)
        expect([ask, answer.status < 500, answer.text]).toEqual([ask, true, expect.not.stringContaining('albatross')])
        expect([ask, answer.status]).not.toEqual([ask, 200])
      }
      expect((await who.call('POST', `/join/${place}`, { body: {} })).status).toBe(403)
    }
    expect((await who.call('GET', path)).status).toBe(404)
    const search = { search_categories: { room_events: { search_term: 'albatross' } } }
    expect((await who.ok('POST', '/search', search)).search_categories.room_events.count).toBe(0)
    const everything = await who.sync(undefined, { filter: '{"room":{"include_leave":true}}', full_state: 'true' })
    expect(JSON.stringify(everything)).not.toContain('albatross')
  }
  const file = `/_matrix/client/v1/media/download/${sent.json.content_uri.slice('mxc://'.length)}`
  expect((await ada.call('GET', file)).status).toBe(404)
  const keys = await town.postgres.rows(
    'select 1 from room r join data_key k on k.id = r.key_id where r.matrix_id = any($1::text[])',
    [[room, notes]],
  )
  expect(keys).toEqual([])
  const again = await office.hears('+36301000002', 'Me again')
  expect(again.id).not.toBe(conversation.id)
})
