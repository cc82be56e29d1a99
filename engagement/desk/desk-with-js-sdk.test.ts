import * as sdk from 'matrix-js-sdk'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { DeskOffice, deskChannels } from '#testing/desk-office.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let office: DeskOffice
let clerk: TownPerson
beforeAll(async () => {
  town = await startTown({ channels: deskChannels })
  const boss = await town.person('boss', { role: 'owner' })
  clerk = await town.person('clerk')
  office = await DeskOffice.open(town, boss, 'main', [clerk])
})
// What the library says for itself while it works is not what is tested.
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'debug'] as const) vi.spyOn(console, method).mockReturnValue(undefined)
})
afterAll(() => town[Symbol.asyncDispose]())

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => quiet }

async function started({ id: userId, deviceId, token: accessToken }: TownPerson): Promise<sdk.MatrixClient> {
  const client = sdk.createClient({ baseUrl: town.url, userId, deviceId, accessToken, logger: quiet as never })
  const prepared = new Promise<void>((resolve) => {
    client.on(sdk.ClientEvent.Sync, (state) => {
      if (state === sdk.SyncState.Prepared) resolve()
    })
  })
  await client.startClient({ initialSyncLimit: 10 })
  await prepared
  return client
}

async function until(condition: () => unknown): Promise<void> {
  await expect.poll(async () => Boolean(await condition()), { timeout: 5_000, interval: 20 }).toBe(true)
}

it('a client that knows nothing of the desk answers a citizen', async () => {
  const queue = await office.queue('housing', 'Housing', ['sms'])
  const client = await started(clerk)
  try {
    // The queue is a space that she is in; the conversation stands in it.
    await until(() => client.getRoom(queue.matrixRoomId)?.isSpaceRoom())
    const conversation = await office.hears('+36201234567', 'When do you open?')
    const id = conversation.matrixRoomId
    const isChild = () => client.getRoom(queue.matrixRoomId)?.currentState.getStateEvents('m.space.child', id)
    await until(isChild)
    const { rooms } = await client.getRoomHierarchy(queue.matrixRoomId)
    expect(rooms.map((one) => [one.room_id, one.join_rule])).toContainEqual([id, 'restricted'])

    await client.joinRoom(id)
    await until(() => client.getRoom(id)?.getMyMembership() === sdk.KnownMembership.Join)
    const room = client.getRoom(id) as sdk.Room
    const bodies = () =>
      room
        .getLiveTimeline()
        .getEvents()
        .map((event) => event.getContent().body)
    await until(() => bodies().includes('When do you open?'))
    expect(room.name).toMatch(/^SMS [0-9A-Z]{6}$/)
    expect(room.getMember(conversation.citizen.matrixId)?.name).toBe('+36201234567')
    expect(room.hasEncryptionStateEvent()).toBe(false)
    await until(() => room.currentState.getStateEvents('chancery.assignment', '')?.getContent().user_id === clerk.id)

    await client.sendTyping(id, true, 2_000)
    const question = room
      .getLiveTimeline()
      .getEvents()
      .find((event) => event.getContent().body === 'When do you open?')
    await client.sendReadReceipt(question as sdk.MatrixEvent)
    const { event_id: answer } = await client.sendTextMessage(id, 'At nine.')
    const { conversations } = office.desk
    await conversations.delivered(conversation, answer)
    await until(() => room.getEventReadUpTo(conversation.citizen.matrixId) === answer)

    // Notes come along, and what is said there stays among the staff.
    const notes = conversation.matrixNotesRoomId
    await until(() => client.getRoom(notes)?.getMyMembership() === sdk.KnownMembership.Join)
    await client.sendTextMessage(notes, 'canary')
    expect((await office.hears('+36201234567', 'Thank you')).id).toBe(conversation.id)
    await until(() => bodies().includes('Thank you'))
    await conversations.notice(conversation, { key: 'n', text: 'It reached her.', inReplyTo: answer })
    await until(() => bodies().includes('It reached her.'))

    await client.sendTextMessage(id, '!close')
    await until(() => client.getRoom(id)?.getMyMembership() === sdk.KnownMembership.Leave)
    await until(() => client.getRoom(notes)?.getMyMembership() === sdk.KnownMembership.Leave)
    await until(() => Object.keys(isChild()?.getContent() ?? {}).length === 0)
    expect(await conversations.byId(conversation.id)).toMatchObject({ state: 'closed', assigneeId: undefined })
  } finally {
    client.stopClient()
  }
})
