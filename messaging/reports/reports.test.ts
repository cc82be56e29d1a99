import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const enc = encodeURIComponent

describe('reports', () => {
  it('reach administrators sealed, and tell nobody what exists', async () => {
    const [alice, bob, eve] = await town.people('alice', 'bob', 'eve')
    const admin = await town.person('admin', { role: 'administrator' })
    const room = await alice.createRoom({ invite: [bob.id] })
    const before = await alice.say(room, 'before bob')
    await alice.setState(room, 'm.room.history_visibility', { history_visibility: 'joined' })
    const hidden = await alice.say(room, 'hidden from bob')
    await bob.join(room)
    const said = await alice.say(room, 'for bob')
    const report = async (who: TownPerson, path: string, body: object = { reason: 'r' }) => {
      const answer = await who.call('POST', path, { body })
      return answer.status === 200 ? 'ok' : `${answer.status} ${answer.json.errcode}`
    }
    const eventPath = (id: string, of = room) => `${roomPath(of)}/report/${enc(id)}`
    expect(await report(bob, eventPath(said), { reason: 'rude words', score: -50 })).toBe('ok')
    expect(await report(bob, eventPath(before), {})).toBe('ok')
    expect(await report(bob, eventPath(hidden))).toBe('404 M_NOT_FOUND')
    expect(await report(bob, eventPath('$absent'))).toBe('404 M_NOT_FOUND')
    expect(await report(eve, eventPath(said))).toBe('404 M_NOT_FOUND')
    expect(await report(eve, eventPath(said, '!absent:town.example'))).toBe('404 M_NOT_FOUND')
    expect(await report(eve, `${roomPath(room)}/report`, { reason: 'the room' })).toBe('ok')
    expect(await report(eve, `${roomPath('!absent:town.example')}/report`)).toBe('ok')
    expect(await report(eve, `${roomPath(room)}/report`, {})).toBe('400 M_BAD_JSON')
    expect(await report(eve, `/users/${enc(bob.id)}/report`, { reason: '' })).toBe('ok')
    expect(await report(eve, `/users/${enc('@nobody:town.example')}/report`)).toBe('ok')

    const list = (who: TownPerson, query = '') => who.call('GET', `/api/v1/reports${query}`)
    expect((await list(alice)).status).toBe(403)
    const { reports } = (await list(admin)).json
    const common = { report_id: expect.any(String), created_ts: expect.any(Number) }
    expect(reports).toEqual([
      { ...common, kind: 'user', reporter: eve.id, user_id: bob.id, reason: '' },
      { ...common, kind: 'room', reporter: eve.id, room_id: room, reason: 'the room' },
      { ...common, kind: 'event', reporter: bob.id, room_id: room, event_id: before },
      { ...common, kind: 'event', reporter: bob.id, room_id: room, event_id: said, reason: 'rude words', score: -50 },
    ])
    const first = (await list(admin, '?limit=3')).json
    const second = (await list(admin, `?limit=3&from=${first.next}`)).json
    expect([...first.reports, ...second.reports]).toEqual(reports)
    expect(second).not.toHaveProperty('next')
    const [row] = await town.database.postgres.rows<{ all: string }>(
      `select string_agg(r::text, '') as all from report r`,
    )
    expect(row?.all).not.toContain(Buffer.from('rude words').toString('hex'))
  })
})
