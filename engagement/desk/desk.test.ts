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
beforeAll(async () => {
  town = await startTown({ channels: deskChannels })
  boss = await town.person('boss', { role: 'owner' })
  ;[ada, ben, otto] = await town.people('ada', 'ben', 'otto')
  office = await DeskOffice.open(town, boss, 'main', [ada, ben])
  await DeskOffice.open(town, boss, 'other', [otto])
})
afterAll(() => town[Symbol.asyncDispose]())

const shown = (who: TownPerson, { publicId }: Conversation) => who.ok('GET', `/api/v1/conversations/${publicId}`)
const act = (who: TownPerson, { publicId }: Conversation, verb: string, body: object = {}) =>
  who.call('POST', `/api/v1/conversations/${publicId}/${verb}`, { body })
const membership = async (who: TownPerson, room: string, id: string) =>
  (await who.call('GET', `${roomPath(room)}/state/m.room.member/${encodeURIComponent(id)}`)).json.membership
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 5_000, interval: 20 })
const bodies = async (who: TownPerson, room: string) =>
  (await who.messages(room)).chunk.filter((event) => event.type === 'm.room.message').map(({ content }) => content.body)

describe('a conversation', () => {
  it('begins with the first word, in the queue of the channel, and is told to the staff of the agency alone', async () => {
    const queue = await office.queue('housing', 'Housing', ['housing-sms'])
    const conversation = await office.hears('+36201111111', 'canary one', { channelId: 'housing-sms' })
    const again = await office.hears('+36201111111', 'canary two', { channelId: 'housing-sms' })
    expect(again.id).toBe(conversation.id)
    const hierarchy = await ada.ok(
      'GET',
      `/_matrix/client/v1/rooms/${encodeURIComponent(queue.matrixRoomId)}/hierarchy`,
    )
    expect(hierarchy.rooms.map((room: any) => [room.name, room.room_type ?? ''])).toEqual([
      ['Housing', 'm.space'],
      [expect.stringMatching(/^SMS [0-9A-Z]{6}$/), ''],
    ])
    const { conversations } = await ada.ok('GET', `/api/v1/conversations?queue=${queue.publicId}`)
    expect(conversations).toMatchObject([
      { id: conversation.publicId, roomId: conversation.matrixRoomId, state: 'open', assignee: null, channel: 'sms' },
    ])
    expect(conversations[0]).toMatchObject({ name: '+36201111111', personId: null, queue: queue.publicId })
  })

  it('is taken by joining its room with any client, and its notes come along', async () => {
    const conversation = await office.hears('+36202222222', 'Hello')
    await ada.join(conversation.matrixRoomId)
    await eventually(async () => (await shown(ben, conversation)).assignee).toBe(ada.id)
    await eventually(() => membership(ada, conversation.matrixNotesRoomId, ada.id)).toBe('join')
    const state = await ada.ok('GET', `${roomPath(conversation.matrixRoomId)}/state`)
    const of = (type: string) => state.find((event: any) => event.type === type)
    expect(of('chancery.assignment')).toMatchObject({ sender: '@desk:town.example', content: { user_id: ada.id } })
    expect(of('chancery.notes').content).toEqual({ room_id: conversation.matrixNotesRoomId })
    expect(of('m.room.create').content).toMatchObject({ 'm.federate': false, room_version: '12' })
    expect(of('m.room.power_levels').content).toMatchObject({
      users_default: 25,
      users: { [conversation.citizen.matrixId]: 0 },
      invite: 25,
      state_default: 50,
    })
    const notes = `${roomPath(conversation.matrixNotesRoomId)}/state/chancery.conversation/`
    expect(await ada.ok('GET', notes)).toEqual({ id: conversation.publicId, room_id: conversation.matrixRoomId })
    expect(await bodies(ada, conversation.matrixRoomId)).toEqual(['Hello'])
  })

  it('is led by one of two who take it at the same moment', async () => {
    const conversation = await office.hears('+36203333333', 'Hello')
    const answers = await Promise.all([act(ada, conversation, 'take'), act(ben, conversation, 'take')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const loser = answers[0].status === 409 ? ada : ben
    const winner = loser === ada ? ben : ada
    expect((await shown(ada, conversation)).assignee).toBe(winner.id)
    const over = await act(loser, conversation, 'take', { takeOver: true })
    expect([over.status, over.json.assignee]).toEqual([200, loser.id])
  })

  it('is handed over by inviting and leaving', async () => {
    const conversation = await office.hears('+36204444444', 'Hello')
    await act(ada, conversation, 'take')
    const handed = await act(ada, conversation, 'hand-over', { to: ben.id })
    expect([handed.status, handed.json.assignee]).toEqual([200, ben.id])
    const again = await act(ada, conversation, 'hand-over', { to: ben.id })
    expect([again.status, again.json.assignee]).toEqual([200, ben.id])
    expect((await act(ada, conversation, 'hand-over', { to: otto.id })).status).toBe(400)
    await ben.join(conversation.matrixRoomId)
    expect(await membership(ben, conversation.matrixRoomId, ada.id)).toBe('leave')
    await eventually(() => membership(ben, conversation.matrixNotesRoomId, ben.id)).toBe('join')
    await eventually(() => membership(ben, conversation.matrixNotesRoomId, ada.id)).toBe('leave')
    // The same in a plain app.
    await ben.ok('POST', `${roomPath(conversation.matrixRoomId)}/invite`, { user_id: ada.id })
    await ben.leave(conversation.matrixRoomId)
    await eventually(async () => (await shown(ben, conversation)).assignee).toBe(ada.id)
  })

  it('is closed for its staff, and open again with a new word', async () => {
    const conversation = await office.hears('+36205555555', 'Hello')
    await act(ada, conversation, 'take')
    const closed = await act(ada, conversation, 'close')
    expect([closed.status, closed.json.state, closed.json.assignee]).toEqual([200, 'closed', null])
    expect(closed.json.staff).toEqual([])
    expect((await act(ada, conversation, 'close')).status).toBe(200)
    const left = await ben.call('POST', `/join/${encodeURIComponent(conversation.matrixRoomId)}`, { body: {} })
    expect(left.status).toBe(403)
    expect(await bodies(ada, conversation.matrixRoomId)).toEqual(['Hello'])
    expect((await ada.ok('GET', '/api/v1/conversations?state=closed')).conversations).toHaveLength(1)
    const again = await office.hears('+36205555555', 'One more thing')
    expect([again.id, again.state, again.assigneeId]).toEqual([conversation.id, 'open', undefined])
    await ben.join(conversation.matrixRoomId)
    expect(await bodies(ben, conversation.matrixRoomId)).toEqual(['One more thing', 'Hello'])
    const waiting = await act(ben, conversation, 'wait')
    expect(waiting.json.state).toBe('waiting')
    expect((await office.hears('+36205555555', 'Here I am')).state).toBe('open')
  })

  it('goes to the next colleague when the account of the leader is closed, who is brought back by nothing', async () => {
    const cleo = await town.person('cleo')
    await office.hire(cleo)
    const conversation = await office.hears('+36207777777', 'Hello')
    await act(cleo, conversation, 'take')
    await ben.join(conversation.matrixRoomId)
    await boss.ok('POST', `/api/v1/accounts/${encodeURIComponent(cleo.id)}/deactivate`, {})
    await eventually(async () => (await shown(ben, conversation)).assignee).toBe(ben.id)
    const dora = await town.person('dora')
    await office.hire(dora)
    const space = (await office.desk.queues.ofAgency(office.agencyId))[0]!.matrixRoomId
    await eventually(async () => Object.keys((await dora.sync()).rooms?.join ?? {})).toContain(space)
    expect(await membership(dora, space, cleo.id)).toBe('leave')
  })

  it('begins once, whichever node hears first', async () => {
    await using node = await town.openNode()
    const there = office.on(node.chancery)
    for (const number of ['+36206666661', '+36206666662', '+36206666663']) {
      const [one, two] = await Promise.all([
        office.hears(number, 'Here', { key: `here ${number}` }),
        there.hears(number, 'There', { key: `there ${number}` }),
      ])
      expect(one.id).toBe(two.id)
      const colleague = node.as(ben)
      await colleague.join(one.matrixRoomId)
      expect((await bodies(colleague, one.matrixRoomId)).sort()).toEqual(['Here', 'There'])
    }
  })
})
