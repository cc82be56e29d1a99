import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '#platform/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, TownPerson } from '#testing/town-person.ts'

let town: Town
let admin: TownPerson
beforeAll(async () => {
  town = await startTown()
  admin = await town.person('admin', { role: 'administrator' })
})
afterAll(() => town[Symbol.asyncDispose]())

const membershipsOf = sql(
  'test_memberships',
  `select s.membership from room_state s join users u on u.id = s.user_id
   where u.matrix_id = $1 and s.to_position is null`,
)
const synapse = '/_synapse/admin/v1/send_server_notice'
const notify = (by: TownPerson, who: TownPerson, body: string, more: object = {}) =>
  by.call('POST', '/api/v1/notices', { body: { user_id: who.id, body, ...more } })
const raw = (by: TownPerson, method: string, path: string, body: object) =>
  fetch(town.url + path, {
    method,
    headers: { authorization: `Bearer ${by.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const invitations = async (who: TownPerson) => Object.keys((await who.sync()).rooms?.invite ?? {})
const notices = async (who: TownPerson, room: string) =>
  (await who.messages(room)).chunk.filter((event) => event.type === 'm.room.message').reverse()

describe('a notice of the server', () => {
  it('reaches a suspended person, who joins this room and no other', async () => {
    const [sven, host] = await town.people('sven', 'host')
    const other = await host.createRoom({ invite: [sven.id] })
    const suspend = (suspended: boolean) =>
      admin.ok('PUT', `/_matrix/client/v1/admin/suspend/${encodeURIComponent(sven.id)}`, { suspended })
    await suspend(true)
    await notify(admin, sven, 'You are suspended because of the spam')
    const [room = ''] = (await invitations(sven)).filter((id) => id !== other)
    for (const path of [`/join/${encodeURIComponent(other)}`, `${roomPath(other)}/join`]) {
      expect((await sven.call('POST', path, { body: {} })).json.errcode).toBe('M_USER_SUSPENDED')
    }
    await sven.join(room)
    expect((await notices(sven, room)).map(({ content }) => content.body)).toEqual([
      'You are suspended because of the spam',
    ])
    const said = await sven.call('PUT', `${roomPath(room)}/send/m.room.message/1`, { body: { body: 'why' } })
    expect(said.json.errcode).toBe('M_USER_SUSPENDED')
  })

  it('comes into a room that the person is invited to, that is tagged, and that takes all that follow', async () => {
    const nora = await town.person('nora')
    const first = await notify(admin, nora, 'Maintenance at noon', { formatted_body: '<b>Maintenance</b> at noon' })
    expect([first.status, first.json]).toEqual([200, { event_id: expect.any(String) }])
    const [room = ''] = await invitations(nora)
    await nora.join(room)
    const second = await raw(admin, 'POST', synapse, {
      user_id: nora.id,
      content: { msgtype: 'm.server_notice', body: 'Full', server_notice_type: 'm.server_notice.usage_limit_reached' },
    })
    expect(second.status).toBe(200)
    const limit = { limit_type: 'monthly_active_user', admin_contact: 'mailto:it@town.example' }
    expect((await notify(admin, nora, 'Fuller', { usage_limit: limit })).status).toBe(200)
    expect((await notices(nora, room)).map(({ sender, content }) => [sender, content])).toEqual([
      ['@notices:town.example', expect.objectContaining({ msgtype: 'm.text', format: 'org.matrix.custom.html' })],
      ['@notices:town.example', expect.objectContaining({ msgtype: 'm.server_notice', body: 'Full' })],
      [
        '@notices:town.example',
        {
          msgtype: 'm.server_notice',
          body: 'Fuller',
          server_notice_type: 'm.server_notice.usage_limit_reached',
          ...limit,
        },
      ],
    ])
    const { rooms } = await nora.sync()
    expect(Object.keys(rooms?.join ?? {})).toEqual([room])
    expect(Object.keys(rooms?.invite ?? {})).toEqual([])
    expect(rooms?.join?.[room]?.account_data.events).toContainEqual({
      type: 'm.tag',
      content: { tags: { 'm.server_notice': {} } },
    })
  })

  it('is read, and not answered; the room cannot be left and its invitation not be rejected', async () => {
    const rita = await town.person('rita')
    await notify(admin, rita, 'Read this')
    const [room = ''] = await invitations(rita)
    const leaves = async () => {
      const member = `${roomPath(room)}/state/m.room.member/${encodeURIComponent(rita.id)}`
      const answers = [
        await rita.call('POST', `${roomPath(room)}/leave`, { body: {} }),
        await rita.call('PUT', member, { body: { membership: 'leave' } }),
      ]
      return answers.map(({ status, json }) => [status, json.errcode])
    }
    const refused = [403, 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM']
    expect(await leaves()).toEqual([refused, refused])
    await rita.join(room)
    expect(await leaves()).toEqual([refused, refused])
    const said = await rita.call('PUT', `${roomPath(room)}/send/m.room.message/1`, {
      body: { msgtype: 'm.text', body: 'No' },
    })
    expect([said.status, said.json.errcode]).toEqual([403, 'M_FORBIDDEN'])
    await rita.call('POST', `${roomPath(room)}/read_markers`, { body: {} })
  })

  it('reaches who takes no invitations', async () => {
    const ivo = await town.person('ivo')
    const settings = `/user/${encodeURIComponent(ivo.id)}/account_data/m.invite_permission_config`
    await ivo.ok('PUT', settings, { default_action: 'block' })
    expect((await notify(admin, ivo, 'For you')).status).toBe(200)
    expect(await invitations(ivo)).toHaveLength(1)
  })

  it('is written once, however often it is sent with one transaction id', async () => {
    const tina = await town.person('tina')
    const ids = await Promise.all([1, 2, 3].map(() => notify(admin, tina, 'Once', { transaction_id: 't1' })))
    expect(new Set(ids.map(({ json }) => json.event_id)).size).toBe(1)
    const put = { user_id: tina.id, content: { msgtype: 'm.text', body: 'Twice' } }
    const again = [await raw(admin, 'PUT', `${synapse}/t2`, put), await raw(admin, 'PUT', `${synapse}/t2`, put)]
    const [one, two] = await Promise.all(again.map((answer) => answer.json()))
    expect(one).toEqual(two)
    const [room = ''] = await invitations(tina)
    await tina.join(room)
    expect((await notices(tina, room)).map(({ content }) => content.body)).toEqual(['Once', 'Twice'])
  })

  it('makes one room, also when two nodes write at the same moment', async () => {
    await using other = await town.openNode()
    const there = other.as(admin)
    for (const name of ['una', 'ulla', 'ute', 'udo']) {
      const person = await town.person(name)
      const sent = await Promise.all([notify(admin, person, 'Here'), notify(there, person, 'There')])
      expect(sent.map(({ status }) => status)).toEqual([200, 200])
      const rooms = await invitations(person)
      expect(rooms).toHaveLength(1)
      await person.join(rooms[0] ?? '')
      const bodies = (await notices(person, rooms[0] ?? '')).map(({ content }) => content.body)
      expect(bodies.sort()).toEqual(['Here', 'There'])
    }
  })

  it('is sent by administrators alone, to people who are here, and is a message', async () => {
    const mats = await town.person('mats')
    expect((await notify(mats, admin, 'No')).json.errcode).toBe('M_FORBIDDEN')
    const content = { msgtype: 'm.text', body: 'No' }
    expect((await raw(mats, 'POST', synapse, { user_id: admin.id, content })).status).toBe(403)
    expect((await raw(mats, 'PUT', `${synapse}/1`, { user_id: admin.id, content })).status).toBe(403)
    const bad = [{ type: 'm.room.name' }, { state_key: '' }, { content: { body: 'No' } }]
    for (const wrong of bad) {
      expect((await raw(admin, 'POST', synapse, { user_id: mats.id, content, ...wrong })).status).toBe(400)
    }
    const nobody = await admin.call('POST', '/api/v1/notices', { body: { user_id: '@x:town.example', body: 'No' } })
    expect([nobody.status, nobody.json.errcode]).toEqual([404, 'M_NOT_FOUND'])
    expect(await invitations(mats)).toEqual([])
  })
})

describe('the account of notices', () => {
  it('is nobody’s to sign in to, to take, to find or to invite', async () => {
    const rosa = await town.person('rosa')
    await notify(admin, rosa, 'Hello')
    await expect(TownPerson.signIn(() => town.url, 'notices', '')).rejects.toThrow('M_FORBIDDEN')
    await expect(town.person('notices')).rejects.toThrow('kept for the system')
    const found = await rosa.ok('POST', '/user_directory/search', { search_term: 'notices' })
    expect(found.results).toEqual([])
    const { people } = await admin.ok('GET', '/api/v1/accounts')
    expect(JSON.stringify(people)).not.toContain('@notices:')
    const room = await rosa.createRoom()
    const asked = await rosa.call('POST', `${roomPath(room)}/invite`, { body: { user_id: '@notices:town.example' } })
    expect(asked.status).toBe(404)
  })
})

it('whose account is closed leaves the room of notices', async () => {
  const cora = await town.person('cora')
  await notify(admin, cora, 'Hello')
  const [room = ''] = await invitations(cora)
  await cora.join(room)
  await admin.ok('POST', `/api/v1/accounts/${encodeURIComponent(cora.id)}/deactivate`, {})
  expect(await town.postgres.rows(membershipsOf, [cora.id])).toEqual([{ membership: 4 }])
})
